import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type { Bundle, FhirResource, Goal } from 'fhir/r4.js'
import pg from 'pg'
import { database } from '../support/database.ts'
import { person, register, submit } from '../support/people.ts'
import { type FhirRequest, issueKeys, startService, type TestService } from '../support/service.ts'
import { until } from '../support/until.ts'

let service: TestService
let gp: FhirRequest
let patient: string

beforeAll(async () => {
  service = await startService()
  gp = await service.fhir('gp-practice')
  patient = await register(gp, person('margaret'))
})

afterAll(() => service.stop())

type History = Bundle<FhirResource>

const goal = (words: string, more: object = {}): Goal => ({
  resourceType: 'Goal',
  lifecycleStatus: 'proposed',
  description: { text: words },
  subject: { reference: `Patient/${patient}` },
  ...more,
})
const created = async (words = 'To be at home.', of = patient): Promise<Goal> =>
  (await gp<Goal>('POST', '/Goal', goal(words, { subject: { reference: `Patient/${of}` } }))).body
const updated = async (one: Goal, words: string): Promise<Goal> =>
  (await gp<Goal>('PUT', `/Goal/${one.id}`, { ...one, description: { text: words } })).body

/** `Goal/1 2`: the key and the version of each entry. */
const versions = ({ entry = [] }: History): string[] =>
  entry.map(({ request, response }) => `${request?.url} ${response?.etag?.slice(3, -1)}`)
const version = ({ id, meta }: Goal): string => `Goal/${id} ${meta?.versionId}`
const nextOf = ({ link = [] }: History): string | undefined =>
  link.find(({ relation }) => relation === 'next')?.url.replace(`${service.baseUrl}/fhir`, '')
/** An instant later than all that was logged so far: the clock of the database is the one of this machine. */
const later = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 10))
/** Resolves when all that was committed is handed out: a transaction of any database of the cluster can hold it up for a while. */
const settled = (): Promise<unknown> =>
  until(
    async () =>
      (
        await service.database.query<{ open: boolean }>(
          'select coalesce(max(transaction) >= pg_snapshot_xmin(pg_current_snapshot()), false) as open from change',
        )
      )[0]?.open,
    (open) => open === false,
  )
const get = async (path: string): Promise<History> => {
  await settled()
  return ask(path)
}
const ask = async (path: string): Promise<History> => {
  const { status, body, text } = await gp<History>('GET', path)
  if (status !== 200) throw new Error(`${path}: ${status} ${text}`)
  return body
}
/** All pages from a path on; `between` is done after each. */
const pages = async (path: string, between?: () => Promise<unknown>, read = get): Promise<History[]> => {
  const found: History[] = []
  for (let next: string | undefined = path; next !== undefined; ) {
    const body: History = await read(next)
    found.push(body)
    await between?.()
    next = nextOf(body)
  }
  return found
}
const since = (instant: string | undefined): string => `_since=${encodeURIComponent(instant ?? '')}`

describe('history of a type (http.html#history)', () => {
  test('every version of every resource, newest first, with deletions, as entries that could be played again', async () => {
    const one = await created('One.')
    const other = await created('Other.')
    const second = await updated(one, 'Two.')
    await gp('DELETE', `/Goal/${other.id}`)
    const body = await get('/Goal/_history?_count=4')
    expect(body.type).toBe('history')
    expect(body.total).toBeUndefined()
    expect(versions(body)).toEqual([`Goal/${other.id} 2`, version(second), version(other), version(one)])
    expect(
      body.entry?.map(({ request, response, resource, fullUrl }) => ({
        method: request?.method,
        status: response?.status,
        modified: response?.lastModified === (resource?.meta?.lastUpdated ?? response?.lastModified),
        resource: (resource as Goal | undefined)?.description.text,
        fullUrl: fullUrl?.replace(service.baseUrl, ''),
      })),
    ).toEqual([
      {
        method: 'DELETE',
        status: '204 No Content',
        modified: true,
        resource: undefined,
        fullUrl: `/fhir/Goal/${other.id}`,
      },
      { method: 'PUT', status: '200 OK', modified: true, resource: 'Two.', fullUrl: `/fhir/Goal/${one.id}` },
      { method: 'PUT', status: '201 Created', modified: true, resource: 'Other.', fullUrl: `/fhir/Goal/${other.id}` },
      { method: 'PUT', status: '201 Created', modified: true, resource: 'One.', fullUrl: `/fhir/Goal/${one.id}` },
    ])
  })

  test('a version after a deletion is a creation', async () => {
    const one = await created()
    await gp('DELETE', `/Goal/${one.id}`)
    await gp('PUT', `/Goal/${one.id}`, one)
    const { entry } = await get('/Goal/_history?_count=3')
    expect(entry?.map(({ response }) => response?.status)).toEqual(['201 Created', '204 No Content', '201 Created'])
  })

  test('nothing of another type', async () => {
    await created()
    const { entry } = await get('/Patient/_history?_count=500')
    expect(new Set(entry?.map(({ request }) => request?.url.split('/')[0]))).toEqual(new Set(['Patient']))
  })

  test('_since: what came to be at that instant or later', async () => {
    await created('Before.')
    await later()
    const one = await created('From here on.')
    const two = await created('And this.')
    expect(versions(await get(`/Goal/_history?${since(one.meta?.lastUpdated)}`))).toEqual([version(two), version(one)])
    expect((await get(`/Goal/_history?${since('2999-01-01T00:00:00Z')}`)).entry).toBeUndefined()
  })

  test('_at: what was current at some moment of that time', async () => {
    const one = await created('One.')
    const gone = await created('Gone.')
    await gp('DELETE', `/Goal/${gone.id}`)
    await later()
    const moment = (await created('A moment.')).meta?.lastUpdated as string
    await later()
    const two = await updated(one, 'Two.')
    const at = encodeURIComponent(moment)
    const then = versions(await get(`/Goal/_history?_at=${at}&_count=500`))
    expect(then).toContain(version(one))
    expect(then).not.toContain(version(two))
    expect(then.filter((found) => found.startsWith(`Goal/${gone.id} `))).toEqual([])
    const all = versions(await get(`/Goal/_history?_at=${moment.slice(0, 4)}&_count=500`))
    expect(all).toEqual(expect.arrayContaining([version(one), version(two), version(gone), `Goal/${gone.id} 2`]))
    expect((await get('/Goal/_history?_at=1999')).entry).toBeUndefined()
  })

  test('pages by next links; the self link says what was asked', async () => {
    const goals: Goal[] = []
    await later()
    for (let number = 0; number < 5; number += 1) goals.push(await created(`${number}`))
    const from = since(goals[0]?.meta?.lastUpdated)
    const found = await pages(`/Goal/_history?${from}&_count=2`)
    expect(found.map(versions)).toEqual([
      [goals[4], goals[3]].map((one) => version(one as Goal)),
      [goals[2], goals[1]].map((one) => version(one as Goal)),
      [version(goals[0] as Goal)],
    ])
    expect(found[0]?.link?.[0]).toEqual({
      relation: 'self',
      url: `${service.baseUrl}/fhir/Goal/_history?${from}&_count=2`,
    })
  })

  test('a reader who follows next links while others write skips nothing and is shown nothing twice', async () => {
    const before: Goal[] = []
    for (let number = 0; number < 6; number += 1) before.push(await created(`${number}`))
    let written = 0
    const found = await pages('/Goal/_history?_count=3', async () => {
      if (written >= 30) return
      await Promise.all([created(`Beside ${written++}`), updated(before[written % 6] as Goal, `Beside ${written++}`)])
    })
    const all = found.flatMap(versions)
    expect(new Set(all).size).toBe(all.length)
    expect(all).toEqual(expect.arrayContaining(before.map(version)))
  })
})

describe('sync clients that poll (lessons: only a commit-ordered log may be handed out)', () => {
  test('miss nothing that was begun before what they have seen, and committed after it', async () => {
    const slow = await register(gp, person('wales'))
    const first = await get('/Goal/_history?_count=1')
    const seen = first.meta?.lastUpdated
    const other = new pg.Client({ connectionString: service.database.url })
    await other.connect()
    try {
      // Holds up a Goal of this person in the middle of its commit: after it was written, before it is settled.
      await other.query('begin')
      await other.query(`select from resource where type = 'Patient' and id = $1 for update`, [slow])
      const late = created('Late.', slow)
      await until(
        async () => (await other.query('select 1 from pg_locks where not granted')).rowCount ?? 0,
        (waiting) => waiting > 0,
      )
      const early = await created('Early.')
      expect((await gp('GET', `/Goal/${early.id}`)).status).toBe(200)
      const meanwhile = await ask(`/Goal/_history?${since(seen)}`)
      expect(versions(meanwhile)).not.toContain(version(early))
      await other.query('commit')
      const settled = version(await late)
      // From the instant that the last answer named, nothing is missed; nor from the newest version that was seen.
      for (const instant of [seen, meanwhile.meta?.lastUpdated]) {
        const after = await until(
          async () => versions(await ask(`/Goal/_history?${since(instant)}`)),
          (found) => found.includes(version(early)),
        )
        expect(after).toContain(settled)
      }
    } finally {
      await other.end()
    }
  })

  test('miss nothing where they begin at the instant that the last answer named, whatever is written meanwhile', async () => {
    let from = (await get('/Goal/_history?_count=1')).meta?.lastUpdated
    const seen = new Set<string>()
    const poll = async (): Promise<void> => {
      const found = await pages(`/Goal/_history?${since(from)}&_count=20`, undefined, ask)
      from = found[0]?.meta?.lastUpdated
      for (const one of found.flatMap(versions)) seen.add(one)
    }
    let writing = true
    const writers = Promise.all(
      Array.from({ length: 4 }, async (_, writer) => {
        const mine: Goal[] = []
        for (let number = 0; number < 15; number += 1) mine.push(await created(`${writer} ${number}`))
        return mine
      }),
    ).finally(() => {
      writing = false
    })
    while (writing) await poll()
    const all = (await writers).flat().map(version)
    await until(
      async () => {
        await poll()
        return all.filter((one) => !seen.has(one))
      },
      (missed) => missed.length === 0,
    )
  })
})

describe('another database of the same cluster', () => {
  test('holds nothing up, however long its transactions are', async () => {
    const elsewhere = await database()
    const other = new pg.Client({ connectionString: elsewhere.url })
    await other.connect()
    try {
      await other.query('begin')
      // A transaction has a number, and so stands in every snapshot, from its first write on.
      await other.query('create table written (here integer)')
      const goal = await created('Shown at once.')
      const found = await until(
        async () => versions(await ask('/Goal/_history?_count=5')),
        (shown) => shown.includes(version(goal)),
      )
      expect(found).toContain(version(goal))
      await other.query('rollback')
    } finally {
      await other.end()
      await elsewhere.drop()
    }
  })
})

describe('a database that was copied from another cluster', () => {
  test('hands out what its log brought with it, whatever the number of the transaction was there', async () => {
    const { body } = await gp('POST', '/Organization', { resourceType: 'Organization', name: 'A practice' })
    const elsewhere = `update change set transaction = '9000000000000' where type = 'Organization' and id = $1`
    await service.database.query(elsewhere, [body.id])
    try {
      const found = await ask(`/Organization/_history?${since(body.meta?.lastUpdated)}`)
      expect(versions(found)).toEqual([`Organization/${body.id} 1`])
      expect(Date.parse(found.meta?.lastUpdated ?? '')).toBeGreaterThanOrEqual(Date.parse(body.meta?.lastUpdated ?? ''))
    } finally {
      await service.database.query(`delete from change where transaction = '9000000000000'`)
    }
  })
})

describe('history of everything (http.html#history)', () => {
  test('versions of all types, newest first', async () => {
    const one = await created()
    const organization = await gp('POST', '/Organization', { resourceType: 'Organization', name: 'A practice' })
    const body = await get('/_history?_count=2')
    expect(versions(body)).toEqual([`Organization/${organization.body.id} 1`, version(one)])
    expect(nextOf(body)).toContain('/_history?_count=2&_after=')
  })

  test('is refused where the token cannot read every type: an answer that leaves out something could not say so', async () => {
    const some = await service.fhir('gp-practice', 'system/Goal.r system/Patient.r')
    const { status, body, text } = await some('GET', '/_history')
    expect([status, issueKeys(body)]).toEqual([403, ['scope-missing']])
    expect(text).toContain('CarePlan')
    expect((await some('GET', '/Goal/_history')).status).toBe(200)
    expect((await some('GET', '/Consent/_history')).status).toBe(403)
  })
})

describe('history keeps to the sharing decision, on every path (lessons: one predicate, in the SQL)', () => {
  test('of a person who objects, another organisation is shown no version and no deletion, and no page has a hole', async () => {
    const someone = person('objection')
    const hidden = await register(gp, someone)
    for (const conversation of someone.conversations) await submit(gp, hidden, conversation)
    const crew = await service.fhir('ambulance')
    for (const path of ['/Goal/_history?_count=500', '/CarePlan/_history?_count=500', '/_history?_count=500']) {
      await settled()
      const of = async (caller: FhirRequest) => (await caller<History>('GET', path)).text
      expect([path, (await of(gp)).includes(hidden)]).toEqual([path, true])
      expect([path, (await of(crew)).includes(hidden)]).toEqual([path, false])
    }
    const [first] = await pages('/Goal/_history?_count=2')
    expect(first?.entry).toHaveLength(2)
  })

  test('a disclosure is on record, one row a person, before the answer leaves', async () => {
    await later()
    const one = await created()
    await settled()
    const { headers } = await gp('GET', `/Goal/_history?${since(one.meta?.lastUpdated)}`)
    const rows = await service.database.query(
      'select patient, entities, interaction from audit_event where request_id = $1',
      [headers.get('x-request-id')],
    )
    expect(rows).toEqual([{ patient, entities: [`Goal/${one.id}`], interaction: 'history-type' }])
  })
})

describe('history of a resource (http.html#history)', () => {
  test('_since, _at, _count, with the total of what was asked for', async () => {
    const one = await created('One.')
    const two = await updated(one, 'Two.')
    await later()
    const three = await updated(two, 'Three.')
    const path = `/Goal/${one.id}/_history`
    const found = await pages(`${path}?_count=2`)
    expect(found.map(versions)).toEqual([[version(three), version(two)], [version(one)]])
    expect(found.map(({ total }) => total)).toEqual([3, 3])
    const latter = await get(`${path}?${since(two.meta?.lastUpdated)}`)
    expect([versions(latter), latter.total]).toEqual([[version(three), version(two)], 2])
    const then = await get(`${path}?_at=${encodeURIComponent(two.meta?.lastUpdated ?? '')}`)
    expect(versions(then)).toContain(version(two))
    expect(versions(then)).not.toContain(version(three))
    const none = await get(`${path}?${since('2999-01-01T00:00:00Z')}`)
    expect([none.entry, none.total]).toEqual([undefined, 0])
  })

  test('404 for what never was, whatever was asked of it', async () => {
    expect((await gp('GET', `/Goal/${randomUUID()}/_history?_at=2020`)).status).toBe(404)
  })
})

describe('a page of a history has a size that it does not exceed', () => {
  test('of large versions it holds fewer than were asked for, and the next link leads on', async () => {
    const large = goal('Large.', { note: Array.from({ length: 4 }, () => ({ text: 'x'.repeat(1_000_000) })) })
    await later()
    let one = (await gp<Goal>('POST', '/Goal', large)).body
    const first = one
    for (let number = 2; number <= 6; number += 1) one = await updated(one, `Large ${number}.`)
    for (const path of [
      `/Goal/${one.id}/_history?_count=6`,
      `/Goal/_history?${since(first.meta?.lastUpdated)}&_count=6`,
    ]) {
      const found = (await pages(path)).map(versions)
      expect([path, found.map(({ length }) => length)]).toEqual([path, [4, 2]])
      expect(found.flat()).toEqual([6, 5, 4, 3, 2, 1].map((number) => `Goal/${one.id} ${number}`))
    }
  }, 60_000)
})

describe('the parameters of a history', () => {
  test.each([
    ['_since=yesterday', 'parameter-malformed'],
    ['_since=2026-01-01', 'parameter-malformed'],
    ['_at=then', 'parameter-malformed'],
    ['_at=2026-02-30', 'parameter-malformed'],
    ['_count=0', 'parameter-malformed'],
    ['_count=x', 'parameter-malformed'],
    ['_count=1&_count=2', 'parameter-repeated'],
    ['_after=x', 'parameter-malformed'],
    ['_after=1%27--1', 'parameter-malformed'],
    ['_list=1', 'parameter-unknown'],
    ['_sort=-_lastUpdated', 'parameter-unknown'],
  ])('%s is refused', async (query, key) => {
    for (const path of ['/_history', '/Goal/_history', '/Goal/1/_history']) {
      const { status, body } = await gp('GET', `${path}?${query}`)
      expect([path, status, issueKeys(body)]).toEqual([path, 400, [key]])
    }
  })
})
