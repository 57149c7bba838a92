import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import type { Bundle, CarePlan, Composition, FhirResource, Parameters } from 'fhir/r4.js'
import { IDENTIFIER_SYSTEM, identifierValue } from '../../src/fhir/identifier.ts'
import { EXTENSION } from '../../src/plan/codes.ts'
import { keyplan, type RunningCommand } from '../support/command.ts'
import { database } from '../support/database.ts'
import { person, question, register, submission } from '../support/people.ts'
import { recipientsFile } from '../support/recipients.ts'
import { type Answer, type FhirRequest, fhirClient } from '../support/service.ts'

/** INV-5: many at once, over every way of reading, on both processes. */
const READERS = 1_000

const own = await database()
const commands: RunningCommand[] = []
/** One client of each process. */
let clients: readonly [FhirRequest, FhirRequest]
/** Whom the test at hand is about: each has a person of its own. */
let someone: ReturnType<typeof person>
let patient: string
let recipients: Awaited<ReturnType<typeof recipientsFile>>

beforeAll(async () => {
  // Nobody listens there: what the recipient should hold is told whether or not it can be reached.
  recipients = await recipientsFile([{ id: 'ambulance', address: 'http://localhost:9/fhir' }])
  const started = [0, 1].map(async () => {
    const data = await mkdtemp(join(tmpdir(), 'data-'))
    const command = keyplan(['serve'], {
      PORT: '0',
      DATABASE_URL: own.url,
      KEYPLAN_DATA: data,
      KEYPLAN_RECIPIENTS: recipients.file,
    })
    commands.push(command)
    return fhirClient(String((await command.until('KeyPlan is ready'))['url']), 'gp-practice')
  })
  clients = (await Promise.all(started)) as [FhirRequest, FhirRequest]
})

afterAll(async () => {
  for (const { child, ended } of commands) {
    child.kill('SIGKILL')
    await ended
  }
  await recipients.remove()
  await own.drop()
})

/** What a read shows as current: ids of plans, `none` where it says that there is none, undefined where it does not answer. */
type Shown = readonly string[] | undefined
type Path = Readonly<{ name: string; read(ask: FhirRequest, plans: readonly string[]): Promise<Shown> }>

const resourcesIn = ({ entry = [] }: Bundle<FhirResource>): FhirResource[] =>
  entry.flatMap(({ resource }) => resource ?? [])
const activePlans = (resources: readonly FhirResource[]): string[] =>
  resources.flatMap((one) => (one.resourceType === 'CarePlan' && one.status === 'active' ? [one.id as string] : []))

const emergencyBy =
  (asked: () => Parameters): Path['read'] =>
  async (ask) => {
    const { status, body } = await ask<Parameters>('POST', '/Patient/$emergency-view', asked())
    if (status !== 200) return undefined
    return (body.parameter ?? []).flatMap(({ name, part = [] }) =>
      name === 'plan'
        ? part.flatMap(({ valueReference }) => valueReference?.reference?.replace('CarePlan/', '') ?? [])
        : [],
    )
  }

/** Every way in which a plan, or what it says, is read. Those of one plan are asked of each plan that there has been. */
const PATHS: readonly Path[] = [
  { name: '$emergency-view', read: emergencyBy(() => question(someone.patient.identifier?.[0])) },
  {
    name: '$emergency-view by name',
    read: emergencyBy(() => {
      const { name, birthDate, address } = someone.patient
      return {
        resourceType: 'Parameters',
        parameter: [
          { name: 'name', valueString: `${name?.[0]?.given?.[0]} ${name?.[0]?.family}` },
          { name: 'birthDate', valueDate: birthDate ?? '' },
          { name: 'postcode', valueString: address?.[0]?.postalCode ?? '' },
        ],
      }
    }),
  },
  {
    name: 'read',
    read: async (ask, plans) => {
      const answers = await Promise.all(plans.map((id) => ask<CarePlan>('GET', `/CarePlan/${id}`)))
      return answers.every(({ status }) => status === 200) ? activePlans(answers.map(({ body }) => body)) : undefined
    },
  },
  {
    name: 'search by status',
    read: async (ask) => {
      const { status, body } = await ask<Bundle<FhirResource>>('GET', `/CarePlan?patient=${patient}&status=active`)
      return status === 200 ? activePlans(resourcesIn(body)) : undefined
    },
  },
  {
    name: 'search by patient',
    read: async (ask) => {
      const { status, body } = await ask<Bundle<FhirResource>>('GET', `/CarePlan?patient=${patient}`)
      return status === 200 ? activePlans(resourcesIn(body)) : undefined
    },
  },
  {
    name: 'current entry of the history',
    read: async (ask, plans) => {
      const answers = await Promise.all(plans.map((id) => ask<Bundle<FhirResource>>('GET', `/CarePlan/${id}/_history`)))
      if (answers.some(({ status }) => status !== 200)) return undefined
      return activePlans(answers.flatMap(({ body }) => resourcesIn(body).slice(0, 1)))
    },
  },
  {
    name: 'recommendations in force',
    read: async (ask) => {
      const { status, body } = await ask<Bundle<FhirResource>>(
        'GET',
        `/Consent?patient=${patient}&status=active&_count=100`,
      )
      if (status !== 200) return undefined
      const held = resourcesIn(body).map(({ id }) => contentOwner.get(id ?? ''))
      return [...new Set(held.flatMap((plan) => plan ?? []))]
    },
  },
  {
    name: 'summary document',
    read: async (ask) => {
      const { status, body } = await ask<Bundle<FhirResource>>('GET', `/Patient/${patient}/$key-information-summary`)
      if (status === 404) return []
      if (status !== 200) return undefined
      const [composition] = resourcesIn(body) as [Composition]
      // By what it says, not by the plans known here: it can come before the answer that tells of the plan which it shows.
      return [...new Set(Array.from(JSON.stringify(composition).matchAll(/CarePlan\/([\w-]+)/g), ([, id = '']) => id))]
    },
  },
  {
    name: '$respect-document',
    read: async (ask) => {
      const { status, body } = await ask<Bundle<FhirResource>>('GET', `/Patient/${patient}/$respect-document`)
      if (status === 404) return []
      return status === 200 ? activePlans(resourcesIn(body)) : undefined
    },
  },
  {
    name: '$everything',
    read: async (ask) => {
      const { status, body } = await ask<Bundle<FhirResource>>('GET', `/Patient/${patient}/$everything`)
      if (status !== 200) return undefined
      const resources = resourcesIn(body)
      const recommended = resources.flatMap((one) =>
        one.resourceType === 'Consent' && one.status === 'active' ? (contentOwner.get(one.id ?? '') ?? []) : [],
      )
      return [...new Set([...activePlans(resources), ...recommended])]
    },
  },
  {
    name: '$verify-current',
    read: async (ask, ids) => {
      const answers = await Promise.all(
        ids.map(async (id) => {
          const { status, body } = await ask<Parameters>('POST', '/CarePlan/$verify-current', {
            resourceType: 'Parameters',
            parameter: [
              { name: 'planId', valueString: editions.get(id)?.planId },
              { name: 'version', valuePositiveInt: editions.get(id)?.version },
            ],
          })
          return { id, status, standing: body.parameter?.find(({ name }) => name === 'standing')?.valueCode }
        }),
      )
      if (answers.some(({ status }) => status !== 200)) return undefined
      return answers.flatMap(({ id, standing }) => (standing === 'current' ? [id] : []))
    },
  },
  {
    name: '$sharing-status',
    read: async (ask) => {
      const { status, body } = await ask<Parameters>('GET', `/Patient/${patient}/$sharing-status`)
      if (status !== 200) return undefined
      const wanted = body.parameter
        ?.find(({ name }) => name === 'recipient')
        ?.part?.find(({ name }) => name === 'wanted')?.part
      const sequence = wanted?.find(({ name }) => name === 'sequence')?.valueUnsignedInt ?? -1
      const state = wanted?.find(({ name }) => name === 'state')?.valueCode
      return state === 'current' ? [sequencePlan.get(sequence) ?? `sequence ${sequence}`] : []
    },
  },
]

/** What stands on the paper of each plan. */
const editions = new Map<string, { planId: string; version: number }>()
/** Which plan each Consent belongs to, and which plan was current at each sequence of the summary. */
const contentOwner = new Map<string, string>()
const sequencePlan = new Map<number, string>()
const plans: string[] = []

/** Asks again while the answer is to try again, which a server under load may give. */
const patiently = async <Body>(ask: () => Promise<Answer<Body>>): Promise<Answer<Body>> => {
  for (;;) {
    const answer = await ask()
    if (answer.status !== 503) return answer
    await wait(500)
  }
}

/** Stores a plan and remembers what belongs to it. */
const store = async (ask: FhirRequest, conversation: number, replaces?: string): Promise<string> => {
  const response = someone.conversations[conversation]
  if (response === undefined) throw new Error('There is no such conversation.')
  const { status, body, text } = await patiently(() =>
    ask<Bundle<FhirResource>>('POST', '/CarePlan/$submit', submission(patient, response, replaces)),
  )
  if (status !== 201) throw new Error(`The plan was not stored: ${status} ${text}`)
  const [plan] = activePlans(resourcesIn(body))
  const created = resourcesIn(body).find(({ id }) => id === plan) as CarePlan
  for (const { reference } of created.supportingInfo ?? [])
    contentOwner.set(reference?.split('/')[1] ?? '', created.id as string)
  editions.set(created.id as string, {
    planId: identifierValue(created.identifier, IDENTIFIER_SYSTEM.planId) ?? '',
    version: created.extension?.find(({ url }) => url === EXTENSION.planVersion)?.valuePositiveInt ?? 0,
  })
  return created.id as string
}

/** Every path shows these plans as current. */
const expectShown = async (ask: FhirRequest, current: readonly string[]): Promise<void> => {
  for (const { name, read } of PATHS) expect([name, await read(ask, plans)]).toEqual([name, current])
}

/** Registers a synthetic person and stores their first ReSPECT plan, which every path then shows; answers its id. */
const begin = async (name: string): Promise<string> => {
  someone = person(name)
  patient = await register(clients[0], someone)
  const first = await store(clients[0], 1)
  plans.splice(0, plans.length, first)
  sequencePlan.clear()
  sequencePlan.set(await sequenceNow(), first)
  await expectShown(clients[1], [first])
  return first
}

type Seen = Readonly<{ path: string; started: number; shown: Shown }>

/**
 * Has READERS read at once, again and again, until each has had an answer to a question asked after `act` was acknowledged. One that is told to
 * try again, as a server under load may, does.
 */
const during = async (act: () => Promise<void>): Promise<{ seen: readonly Seen[]; acknowledged: number }> => {
  const seen: Seen[] = []
  const answered = new Set<string>()
  let acknowledged = Number.POSITIVE_INFINITY
  let over = false
  const readers = Array.from({ length: READERS }, async (_, index) => {
    const { name, read } = PATHS[index % PATHS.length] as Path
    const ask = clients[Math.floor(index / PATHS.length) % 2] as FhirRequest
    while (!over) {
      const started = performance.now()
      const shown = await read(ask, plans)
      seen.push({ path: name, started, shown })
      if (shown === undefined) await wait(100)
      else if (started > acknowledged) return
      else answered.add(name)
    }
  })
  const change = async (): Promise<void> => {
    // Readers of every path are under way when the change begins.
    while (!over && answered.size < PATHS.length) await wait(10)
    await act()
    acknowledged = performance.now()
  }
  try {
    await Promise.all([change(), ...readers])
  } finally {
    over = true
  }
  return { seen, acknowledged }
}

const later = ({ seen, acknowledged }: Awaited<ReturnType<typeof during>>): readonly Seen[] =>
  seen.filter(({ started }) => started > acknowledged)

const sequenceNow = async (): Promise<number> => {
  const { body } = await clients[0]<Parameters>(
    'POST',
    '/Patient/$emergency-view',
    question(someone.patient.identifier?.[0]),
  )
  return body.parameter?.find(({ name }) => name === 'sequence')?.valueUnsignedInt ?? -1
}

test('once a new plan is acknowledged, no reader of any path is shown the one it replaced, and none was ever shown no plan (INV-5)', async () => {
  const first = await begin('margaret')

  let second = ''
  const observed = await during(async () => {
    second = await store(clients[0], 2, `CarePlan/${first}`)
  })
  sequencePlan.set(await sequenceNow(), second)
  const after = later(observed).filter(({ shown }) => shown !== undefined)
  expect(after.length).toBeGreaterThanOrEqual(READERS)
  expect(new Set(after.map(({ path }) => path)).size).toBe(PATHS.length)
  expect(after.filter(({ shown }) => shown?.includes(first))).toEqual([])

  // A reader who asked while it happened saw the one or the other. What is asked one plan at a time can fall in between.
  const whole = observed.seen.filter(({ path }) =>
    [
      '$emergency-view',
      '$emergency-view by name',
      'search by status',
      'summary document',
      '$respect-document',
      '$everything',
    ].includes(path),
  )
  expect(whole.filter(({ shown }) => shown !== undefined && shown.length !== 1)).toEqual([])
  plans.push(second)
  await expectShown(clients[0], [second])
}, 120_000)

test('once a revocation is acknowledged, no reader of any path is shown the plan as current (INV-5)', async () => {
  const current = await begin('england')
  const observed = await during(async () => {
    const { status, text } = await patiently(() =>
      clients[1]('POST', `/CarePlan/${current}/$revoke`, {
        resourceType: 'Parameters',
        parameter: [
          { name: 'reason', valueCode: 'withdrawn' },
          { name: 'text', valueString: 'The person asked for it.' },
        ],
      }),
    )
    expect([status, text]).toEqual([200, text])
  })
  const after = later(observed).filter(({ shown }) => shown !== undefined)
  expect(after.length).toBeGreaterThanOrEqual(READERS)
  expect(new Set(after.map(({ path }) => path)).size).toBe(PATHS.length)
  expect(after.filter(({ shown }) => shown?.length !== 0)).toEqual([])
  // They did see it before: it is not that these paths show nothing.
  const paths = new Set(observed.seen.filter(({ shown }) => shown?.includes(current)).map(({ path }) => path))
  expect(paths.size).toBe(PATHS.length)
  await expectShown(clients[0], [])
}, 120_000)
