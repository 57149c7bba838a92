import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type { Bundle } from 'fhir/r4.js'
import type { FhirRequest, TestService } from '../../support/service.ts'
import { idsOf, read, startStage } from './stage.ts'

let service: TestService
let gp: FhirRequest

beforeAll(async () => {
  ;({ service, gp } = await startStage())
})

afterAll(() => service.stop())

type Cases = Readonly<Record<string, readonly (readonly [query: string, ids: readonly string[]])[]>>

describe.each(Object.entries(read<Cases>('cases.json')))('%s', (_, cases) => {
  test.each(cases)('%s', async (query, ids) => {
    const { status, body, text } = await gp<Bundle>('GET', `/${query.replace('{base}', `${service.baseUrl}/fhir`)}`)
    expect([status, status === 200 ? '' : text]).toEqual([200, ''])
    expect(idsOf(body).sort()).toEqual([...ids].sort())
  })
})
