/** The query part of a scope holds on every surface (SMART App Launch 2.2, finer-grained resource constraints using search parameters). */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type { Bundle, Goal, OperationOutcome, Parameters } from 'fhir/r4.js'
import { person, register, submit } from '../support/people.ts'
import { type FhirRequest, issueKeys, startService, type TestService } from '../support/service.ts'
import { until } from '../support/until.ts'

let service: TestService
let gp: FhirRequest
/** May do all that can be done with Goals, as long as they are proposed. */
let narrow: FhirRequest
let patient: string
let plan: string
const NARROW = 'system/Goal.cruds?lifecycle-status=proposed system/Patient.rs'

beforeAll(async () => {
  service = await startService()
  gp = await service.fhir('gp-practice')
  narrow = await service.fhir('gp-practice', NARROW)
  const margaret = person('margaret')
  patient = await register(gp, margaret)
  plan = (await submit(gp, patient, margaret.conversations[0])).id as string
})

afterAll(() => service.stop())

type Status = 'proposed' | 'active'
const goal = (lifecycleStatus: Status, text = 'To see the sea.'): object => ({
  resourceType: 'Goal',
  meta: { tag: [{ system: 'http://test.example/tag', code: lifecycleStatus }] },
  lifecycleStatus,
  description: { text },
  subject: { reference: `Patient/${patient}` },
})

const made = async (status: Status, text?: string): Promise<string> => {
  const { status: code, body, text: said } = await gp<Goal>('POST', '/Goal', goal(status, text))
  if (code !== 201) throw new Error(said)
  return body.id as string
}

/** Each test has a goal of either kind, of which its searches ask. */
let proposed: string
let active: string
let ids: string
beforeAll(async () => {
  proposed = await made('proposed')
  active = await made('active')
  ids = `_id=${proposed},${active}`
})

const keysIn = (bundle: Bundle): string[] =>
  (bundle.entry ?? [])
    // What is said of an empty answer is none of it.
    .filter(({ search }) => search?.mode !== 'outcome')
    .flatMap(({ resource, request }) => (resource ? `${resource.resourceType}/${resource.id}` : (request?.url ?? [])))
    .sort()

const found = async (client: FhirRequest, path: string): Promise<string[]> => {
  const { status, body, text } = await client<Bundle>('GET', path)
  if (status !== 200) throw new Error(`${status} ${text}`)
  return keysIn(body)
}

const refused = async (answer: ReturnType<FhirRequest>): Promise<void> => {
  const { status, body } = await answer
  expect([status, issueKeys(body)]).toEqual([403, ['scope-missing']])
}

describe('searches', () => {
  test.each([
    ['by type', () => `/Goal?${ids}`],
    ['across types', () => `/?_type=Goal,Patient&${ids}`],
    ['in a compartment', () => `/Patient/${patient}/Goal?${ids}`],
    ['in the order that is asked for', () => `/Goal?${ids}&_sort=-_lastUpdated`],
  ])('%s: find what is let through, and nothing else', async (_, path) => {
    expect(await found(gp, path())).toEqual([`Goal/${proposed}`, `Goal/${active}`].sort())
    expect(await found(narrow, path())).toEqual([`Goal/${proposed}`])
  })

  test('count what is let through', async () => {
    for (const [client, total] of [
      [gp, 2],
      [narrow, 1],
    ] as const) {
      expect((await client<Bundle>('GET', `/Goal?${ids}&_summary=count`)).body.total).toBe(total)
      expect((await client<Bundle>('GET', `/Goal?${ids}&_total=accurate`)).body.total).toBe(total)
    }
  })

  test('by what is not let through find nothing', async () => {
    expect(await found(narrow, `/Goal?${ids}&lifecycle-status=active`)).toEqual([])
  })

  test('find what one scope or another lets through', async () => {
    const both = await service.fhir(
      'gp-practice',
      `system/Goal.s?lifecycle-status=proposed system/Goal.s?_id=${active}`,
    )
    expect(await found(both, `/Goal?${ids}`)).toEqual([`Goal/${proposed}`, `Goal/${active}`].sort())
  })

  test('need the letter: a query part for reading lets nothing be searched', async () => {
    await refused((await service.fhir('gp-practice', 'system/Goal.r?lifecycle-status=proposed'))('GET', `/Goal?${ids}`))
  })

  test('of pages that were kept for a wider token show nothing to a narrower one of the same client', async () => {
    const wide = await gp<Bundle>('GET', `/Goal?${ids}&_sort=_id&_count=1`)
    const next = wide.body.link?.find(({ relation }) => relation === 'next')?.url ?? ''
    expect(next).toContain('_page=')
    const { status } = await narrow('GET', next.slice(`${service.baseUrl}/fhir`.length))
    expect(status).toBe(400)
  })

  test('include what is let through, in either direction', async () => {
    const goalsOf = `/Patient?_id=${patient}&_revinclude=Goal:patient`
    expect(await found(gp, goalsOf)).toEqual(expect.arrayContaining([`Goal/${active}`, `Goal/${proposed}`]))
    const included = await found(narrow, goalsOf)
    expect(included).toContain(`Goal/${proposed}`)
    expect(included).not.toContain(`Goal/${active}`)
    const others = await service.fhir('gp-practice', 'system/Goal.rs system/Patient.rs?_id=nobody')
    expect(await found(others, `/Goal?_id=${proposed}&_include=Goal:patient`)).toEqual([`Goal/${proposed}`])
  })

  test('lead by chains and _has over what is let through alone', async () => {
    const chain = `/Goal?_id=${proposed}&subject:Patient._id=${patient}`
    expect(await found(narrow, chain)).toEqual([`Goal/${proposed}`])
    expect(await found(await service.fhir('gp-practice', 'system/Goal.s system/Patient.s?_id=nobody'), chain)).toEqual(
      [],
    )
    expect(await found(narrow, `/Patient?_has:Goal:patient:_id=${proposed}`)).toEqual([`Patient/${patient}`])
    expect(await found(narrow, `/Patient?_has:Goal:patient:_id=${active}`)).toEqual([])
  })
})

describe('reads', () => {
  test('of the resource and of a version', async () => {
    for (const version of ['', '/_history/1']) {
      expect((await narrow('GET', `/Goal/${proposed}${version}`)).status).toBe(200)
      await refused(narrow('GET', `/Goal/${active}${version}`))
    }
    await refused(narrow('GET', `/Goal/${active}/_history/9`))
    expect((await narrow('GET', '/Goal/nobody')).status).toBe(404)
  })

  test('of a deleted one: as it was before', async () => {
    const [one, other] = [await made('proposed'), await made('active')]
    for (const id of [one, other]) await gp('DELETE', `/Goal/${id}`)
    expect((await narrow('GET', `/Goal/${one}`)).status).toBe(410)
    await refused(narrow('GET', `/Goal/${other}`))
    await refused(narrow('GET', `/Goal/${other}/_history/2`))
  })

  test('of a history: the versions that are let through, each by what it says', async () => {
    const id = await made('proposed')
    await gp('PUT', `/Goal/${id}`, { ...goal('active'), id })
    await gp('PUT', `/Goal/${id}`, { ...goal('proposed', 'To see the sea again.'), id })
    await gp('DELETE', `/Goal/${id}`)
    const { body } = await narrow<Bundle>('GET', `/Goal/${id}/_history`)
    expect((body.entry ?? []).map(({ resource }) => resource?.meta?.versionId)).toEqual([undefined, '3', '1'])
    expect(body.total).toBeUndefined()
    expect((await gp<Bundle>('GET', `/Goal/${id}/_history`)).body.total).toBe(4)
    await refused(narrow('GET', `/Goal/${active}/_history`))
  })

  test('of the history of the type, and of all', async () => {
    const start = new Date().toISOString()
    const [one, other, gone] = [await made('proposed'), await made('active'), await made('active')]
    await gp('DELETE', `/Goal/${gone}`)
    const whole = await service.fhir('gp-practice', 'system/*.r')
    const all = await service.fhir('gp-practice', everyTypeButGoals())
    for (const path of [`/Goal/_history?_since=${start}`, `/_history?_since=${start}`]) {
      // What was begun before and is not settled yet holds back what came after it.
      await until(
        () => found(whole, path),
        (keys) => [one, other, gone].every((id) => keys.includes(`Goal/${id}`)),
      )
      const reached = await found(all, path)
      expect(reached).toContain(`Goal/${one}`)
      expect(reached.filter((key) => key.includes(other) || key.includes(gone))).toEqual([])
    }
  })

  test('of everything of a person, which says that it is not everything', async () => {
    const { body } = await narrow<Bundle>('GET', `/Patient/${patient}/$everything`)
    expect(keysIn(body)).toContain(`Goal/${proposed}`)
    expect(keysIn(body)).not.toContain(`Goal/${active}`)
    const outcome = body.entry?.find(({ search }) => search?.mode === 'outcome')?.resource as OperationOutcome
    expect(outcome.issue[0]?.diagnostics ?? outcome.issue[0]?.details?.text).toMatch(/all of .*\bGoal\b/)
    const nobodys = await service.fhir('gp-practice', 'system/Patient.r?_id=nobody system/Goal.r')
    await refused(nobodys('GET', `/Patient/${patient}/$everything`))
  })

  test('of the labels in use', async () => {
    const codes = async (client: FhirRequest): Promise<(string | undefined)[]> => {
      const { body } = await client<Parameters>('GET', '/Goal/$meta')
      return (body.parameter?.[0]?.valueMeta?.tag ?? []).map(({ code }) => code)
    }
    expect(await codes(gp)).toEqual(expect.arrayContaining(['active', 'proposed']))
    expect(await codes(narrow)).toEqual(['proposed'])
  })

  test('of what is made of many resources need their types whole', async () => {
    const client = await service.fhir(
      'gp-practice',
      'system/Patient.r system/Consent.r system/Provenance.r system/CarePlan.r?status=active',
    )
    for (const path of [`/Patient/${patient}/$key-information-summary`, `/CarePlan/${plan}/$timeline`]) {
      const { status, body } = await client<OperationOutcome>('GET', path)
      expect([status, issueKeys(body)]).toEqual([403, ['scope-missing']])
      expect(JSON.stringify(body)).toContain('system/CarePlan.r is needed, without a query part')
    }
    expect((await client('GET', `/CarePlan/${plan}`)).status).toBe(200)
  })
})

/** All that a history of everything needs, with Goals only as far as they are proposed. */
const everyTypeButGoals = (): string =>
  [
    'system/Goal.r?lifecycle-status=proposed',
    ...Object.keys(TYPES).flatMap((type) => (type === 'Goal' ? [] : [`system/${type}.r`])),
  ].join(' ')
let TYPES: Record<string, true>
beforeAll(async () => {
  const { body } = await gp<{ rest?: { resource?: { type: string; interaction?: { code: string }[] }[] }[] }>(
    'GET',
    '/metadata',
  )
  const stored = (body.rest?.[0]?.resource ?? []).filter(({ interaction = [] }) =>
    interaction.some(({ code }) => code === 'history-type'),
  )
  TYPES = Object.fromEntries(stored.map(({ type }) => [type, true]))
})

test('an answer that was asked for with a wider token is not for a narrower one', async () => {
  const kickOff = await gp('GET', `/Patient/${patient}/$everything`, undefined, { Prefer: 'respond-async' })
  const place = (kickOff.headers.get('content-location') ?? '').slice(`${service.baseUrl}/fhir`.length)
  await until(
    async () => (await gp('GET', place)).status,
    (status) => status === 200,
    60,
  )
  await refused(narrow('GET', place))
})

describe('writes', () => {
  test('create what is let through, and nothing else', async () => {
    expect((await narrow('POST', '/Goal', goal('proposed'))).status).toBe(201)
    await refused(narrow('POST', '/Goal', goal('active')))
  })

  test('change what was let through into what is let through', async () => {
    const [one, other] = [await made('proposed'), await made('active')]
    expect((await narrow('PUT', `/Goal/${one}`, { ...goal('proposed', 'Again.'), id: one })).status).toBe(200)
    await refused(narrow('PUT', `/Goal/${one}`, { ...goal('active'), id: one }))
    await refused(narrow('PUT', `/Goal/${other}`, { ...goal('proposed'), id: other }))
    // Before versions are compared, which would tell the one that there is.
    await refused(narrow('PUT', `/Goal/${other}`, { ...goal('proposed'), id: other }, { 'If-Match': 'W/"7"' }))
    expect((await gp<Goal>('GET', `/Goal/${one}`)).body).toMatchObject({
      lifecycleStatus: 'proposed',
      meta: { versionId: '2' },
    })
    expect((await gp<Goal>('GET', `/Goal/${other}`)).body.meta?.versionId).toBe('1')
  })

  test('patch what was let through into what is let through, and a patch asks of nothing else', async () => {
    const [one, other] = [await made('proposed'), await made('active')]
    const patch = (client: FhirRequest, id: string, operations: object[]) =>
      client('PATCH', `/Goal/${id}`, JSON.stringify(operations), { 'Content-Type': 'application/json-patch+json' })
    const text = { op: 'replace', path: '/description/text', value: 'Again.' }
    expect((await patch(narrow, one, [text])).status).toBe(200)
    await refused(patch(narrow, one, [{ op: 'replace', path: '/lifecycleStatus', value: 'active' }]))
    await refused(patch(narrow, other, [{ op: 'replace', path: '/lifecycleStatus', value: 'proposed' }]))
    for (const value of ['active', 'proposed'])
      await refused(patch(narrow, other, [{ op: 'test', path: '/lifecycleStatus', value }, text]))
  })

  test('patch needs to reach it for reading as well', async () => {
    const blind = await service.fhir(
      'gp-practice',
      'system/Goal.u?lifecycle-status=proposed system/Goal.r?lifecycle-status=active',
    )
    const operations = JSON.stringify([{ op: 'replace', path: '/description/text', value: 'Again.' }])
    await refused(blind('PATCH', `/Goal/${proposed}`, operations, { 'Content-Type': 'application/json-patch+json' }))
  })

  test('delete what is let through', async () => {
    const [one, other] = [await made('proposed'), await made('active')]
    expect((await narrow('DELETE', `/Goal/${one}`)).status).toBeLessThan(300)
    await refused(narrow('DELETE', `/Goal/${other}`))
    expect((await gp('GET', `/Goal/${other}`)).status).toBe(200)
  })

  test('conditions find what is let through alone', async () => {
    const other = await made('active')
    expect((await narrow('DELETE', `/Goal?_id=${other}`)).status).toBeLessThan(300)
    expect((await gp('GET', `/Goal/${other}`)).status).toBe(200)
    const { status } = await narrow('POST', '/Goal', goal('proposed'), { 'If-None-Exist': `_id=${other}` })
    expect(status).toBe(201)
  })

  test('a transaction is stored whole or not at all, and the entry is named', async () => {
    const entry = (status: Status) => ({
      resource: goal(status, 'In a transaction.'),
      request: { method: 'POST', url: 'Goal' },
    })
    const bundle = (type: string) => ({ resourceType: 'Bundle', type, entry: [entry('proposed'), entry('active')] })
    const before = await found(gp, '/Goal?_count=500')
    const { status, body } = await narrow<OperationOutcome>('POST', '/', bundle('transaction'))
    expect([status, issueKeys(body)]).toEqual([403, ['scope-missing']])
    expect(body.issue[0]?.expression?.[0]).toMatch(/^Bundle\.entry\[1\]/)
    expect(await found(gp, '/Goal?_count=500')).toEqual(before)
    const batch = await narrow<Bundle>('POST', '/', bundle('batch'))
    expect((batch.body.entry ?? []).map(({ response }) => response?.status.slice(0, 3))).toEqual(['201', '403'])
  })
})

test('nothing that was refused is in the audit as permitted', async () => {
  const id = await made('active')
  await refused(narrow('GET', `/Goal/${id}`))
  await found(narrow, `/Goal?_id=${id}`)
  await refused(narrow('DELETE', `/Goal/${id}`))
  const rows = await service.database.query(
    'select interaction, outcome, reason, patient from audit_event where $1 = any (entities) order by id',
    [`Goal/${id}`],
  )
  expect(rows).toEqual([
    { interaction: 'create', outcome: 'permit', reason: null, patient },
    { interaction: 'read', outcome: 'deny', reason: 'scope-missing', patient },
    { interaction: 'delete', outcome: 'deny', reason: 'scope-missing', patient },
  ])
})

describe('a registered scope with a query part', () => {
  test('that cannot be held to refuses the start, and says why', async () => {
    const { mkdtemp, readFile, rm, writeFile } = await import('node:fs/promises')
    const { tmpdir } = await import('node:os')
    const { join } = await import('node:path')
    const folder = await mkdtemp(join(tmpdir(), 'keyplan-scopes-'))
    try {
      const registered = JSON.parse(
        await readFile(new URL('../../fixtures/clients/hospital.json', import.meta.url), 'utf8'),
      )
      const file = join(folder, 'clients.json')
      await writeFile(file, JSON.stringify({ ...registered, scopes: ['system/Goal.rs', 'system/Goal.rs?colour=blue'] }))
      await expect(startService({ environment: { KEYPLAN_CLIENTS: file } })).rejects.toThrow(
        /^KEYPLAN_CLIENTS: found the scope system\/Goal\.rs\?colour=blue of hospital\. "colour" is not a search parameter/,
      )
    } finally {
      await rm(folder, { recursive: true })
    }
  })
})
