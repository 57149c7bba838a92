import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import type { Parameters } from 'fhir/r4.js'
import { pino } from 'pino'
import { compare } from '../../src/sync/anti-entropy.ts'
import { fhirVerifier } from '../../src/sync/channels/fhir-verification.ts'
import { startService, type TestService } from '../support/service.ts'

/** A recipient that holds 200,000 summaries, of which this database, an old copy, has confirmed none. */
const PERSONS = 200_000
const EACH = Math.ceil(PERSONS / 1_024)
let keyplan: TestService
const asked: number[][] = []

const summariesIn = (bucket: number) =>
  Array.from({ length: EACH }, (_, number) => ({
    name: 'summary',
    valueString: `01a2010c-23aa-7986-88ec-${String(bucket * 1_000 + number).padStart(12, '0')}/1/1/current`,
  }))

const server = createServer(async (request, response) => {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  const { parameter: [input] = [] } = JSON.parse(Buffer.concat(chunks).toString('utf8')) as Parameters
  const buckets = input?.valueString?.split(' ').map(Number)
  if (buckets !== undefined) asked.push(buckets)
  const digests = Buffer.alloc(8 * 1_024, 1).toString('base64')
  const parameter =
    buckets === undefined
      ? [
          { name: 'persons', valueUnsignedInt: PERSONS },
          { name: 'digests', valueBase64Binary: digests },
        ]
      : // Enough of the first answer to see that it is not too long.
        asked.length === 1
        ? buckets.flatMap(summariesIn)
        : []
  response.writeHead(200, { 'Content-Type': 'application/fhir+json' })
  response.end(JSON.stringify({ resourceType: 'Parameters', ...(parameter.length === 0 ? {} : { parameter }) }))
})

beforeAll(async () => {
  await new Promise<void>((settle) => server.listen(0, '127.0.0.1', settle))
  keyplan = await startService()
})

afterAll(async () => {
  await keyplan.stop()
  server.closeAllConnections()
  await new Promise((settle) => server.close(settle))
})

test('a recipient that holds far more than it has confirmed is asked for no more at once than an answer may hold', async () => {
  const { records } = keyplan.services
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/fhir`
  const context = {
    requestId: crypto.randomUUID(),
    caller: { kind: 'internal', task: 'test' },
    purpose: 'administration',
    now: new Date(),
  } as const
  await records.recipients.register(context, {
    id: 'large',
    name: 'Large',
    role: 'ambulance',
    organization: 'Z00009',
    channel: 'fhir-rest',
    address,
    jurisdictions: ['GB-SCT'],
    postcodes: [],
    registeredOnly: false,
    active: true,
  })
  await records.verification.watch('large')
  const stopping = new AbortController()
  const verifier = fhirVerifier({ address }, { token: async () => 'token', forget: () => {} }, stopping.signal)
  await compare(
    {
      records,
      log: pino({ level: 'silent' }),
      verifiers: new Map([['large', verifier]]),
      busy: new Set(),
      signal: stopping.signal,
    },
    { all: true },
  )
  verifier.close()
  const { recipients } = await records.verification.read()
  expect(recipients).toMatchObject([{ recipient: 'large', comparisonError: null, unverifiedSince: null }])
  expect(asked.flat()).toEqual(Array.from({ length: 1_024 }, (_, bucket) => bucket))
  expect(Math.max(...asked.map((buckets) => buckets.length * EACH))).toBeLessThanOrEqual(5_000)
})
