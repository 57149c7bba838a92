import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type { Bundle, CarePlan, Consent, FhirResource, Parameters, Patient } from 'fhir/r4.js'
import { EXTENSION, SYSTEM } from '../../src/plan/codes.ts'
import { keyplan, type RunningCommand } from '../support/command.ts'
import { database } from '../support/database.ts'
import { emergencyView, outcomeOf, person, register, submit } from '../support/people.ts'
import { recipientsFile } from '../support/recipients.ts'
import { type FhirRequest, fhirClient } from '../support/service.ts'
import { build } from '../support/submissions/build.ts'
import { createNumbers } from '../support/submissions/numbers.ts'

const own = await database()
let recipients: Awaited<ReturnType<typeof recipientsFile>>
const processes: RunningCommand[] = []
/** Of each process: the practice, and a crew. */
let practices: FhirRequest[] = []
let crews: FhirRequest[] = []

const start = async (count: number): Promise<void> => {
  const started = await Promise.all(
    Array.from({ length: count }, async () => {
      const command = keyplan(['serve'], {
        PORT: '0',
        DATABASE_URL: own.url,
        KEYPLAN_DATA: await mkdtemp(join(tmpdir(), 'data-')),
        KEYPLAN_RECIPIENTS: recipients.file,
      })
      processes.push(command)
      return String((await command.until('KeyPlan is ready'))['url'])
    }),
  )
  practices = await Promise.all(started.map((url) => fhirClient(url, 'gp-practice')))
  crews = await Promise.all(started.map((url) => fhirClient(url, 'ambulance')))
}

const kill = async (): Promise<void> => {
  for (const { child, ended } of processes.splice(0)) {
    child.kill('SIGKILL')
    await ended
  }
}

beforeAll(async () => {
  // Nobody listens there: what the recipient should hold is told whether or not it can be reached.
  recipients = await recipientsFile([{ id: 'ambulance', address: 'http://localhost:9/fhir' }])
  await start(2)
}, 120_000)

afterAll(async () => {
  await kill()
  await recipients.remove()
  await own.drop()
})

const numbers = createNumbers()
const REFUSAL = {
  resourceType: 'Consent',
  status: 'active',
  scope: { coding: [{ system: 'consentscope', code: 'adr' }] },
  category: [{ coding: [{ system: 'consent-category', code: 'advance-refusal' }] }],
  patient: { reference: '#patient' },
  dateTime: '2026-01-10',
  policy: [{ uri: 'https://keyplan.example/fhir/policy/advance-refusal' }],
}

type Timed = Readonly<{ patient: Patient; id: string; plan: CarePlan; end: number }>

/** A person with a plan that holds an advance refusal which is over in so many seconds. */
const refusing = async (seconds: number): Promise<Timed> => {
  const end = Date.now() + seconds * 1_000
  const refusal = {
    ...REFUSAL,
    provision: {
      period: { end: new Date(end).toISOString() },
      provision: [{ code: [{ text: 'Blood transfusion', coding: [{ system: 'snomed', code: '116859006' }] }] }],
    },
  }
  const { bundle, patient } = build({ plan: 'margaret/1', add: { refusal } }, numbers, (name) => {
    throw new Error(`Nothing is stored as ${name}.`)
  })
  const { status, body, text } = await (practices[0] as FhirRequest)<Bundle<FhirResource>>(
    'POST',
    '/CarePlan/$submit',
    bundle,
  )
  if (status !== 201) throw new Error(`The plan was not stored: ${status} ${text}`)
  const plan = body.entry?.find(({ resource }) => resource?.resourceType === 'CarePlan')?.resource as CarePlan
  return { patient, id: plan.subject.reference?.split('/')[1] as string, plan, end }
}

const refusals = ({ parameter = [] }: Parameters): number => parameter.filter(({ name }) => name === 'refusal').length
const sequenceOf = ({ parameter = [] }: Parameters): number =>
  parameter.find(({ name }) => name === 'sequence')?.valueUnsignedInt ?? -1

/** Asks until it is so. */
const until = async <Answer>(ask: () => Promise<Answer>, holds: (answer: Answer) => boolean): Promise<Answer> => {
  for (;;) {
    const answer = await ask()
    if (holds(answer)) return answer
    await wait(100)
  }
}

const wantedSequence = async (id: string): Promise<number> => {
  const { body } = await (practices[0] as FhirRequest)<Parameters>('GET', `/Patient/${id}/$sharing-status`)
  const wanted = body.parameter?.find(({ name }) => name === 'recipient')?.part?.find(({ name }) => name === 'wanted')
  return wanted?.part?.find(({ name }) => name === 'sequence')?.valueUnsignedInt ?? -1
}

const rederivedBy = (id: string) =>
  own.query(`select client from audit_event where patient = $1 and interaction = 'rederive'`, [id])

/** What every way of reading says once the refusal is over. */
const expectOver = async ({ id, plan }: Timed, before: number): Promise<void> => {
  for (const gp of practices) {
    for (const operation of ['$key-information-summary', '$respect-document']) {
      const { text } = await gp('GET', `/Patient/${id}/${operation}`)
      expect(text).not.toContain('REFUSES')
      expect(text).toContain('not in force any more: an advance refusal of Blood transfusion')
    }
    // The plan is the one that was signed.
    expect((await gp('GET', `/CarePlan/${plan.id}`)).body).toEqual(plan)
  }
  // Two processes looked; one commit, one audit row, and recipients are to hold what came of it.
  expect(await rederivedBy(id)).toEqual([{ client: 'keyplan:timekeeper' }])
  expect(await wantedSequence(id)).toBe(before + 1)
}

describe('what is over at an instant', () => {
  test('an advance refusal is shown until then, and afterwards by nobody: once for all processes and recipients', async () => {
    for (const seconds of [5, 20, 60]) {
      const timed = await refusing(seconds)
      const first = await emergencyView(crews[1] as FhirRequest, timed)
      // A machine that was too slow for this has shown nothing: with more time.
      if (Date.now() >= timed.end) continue
      expect(refusals(first)).toBe(1)
      const last = await until(
        () => emergencyView(crews[1] as FhirRequest, timed),
        (answer) => refusals(answer) === 0,
      )
      expect(Date.now()).toBeGreaterThan(timed.end)
      expect(sequenceOf(last)).toBe(sequenceOf(first) + 1)
      expect(outcomeOf(last)).toBe('current-plan')
      await expectOver(timed, sequenceOf(first))
      return
    }
    throw new Error('The machine is too slow for any of these.')
  }, 180_000)

  test('an objection to sharing withholds until then', async () => {
    const [gp, crew] = [practices[0] as FhirRequest, crews[1] as FhirRequest]
    const someone = person('margaret')
    const registered = { patient: { ...someone.patient, identifier: numbers(someone.patient) ?? [] } }
    const id = await register(gp, registered)
    await submit(gp, id, someone.conversations[1])
    for (const seconds of [5, 20, 60]) {
      const end = Date.now() + seconds * 1_000
      const { status, text } = await gp<Consent>('POST', '/Consent', objection(id, end))
      expect([status, text]).toEqual([201, text])
      const first = await emergencyView(crew, registered)
      if (Date.now() < end) expect(outcomeOf(first)).toBe('withheld')
      const last = await until(
        () => emergencyView(crew, registered),
        (answer) => outcomeOf(answer) !== 'withheld',
      )
      expect(outcomeOf(last)).toBe('current-plan')
      expect(Date.now()).toBeGreaterThan(end)
      if (outcomeOf(first) === 'withheld') return
    }
    throw new Error('The machine is too slow for any of these.')
  }, 180_000)

  test('what was over while no service ran is not shown once one runs', async () => {
    let timed = await refusing(15)
    let before = sequenceOf(await emergencyView(crews[0] as FhirRequest, timed))
    if (Date.now() >= timed.end) {
      timed = await refusing(60)
      before = sequenceOf(await emergencyView(crews[0] as FhirRequest, timed))
    }
    await kill()
    await until(
      async () => Date.now(),
      (now) => now > timed.end,
    )
    await start(2)
    const answer = await until(
      () => emergencyView(crews[1] as FhirRequest, timed),
      (shown) => refusals(shown) === 0,
    )
    expect(sequenceOf(answer)).toBe(before + 1)
    await expectOver(timed, before)
  }, 180_000)
})

const objection = (id: string, end: number): object => ({
  resourceType: 'Consent',
  status: 'active',
  scope: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/consentscope', code: 'patient-privacy' }] },
  category: [{ coding: [{ system: SYSTEM.consentCategory, code: 'sharing-decision' }] }],
  extension: [{ url: EXTENSION.sharingDecision, valueCode: 'objection' }],
  patient: { reference: `Patient/${id}` },
  dateTime: new Date().toISOString(),
  policy: [{ uri: 'https://keyplan.example/fhir/policy/sharing' }],
  provision: { period: { end: new Date(end).toISOString() } },
})
