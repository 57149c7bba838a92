/** A change of consent takes effect within a second on every process (trust, section 2, 8): no process keeps what it has decided. */
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import type { Consent } from 'fhir/r4.js'
import { EXTENSION, type SharingDecision, SYSTEM } from '../../src/plan/codes.ts'
import { keyplan, type RunningCommand } from '../support/command.ts'
import { database } from '../support/database.ts'
import { person, register, submit } from '../support/people.ts'
import { type FhirRequest, fhirClient } from '../support/service.ts'

/** Reads that are sent later than a second after each change: 10,000 after the objections. */
const READS: Readonly<Partial<Record<SharingDecision, number>>> = { objection: 5_000, 'no-objection': 200 }
const READERS = 4

const own = await database()
let processes: RunningCommand[] = []
/** Of each process: the practice, and a crew. */
let practices: FhirRequest[] = []
let crews: FhirRequest[] = []
let patient: string

beforeAll(async () => {
  const folders = await Promise.all([0, 1].map(() => mkdtemp(join(tmpdir(), 'data-'))))
  processes = folders.map((folder) =>
    keyplan(['serve'], { PORT: '0', DATABASE_URL: own.url, KEYPLAN_DATA: folder, KEYPLAN_RATE_LIMIT: '9999999' }),
  )
  const urls = await Promise.all(processes.map(async (one) => String((await one.until('KeyPlan is ready'))['url'])))
  practices = await Promise.all(urls.map((url) => fhirClient(url, 'gp-practice')))
  crews = await Promise.all(urls.map((url) => fhirClient(url, 'ambulance')))
  const england = person('england')
  patient = await register(practices[0] as FhirRequest, england)
  await submit(practices[0] as FhirRequest, patient, england.conversations[0])
}, 120_000)

afterAll(async () => {
  for (const { child, ended } of processes) {
    child.kill('SIGTERM')
    await ended
  }
  await own.drop()
})

const decision = (code: SharingDecision): object => ({
  resourceType: 'Consent',
  status: 'active',
  scope: { coding: [{ system: SYSTEM.consentScope, code: 'patient-privacy' }] },
  category: [{ coding: [{ system: SYSTEM.consentCategory, code: 'sharing-decision' }] }],
  extension: [{ url: EXTENSION.sharingDecision, valueCode: code }],
  patient: { reference: `Patient/${patient}` },
  dateTime: new Date().toISOString(),
  policy: [{ uri: 'https://keyplan.example/fhir/policy/sharing' }],
})

/** Makes this the one decision in force, by one process; answers when that was answered. */
const decide = async (
  gp: FhirRequest,
  code: SharingDecision,
  instead: Consent | undefined,
): Promise<[Consent, number]> => {
  const entry = [
    {
      fullUrl: 'urn:uuid:6f6cbb4c-6bb0-4b5a-9f0c-000000000001',
      resource: decision(code),
      request: { method: 'POST', url: 'Consent' },
    },
    ...(instead === undefined
      ? []
      : [
          {
            resource: { ...instead, status: 'inactive' },
            request: { method: 'PUT', url: `Consent/${instead.id}`, ifMatch: `W/"${instead.meta?.versionId}"` },
          },
        ]),
  ]
  const answer = await gp<{ entry: { response: { location: string } }[] }>('POST', '', {
    resourceType: 'Bundle',
    type: 'transaction',
    entry,
  })
  if (answer.status !== 200) throw new Error(answer.text)
  const changed = Date.now()
  const [, id] = /Consent\/([^/]+)/.exec(answer.body.entry[0]?.response.location ?? '') ?? []
  return [(await gp<Consent>('GET', `/Consent/${id}`)).body, changed]
}

test('objection and agreement, each on one process under load: later than a second, both answer by it and by nothing else', async () => {
  const paths = [
    `/Patient/${patient}`,
    `/Goal?subject=Patient/${patient}&_summary=count`,
    `/Patient/${patient}/$everything`,
  ]
  let changed = Number.POSITIVE_INFINITY
  let late: { sent: number; seen: boolean }[] = []
  let stopped = false
  const seenIn = ({ status, text }: { status: number; text: string }): boolean => {
    // Anything else would be an answer that says nothing of the decision.
    if (status !== 200 && status !== 403) throw new Error(`${status} ${text}`)
    return status === 200 && !text.includes('"total":0')
  }
  const readers = crews.flatMap((crew) =>
    Array.from({ length: READERS }, async () => {
      for (let number = 0; !stopped; number++) {
        const sent = Date.now()
        const answer = await crew('GET', paths[number % paths.length] as string)
        if (sent > changed + 1_000) late.push({ sent, seen: seenIn(answer) })
      }
    }),
  )
  const enough = async (reads: number): Promise<void> => {
    while (late.length < reads) await Promise.race([new Promise((go) => setTimeout(go, 50)), ...readers])
  }
  let standing: Consent | undefined
  for (const [index, code] of (['objection', 'no-objection', 'objection', 'no-objection'] as const).entries()) {
    changed = Number.POSITIVE_INFINITY
    late = []
    const [made, at] = await decide(practices[index % practices.length] as FhirRequest, code, standing)
    standing = made
    changed = at
    await enough(READS[code] ?? 0)
    expect([code, late.filter(({ seen }) => seen !== (code === 'no-objection')).length]).toEqual([code, 0])
  }
  stopped = true
  await Promise.all(readers)
}, 300_000)
