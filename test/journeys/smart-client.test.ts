/**
 * A system signs in and reads by public client libraries as they come: fhir-kit-client finds the token endpoint and reads, openid-client gets the
 * token by private_key_jwt. Neither side has a special case for the other; what SMART asks of an assertion is said to the library in its own terms.
 */
import { readFile } from 'node:fs/promises'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import type { Bundle, Patient } from 'fhir/r4.js'
import { Client } from 'fhir-kit-client'
import { type CryptoKey, importJWK, type JWK } from 'jose'
import {
  allowInsecureRequests,
  Configuration,
  clientCredentialsGrant,
  modifyAssertion,
  PrivateKeyJwt,
} from 'openid-client'
import { TEST_CLIENTS } from '../../src/config.ts'
import { person, register } from '../support/people.ts'
import { startService, type TestService } from '../support/service.ts'

let service: TestService
let patient: string
beforeAll(async () => {
  service = await startService()
  patient = await register(await service.fhir('gp-practice'), person('margaret'))
})
afterAll(() => service.stop())

test('discovers the token endpoint, gets a token of five minutes for the scopes it asks for, and reads', async () => {
  const client = new Client({ baseUrl: `${service.baseUrl}/fhir` })
  const { tokenUrl } = await client.smartAuthMetadata()
  expect(String(tokenUrl)).toBe(`${service.baseUrl}/auth/token`)

  const jwk = JSON.parse(await readFile(`${TEST_CLIENTS}/ambulance.private.json`, 'utf8')) as JWK & { kid: string }
  const key = (await importJWK(jwk, 'ES384')) as CryptoKey
  const configuration = new Configuration(
    { issuer: String(tokenUrl), token_endpoint: String(tokenUrl) },
    'ambulance',
    undefined,
    // SMART App Launch 2.2, "Client Authentication: Asymmetric": `typ` is JWT.
    PrivateKeyJwt({ key, kid: jwk.kid }, { [modifyAssertion]: (header) => void Object.assign(header, { typ: 'JWT' }) }),
  )
  allowInsecureRequests(configuration)
  const token = await clientCredentialsGrant(configuration, { scope: 'system/Patient.rs' })
  expect([token.token_type, token.expires_in, token.scope, token.refresh_token]).toEqual([
    'bearer',
    300,
    'system/Patient.rs',
    undefined,
  ])

  client.bearerToken = token.access_token
  expect(((await client.read({ resourceType: 'Patient', id: patient })) as unknown as Patient).id).toBe(patient)
  const found = (await client.search({ resourceType: 'Patient', searchParams: { _id: patient } })) as unknown as Bundle
  expect(found.entry?.map(({ resource }) => resource?.id)).toEqual([patient])
  await expect(client.search({ resourceType: 'CarePlan' })).rejects.toMatchObject({ response: { status: 403 } })
})
