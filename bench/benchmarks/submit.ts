import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Bundle, BundleEntry, CarePlan, FhirResource } from 'fhir/r4.js'
import { readConfig, TEST_CLIENTS } from '../../src/config.ts'
import { createLog } from '../../src/log.ts'
import { startServer } from '../../src/server.ts'
import type { Benchmark, Request } from '../benchmark.ts'
import { median } from '../figures.ts'
import { nextPerson, WHAT_MATTERS } from '../people.ts'
import { about, askFhir, type Seeds } from '../seeds.ts'
import { type Stage, tokensOf, UNLIMITED } from '../stage.ts'

const SIZES = [12, 25, 50]
const PATH = '/CarePlan/$submit'
const PERSON = 'urn:uuid:3d1a4f5e-6a0b-4c55-9d51-0c9c1f6f2a10'

/** Submissions by themselves, one after the other, of each size. */
const ALONE = 40

export const submit: Benchmark = {
  name: 'submit',
  about:
    'A new person with an active what-matters plan, as one submission; the floor inserts the same text with one statement.',
  async cases(_stage, seeds) {
    const submissions = await submissionsOf(seeds)
    return SIZES.map((size) => ({ name: `submit ${size} resources`, requests: submissions(size) }))
  },
  async facts(stage, seeds) {
    const submissions = await submissionsOf(seeds)
    return await alone(stage, async (submitOne) => {
      const lines: string[] = []
      for (const size of SIZES) {
        const next = submissions(size)
        // The first ones meet code that has not been compiled yet.
        for (let count = 0; count < ALONE; count++) await submitOne(next())
        const taken: Awaited<ReturnType<typeof submitOne>>[] = []
        for (let count = 0; count < ALONE; count++) taken.push(await submitOne(next()))
        const statements = [...new Set(taken.map((each) => each.statements))].join(' or ')
        const milliseconds = median(taken.map((each) => each.milliseconds)).toFixed(1)
        lines.push(`${size} resources, one submission at a time: ${statements} statements, ${milliseconds} ms`)
      }
      return lines
    })
  },
}

/** For a size, what makes one more submission of so many resources, each of another person. */
const submissionsOf = async ({ ask }: Seeds): Promise<(size: number) => () => Request> => {
  const extracted = await ask<Bundle<FhirResource>>(
    'POST',
    '/QuestionnaireResponse/$extract',
    about(WHAT_MATTERS, PERSON),
  )
  return (size) => {
    const first = nextPerson()
    const text = JSON.stringify(ofSize(extracted, { fullUrl: PERSON, resource: first.patient }, size))
    return () => {
      const { chi, patient } = nextPerson()
      const body = text
        .replaceAll(first.chi, chi)
        .replaceAll(first.patient.birthDate as string, patient.birthDate as string)
      return { method: 'POST', path: PATH, body }
    }
  }
}

/** The plan with as many Goals, the person's own words repeated, as make up so many resources with the person. */
const ofSize = (
  extracted: Bundle<FhirResource>,
  person: BundleEntry<FhirResource>,
  size: number,
): Bundle<FhirResource> => {
  const entries = extracted.entry ?? []
  const goals = entries.filter(({ resource }) => resource?.resourceType === 'Goal')
  const others = entries.filter(({ resource }) => !['Goal', 'CarePlan'].includes(resource?.resourceType ?? ''))
  const plan = entries.find(({ resource }) => resource?.resourceType === 'CarePlan')?.resource as CarePlan
  const wanted = size - others.length - 2
  const kept = Array.from({ length: wanted }, (_, index) => ({
    ...goals[index % goals.length],
    fullUrl: `urn:uuid:9b2c7c1e-3f10-4d1c-8a55-${String(index).padStart(12, '0')}`,
  }))
  const goal = kept.map(({ fullUrl }) => ({ reference: fullUrl }))
  return {
    resourceType: 'Bundle',
    type: 'collection',
    entry: [
      person,
      { fullUrl: 'urn:uuid:0f7c2d8e-52ab-4c3e-8f0e-5f5e6d3b1a01', resource: { ...plan, goal } },
      ...others,
      ...kept,
    ].map(
      ({ fullUrl, resource }) =>
        ({ ...(fullUrl === undefined ? {} : { fullUrl }), resource }) as BundleEntry<FhirResource>,
    ),
  }
}

/**
 * Runs what it is given on a second KeyPlan, in this process and with nothing else to do, whose statements can be counted: over HTTP, as
 * everywhere.
 */
const alone = async <Result>(
  stage: Stage,
  run: (submitOne: (request: Request) => Promise<{ statements: number; milliseconds: number }>) => Promise<Result>,
): Promise<Result> => {
  const folder = await mkdtemp(join(tmpdir(), 'keyplan-bench-alone-'))
  const config = readConfig({
    PORT: '0',
    DATABASE_URL: stage.databaseUrl,
    KEYPLAN_DATA: folder,
    KEYPLAN_CLIENTS: TEST_CLIENTS,
    ...UNLIMITED,
  })
  const server = await startServer(config, createLog('error'))
  try {
    const target = { ...stage.keyplan, url: server.baseUrl, token: await tokensOf(server.baseUrl) }
    return await run(async ({ method, path, body }) => {
      await target.token()
      const before = server.services.store.statements()
      const started = performance.now()
      await askFhir(target, method, path, body)
      return {
        milliseconds: performance.now() - started,
        statements: server.services.store.statements() - before,
      }
    })
  } finally {
    await server.stop(1)
    await rm(folder, { recursive: true, force: true })
  }
}
