import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type { Bundle, CarePlan, FhirResource, Provenance } from 'fhir/r4.js'
import { CompactSign, exportJWK, generateKeyPair, type JSONWebKeySet } from 'jose'
import { readConfig } from '../../src/config.ts'
import { createLog } from '../../src/log.ts'
import { startServer } from '../../src/server.ts'
import { person, register, submit } from '../support/people.ts'
import { type FhirRequest, issueKeys, startService, type TestService } from '../support/service.ts'

/** The example of docs/signatures.md, which knows nothing of KeyPlan's code. */
type Example = {
  canonical(value: unknown): string
  signedContent(plan: CarePlan, members: readonly FhirResource[]): object
  verify(provenance: Provenance, plan: CarePlan, members: readonly FhirResource[], jwks: JSONWebKeySet): Promise<void>
  readMembers(plan: CarePlan, read: (reference: string) => Promise<FhirResource>): Promise<FhirResource[]>
}

let example: Example
let folder: string
let keys: string
let first: object
let service: TestService
let gp: FhirRequest

const newKey = async (kid: string): Promise<object> => ({
  ...(await exportJWK((await generateKeyPair('ES384', { extractable: true })).privateKey)),
  kid,
  alg: 'ES384',
  use: 'sig',
})

beforeAll(async () => {
  example = (await import(new URL('../../docs/examples/verify-signature.mjs', import.meta.url).href)) as Example
  folder = await mkdtemp(join(tmpdir(), 'keyplan-test-keys-'))
  keys = join(folder, 'keys.json')
  first = await newKey('first')
  await writeFile(keys, JSON.stringify({ keys: [first] }))
  service = await startService({ environment: { KEYPLAN_SIGNING_KEYS: keys } })
  gp = await service.fhir('gp-practice')
})

afterAll(async () => {
  await service.stop()
  await rm(folder, { recursive: true })
})

const published = async (base = service.baseUrl): Promise<JSONWebKeySet> =>
  (await (await fetch(`${base}/auth/jwks`)).json()) as JSONWebKeySet

const read = async <Body extends FhirResource>(reference: string): Promise<Body> =>
  (await gp<Body>('GET', `/${reference}`)).body

const actOn = async (plan: CarePlan, act: string): Promise<Provenance> => {
  const { body } = await gp<Bundle<Provenance>>('GET', `/Provenance?target=CarePlan/${plan.id}`)
  const found = body.entry?.find(({ resource }) => resource?.activity?.coding?.[0]?.code === act)?.resource
  if (found === undefined) throw new Error(`no Provenance of ${act}`)
  return found
}

const active = async (name: string, index: number): Promise<CarePlan> => {
  const someone = person(name)
  return submit(gp, await register(gp, someone), someone.conversations[index])
}

/** Copies of a value, in each of which one character of one text is another. */
const oneCharacterOff = <Value>(value: Value): Value[] => {
  if (typeof value === 'string') return [`${value.slice(0, -1)}${value.endsWith('x') ? 'y' : 'x'}` as Value]
  if (typeof value === 'boolean') return [!value as Value]
  if (typeof value === 'number') return [(value + 1) as Value]
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([name, child]) =>
    oneCharacterOff(child).map(
      (off) => Object.assign(Array.isArray(value) ? [...value] : { ...value }, { [name]: off }) as unknown as Value,
    ),
  )
}

/** What the signature leaves out, taken away: what is left is all to be covered. */
const covered = ({ meta: _meta, status: _status, period: _period, ...plan }: CarePlan): CarePlan =>
  ({
    ...plan,
    extension: plan.extension?.filter(({ url }) => !/(?:review-date|state-reason)$/.test(url)),
  }) as CarePlan

describe('the signature of an act (docs/signatures.md)', () => {
  test('is verified with a key fetched from /auth/jwks and plain jose, and breaks with one character of anything it covers', async () => {
    const plan = await active('margaret', 1)
    const [provenance, members, jwks] = [
      await actOn(plan, 'submit'),
      await example.readMembers(plan, read),
      await published(),
    ]
    await example.verify(provenance, plan, members, jwks)
    const [signature] = provenance.signature ?? []
    expect(signature).toMatchObject({
      sigFormat: 'application/jose',
      when: expect.any(String),
      who: { display: 'KeyPlan' },
    })

    const plans = oneCharacterOff(covered(plan))
    expect(plans.length).toBeGreaterThan(20)
    for (const changed of plans) await expect(example.verify(provenance, changed, members, jwks)).rejects.toThrow()
    let texts = 0
    const states = ['meta', 'status', 'lifecycleStatus', 'active']
    for (const [index, member] of members.entries()) {
      const words = Object.fromEntries(Object.entries(member).filter(([name]) => !states.includes(name)))
      for (const changed of oneCharacterOff(words as unknown as FhirResource)) {
        texts += 1
        const others = members.with(index, changed)
        await expect(example.verify(provenance, plan, others, jwks)).rejects.toThrow()
      }
      await expect(example.verify(provenance, plan, members.toSpliced(index, 1), jwks)).rejects.toThrow()
    }
    expect(texts).toBeGreaterThan(200)
    const { id, meta, signature: sealed, ...act } = provenance
    for (const changed of oneCharacterOff(act)) {
      const forged = { ...changed, id, meta, signature: sealed } as Provenance
      await expect(example.verify(forged, plan, members, jwks)).rejects.toThrow()
    }
  })

  test('holds through a confirmation of review and after the end of the plan', async () => {
    const plan = await active('england', 1)
    const clinician = {
      resourceType: 'Parameters',
      parameter: [
        {
          name: 'who',
          valueReference: {
            identifier: { system: 'https://fhir.hl7.org.uk/Id/gmc-number', value: '7654321' },
            display: 'Dr Robin Example',
          },
        },
        { name: 'role', valueString: 'General practitioner' },
        { name: 'nextReview', valueDate: '2099-01-01' },
      ],
    }
    const { status } = await gp('POST', `/CarePlan/${plan.id}/$confirm-review`, clinician, { 'If-Match': 'W/"1"' })
    expect(status).toBe(200)
    await gp('POST', `/CarePlan/${plan.id}/$revoke`, {
      resourceType: 'Parameters',
      parameter: [
        { name: 'reason', valueCode: 'withdrawn' },
        { name: 'text', valueString: 'The person asked for it.' },
      ],
    })
    const ended = await read<CarePlan>(`CarePlan/${plan.id}`)
    expect(ended.status).toBe('revoked')
    const members = await example.readMembers(ended, read)
    for (const act of ['submit', 'confirm-review', 'revoke']) {
      await example.verify(await actOn(plan, act), ended, members, await published())
    }
  })

  test('of a clinician is taken where it is a good one of the plan, and kept beside the service’s own', async () => {
    const plan = await active('wales', 1)
    const members = await example.readMembers(plan, read)
    const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true })
    const sign = async (text: string): Promise<string> => {
      const [header, , value] = (
        await new CompactSign(new TextEncoder().encode(text))
          .setProtectedHeader({ alg: 'ES256', jwk: await exportJWK(publicKey) })
          .sign(privateKey)
      ).split('.')
      return `${header}..${value}`
    }
    const endorse = (signature: string) =>
      gp<Provenance>(
        'POST',
        `/CarePlan/${plan.id}/$sign`,
        {
          resourceType: 'Parameters',
          parameter: [
            {
              name: 'who',
              valueReference: {
                identifier: { system: 'https://fhir.hl7.org.uk/Id/gmc-number', value: '7654321' },
                display: 'Dr Robin Example',
              },
            },
            { name: 'role', valueString: 'Consultant' },
            { name: 'seniorResponsible', valueBoolean: true },
            { name: 'signature', valueString: signature },
          ],
        },
        { 'If-Match': 'W/"1"' },
      )
    const content = example.canonical(example.signedContent(plan, members))
    const refused = await endorse(await sign(`${content} `))
    expect([refused.status, issueKeys(refused.body)]).toEqual([422, ['signature-invalid']])
    const own = await sign(content)
    const { status, body } = await endorse(own)
    expect(status).toBe(200)
    expect(Buffer.from(body.signature?.[0]?.data ?? '', 'base64').toString()).toBe(own)
    await example.verify(body, plan, members, await published())
  })

  test('made with a key that was changed since still verifies with the published keys, and with no other', async () => {
    const plan = await active('child', 0)
    const second = await newKey('second')
    const both = join(folder, 'both.json')
    await writeFile(both, JSON.stringify({ keys: [second, first] }))
    const config = readConfig({
      PORT: '0',
      DATABASE_URL: service.database.url,
      KEYPLAN_DATA: folder,
      KEYPLAN_SIGNING_KEYS: both,
    })
    const later = await startServer(config, createLog('silent', { write: () => undefined }))
    try {
      const jwks = await published(later.baseUrl)
      expect(jwks.keys.map(({ kid }) => kid)).toEqual(['second', 'first'])
      const members = await example.readMembers(plan, read)
      await example.verify(await actOn(plan, 'submit'), plan, members, jwks)
      await expect(
        example.verify(await actOn(plan, 'submit'), plan, members, { keys: jwks.keys.slice(0, 1) }),
      ).rejects.toThrow()
    } finally {
      await later.stop(1)
    }
  })
})
