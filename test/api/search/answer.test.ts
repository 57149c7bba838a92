import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type { Bundle, CarePlan, FhirResource, Organization } from 'fhir/r4.js'
import { type FhirRequest, issueKeys, type TestService } from '../../support/service.ts'
import { statements } from '../../support/statements.ts'
import { idsOf, linkOf, pagesFrom, startStage } from './stage.ts'

let service: TestService
let gp: FhirRequest

beforeAll(async () => {
  ;({ service, gp } = await startStage())
})

afterAll(() => service.stop())

const get = async (path: string, as = gp): Promise<Bundle<FhirResource>> => {
  const { status, body, text } = await as<Bundle<FhirResource>>('GET', path)
  expect([path, status, status === 200 ? '' : text]).toEqual([path, 200, ''])
  return body
}
const matches = async (path: string): Promise<string[]> => idsOf(await get(path))
const refused = async (path: string, as = gp): Promise<[number, string[]]> => {
  const { status, body } = await as('GET', path)
  return [status, issueKeys(body)]
}
const FORM = { 'Content-Type': 'application/x-www-form-urlencoded' }

describe('sorting (search.html#sort)', () => {
  test.each<[string, string[]]>([
    ['Organization', ['north', 'south', 'west']],
    ['Organization?_sort=-_id', ['west', 'south', 'north']],
    // By its smallest value, an alias, and by its largest where the order is descending.
    ['Organization?_sort=name', ['north', 'south', 'west']],
    ['Organization?_sort=-name', ['west', 'north', 'south']],
    // Missing last in either direction, and ids where all else is the same.
    ['Task?_sort=authored-on', ['task-1', 'task-2', 'task-3']],
    ['Task?_sort=-authored-on', ['task-2', 'task-1', 'task-3']],
    ['Task?_sort=status,-authored-on', ['task-3', 'task-2', 'task-1']],
    ['Task?_sort=owner', ['task-1', 'task-2', 'task-3']],
    ['Organization?_sort=active', ['south', 'north', 'west']],
    ['Organization?_sort=partof', ['south', 'north', 'west']],
    ['CarePlan?_sort=-instantiates-uri', ['plan-c', 'plan-a', 'plan-b']],
    ['Observation?_sort=value-quantity', ['weight', 'mood', 'onset', 'pressure', 'smoker']],
    ['Observation?_sort=-combo-value-quantity,status', ['pressure', 'weight', 'onset', 'smoker', 'mood']],
    ['Goal?_sort=_lastUpdated,start-date', ['goal-c', 'goal-b', 'goal-a']],
    ['Goal?_sort=-start-date', ['goal-b', 'goal-a', 'goal-c']],
  ])('%s', async (query, ids) => {
    expect(await matches(`/${query}`)).toEqual(ids)
  })
})

describe('pages (http.html#paging)', () => {
  test.each([
    'Observation?_count=2',
    'Observation?_count=2&_sort=-date',
    'Observation?_count=2&status=final,preliminary',
  ])('%s: each resource once, with links to where one is, to the first and to the next', async (query) => {
    const pages = await pagesFrom(gp, `/${query}`)
    expect(pages.map((page) => idsOf(page).length)).toEqual([2, 2, 1])
    expect(pages.flatMap((page) => idsOf(page)).sort()).toEqual(['mood', 'onset', 'pressure', 'smoker', 'weight'])
    const parameters = (link = '') =>
      [...new URLSearchParams(link.split('?')[1]).keys()].filter((name) => name !== '_page')
    for (const page of pages) {
      expect(parameters(linkOf(page, 'self'))).toEqual(parameters(`/${query}`))
      expect(new URLSearchParams(linkOf(page, 'first')?.split('?')[1]).has('_page')).toBe(false)
    }
    expect(linkOf(pages[1] as Bundle, 'self')).toBe(linkOf(pages[0] as Bundle, 'next'))
    expect(await get(linkOf(pages[1] as Bundle, 'first') ?? '')).toMatchObject({ entry: pages[0]?.entry })
  })

  test('a page that holds all has neither', async () => {
    expect((await get('/Observation?_count=5')).link?.map(({ relation }) => relation)).toEqual(['self'])
    expect((await get('/Observation?_count=5&_sort=date')).link?.map(({ relation }) => relation)).toEqual(['self'])
  })

  test.each(['_count=2', '_count=2&_sort=date'])(
    'a cursor (%s) is good for this search of this client alone, as it was given',
    async (query) => {
      const next = linkOf(await get(`/Observation?${query}`), 'next') ?? ''
      const page = new URLSearchParams(next.split('?')[1]).get('_page') ?? ''
      const other = await service.fhir('hospital')
      const INVALID = [400, ['search-page-invalid']]
      expect(await refused(next, other)).toEqual(INVALID)
      expect(await refused(`${next}&status=final`)).toEqual(INVALID)
      expect(await refused(next.replace('/Observation', '/Goal').replace('date', 'start-date'))).toEqual(INVALID)
      expect(await refused(`/Observation?${query}&_page=x${encodeURIComponent(page)}`)).toEqual(INVALID)
      expect(await refused(`/Observation?${query}&_page=${page.split('.')[0]}`)).toEqual(INVALID)
      expect(await refused(`/Observation?${query}&_page=.`)).toEqual(INVALID)
      await get(next)
    },
  )

  test('the order of a search is kept for 15 minutes, of each client of a hundred searches', async () => {
    const next = linkOf(await get('/Observation?_count=2&_sort=date'), 'next') ?? ''
    await service.database.query(`update search_page set until = now() - interval '1 second'`)
    expect(await refused(next)).toEqual([410, ['search-page-expired']])
    // Another search sweeps what is over.
    await get('/Observation?_count=2&_sort=date')
    expect(await service.database.query('select count(*)::integer as count from search_page')).toEqual([{ count: 1 }])
    await service.database.query(
      `insert into search_page select 'old-' || n, client, until - interval '1 minute', keys from search_page, generate_series(1, 120) as n`,
    )
    await get('/Observation?_count=2&_sort=date')
    const [{ count } = { count: 0 }] = await service.database.query(
      'select count(*)::integer as count from search_page',
    )
    expect(count).toBeLessThanOrEqual(101)
  })
})

describe('how many there are (search.html#total)', () => {
  test('is not told unless it is asked for', async () => {
    expect((await get('/Observation')).total).toBeUndefined()
    expect((await get('/Observation?_total=none')).total).toBeUndefined()
  })
  test.each(['accurate', 'estimate'])('_total=%s, on every page and where there is none', async (total) => {
    const pages = await pagesFrom(gp, `/Observation?_count=2&_total=${total}`)
    expect(pages.map((page) => page.total)).toEqual([5, 5, 5])
    const sorted = await pagesFrom(gp, `/Observation?_count=2&_total=${total}&_sort=date`)
    expect(sorted.map((page) => page.total)).toEqual([5, 5, 5])
    expect((await get(`/Observation?_total=${total}&code=none`)).total).toBe(0)
    expect((await get(`/Observation?_total=${total}&code=none&_sort=date`)).total).toBe(0)
  })
  test.each(['_count=0', '_summary=count', '_count=0&_summary=true'])('%s tells nothing else', async (parameter) => {
    const body = await get(`/Observation?${parameter}`)
    expect([body.total, body.entry]).toEqual([5, undefined])
  })
})

describe('what is shown of a resource (search.html#summary, #elements)', () => {
  const first = async (path: string): Promise<Record<string, unknown>> =>
    (await get(path)).entry?.[0]?.resource as unknown as Record<string, unknown>
  const SUBSETTED = { system: 'http://terminology.hl7.org/CodeSystem/v3-ObservationValue', code: 'SUBSETTED' }

  test('_summary=true: what R4 marks, and what it demands', async () => {
    const plan = await first('/CarePlan?_id=plan-a&_summary=true')
    expect(Object.keys(plan).sort()).toEqual(
      [
        'category',
        'goal',
        'id',
        'instantiatesCanonical',
        'instantiatesUri',
        'intent',
        'meta',
        'period',
        'resourceType',
        'status',
        'subject',
      ].filter((name) => name !== 'goal'),
    )
    expect((plan as unknown as CarePlan).meta?.tag).toEqual([SUBSETTED])
    const pressure = await first('/Observation?_id=pressure&_summary=true')
    expect(pressure['component']).toHaveLength(2)
  })
  test('_summary=text, data and false', async () => {
    expect(Object.keys(await first('/CarePlan?_id=plan-a&_summary=text')).sort()).toEqual([
      'id',
      'intent',
      'meta',
      'resourceType',
      'status',
      'subject',
    ])
    expect((await first('/Organization?_id=north&_summary=data'))['name']).toBe('Ärzte Nord, Practice')
    expect((await first('/Organization?_id=north&_summary=data'))['meta']).toMatchObject({
      tag: [{ system: 'urn:tag', code: 't1' }, SUBSETTED],
    })
    expect(await first('/Organization?_id=north&_summary=false')).toEqual((await gp('GET', '/Organization/north')).body)
  })
  test('_elements: those, and what R4 demands or what changes the meaning of the rest; decimals as they are', async () => {
    expect(Object.keys(await first('/Observation?_id=weight&_elements=value')).sort()).toEqual([
      'code',
      'id',
      'meta',
      'resourceType',
      'status',
      'valueQuantity',
    ])
    const both = await get('/CarePlan?_id=plan-a&_include=CarePlan:goal&_elements=CarePlan.period,Goal.target')
    const shown = both.entry?.map(({ resource }) => Object.keys(resource ?? {}).sort())
    expect(shown).toEqual([
      ['id', 'intent', 'meta', 'period', 'resourceType', 'status', 'subject'],
      ['description', 'id', 'lifecycleStatus', 'meta', 'resourceType', 'subject', 'target'],
    ])
  })
})

describe('includes (search.html#revinclude)', () => {
  test.each<[string, string[], string[]]>([
    ['CarePlan?_id=plan-a&_include=CarePlan:goal', ['plan-a'], ['goal-a']],
    ['CarePlan?_id=plan-a&_include=CarePlan:subject:Patient&_include=CarePlan:goal', ['plan-a'], ['goal-a', 'p-one']],
    ['CarePlan?_id=plan-a&_include=CarePlan:*', ['plan-a'], ['goal-a', 'p-one']],
    ['CarePlan?_id=plan-a&_include=*', ['plan-a'], ['goal-a', 'p-one']],
    ['CarePlan?_id=plan-a,plan-b&_include=CarePlan:subject', ['plan-a', 'plan-b'], ['p-one', 'p-two']],
    ['CarePlan?_id=plan-b&_include=CarePlan:part-of', ['plan-b'], ['plan-c']],
    // What is on the page is not included as well.
    ['CarePlan?_id=plan-b,plan-c&_include=CarePlan:part-of', ['plan-b', 'plan-c'], []],
    ['CarePlan?_id=plan-a&_revinclude=Provenance:target', ['plan-a'], ['who']],
    ['CarePlan?_id=plan-a&_revinclude=Provenance:target&_include:iterate=Provenance:agent', ['plan-a'], ['doc', 'who']],
    // Without :iterate it goes from the matches alone.
    ['CarePlan?_id=plan-a&_revinclude=Provenance:target&_include=CarePlan:subject', ['plan-a'], ['p-one', 'who']],
    [
      'PractitionerRole?_include=PractitionerRole:organization&_include:iterate=Organization:partof',
      ['role'],
      ['north', 'south'],
    ],
    [
      'Practitioner?_revinclude=PractitionerRole:practitioner&_include:iterate=PractitionerRole:organization',
      ['doc'],
      ['role', 'south'],
    ],
    [
      'Organization?_id=north&_revinclude:iterate=Organization:partof&_revinclude:iterate=PractitionerRole:organization',
      ['north'],
      ['role', 'south'],
    ],
    ['Organization?_id=west&_revinclude=*', ['west'], []],
    ['Goal?_id=goal-a&_revinclude=CarePlan:goal&_revinclude:iterate=Provenance:target', ['goal-a'], ['plan-a', 'who']],
    ['Goal?_id=none&_include=*', [], []],
  ])('%s', async (query, found, included) => {
    const body = await get(`/${query}`)
    expect(idsOf(body)).toEqual(found)
    expect(idsOf(body, 'include').sort()).toEqual(included)
  })

  test('at most a thousand of a page, and that is said', async () => {
    for (const length of [501, 500]) {
      const entry = Array.from({ length }, (_, index) => ({
        resource: { resourceType: 'Organization', name: `Part ${index}`, partOf: { reference: 'Organization/west' } },
        request: { method: 'POST', url: 'Organization' },
      }))
      expect((await gp('POST', '', { resourceType: 'Bundle', type: 'transaction', entry })).status).toBe(200)
    }
    const body = await get('/Organization?_id=west&_revinclude=Organization:partof')
    expect(idsOf(body, 'include')).toHaveLength(1_000)
    expect(new Set(idsOf(body, 'include')).size).toBe(1_000)
    expect(issueKeys(body.entry?.at(-1)?.resource)).toEqual(['too-many-included'])
  })
})

describe('where a search can be sent (http.html#search)', () => {
  test('POST _search, with parameters in the body and in the URL', async () => {
    const { body } = await gp<Bundle>('POST', '/Observation/_search?status=final', 'patient=p-two', FORM)
    expect(idsOf(body)).toEqual(['onset', 'smoker'])
    expect(linkOf(body, 'self')).toBe('/Observation?status=final&patient=p-two')
  })

  test('HEAD answers as GET does, without a body', async () => {
    const [head, whole] = [await gp('HEAD', '/Observation?status=final'), await gp('GET', '/Observation?status=final')]
    expect([head.status, head.text, head.headers.get('content-length')]).toEqual([
      200,
      '',
      whole.headers.get('content-length'),
    ])
  })

  test('a compartment (compartmentdefinition.html): one type of a person, or all', async () => {
    expect(await matches('/Patient/p-one/Observation')).toEqual(['pressure', 'weight'])
    // A performer belongs to it as well.
    expect(await matches('/Patient/p-two/Observation?status=final')).toEqual(['onset', 'smoker'])
    expect(await matches('/Patient/p-one/Patient')).toEqual(['p-one'])
    expect(await matches('/Patient/p-one/CarePlan?category=y')).toEqual([])
    expect(await matches('/Patient/p-one/*?_type=CarePlan,Goal,Patient')).toEqual(['plan-a', 'goal-a', 'p-one'])
    expect(await matches('/Patient/p-two/*?_type=Goal&_count=1')).toEqual(['goal-b'])
    const pages = await pagesFrom(gp, '/Patient/p-one/*?_count=3')
    expect(pages.flatMap((page) => idsOf(page)).sort()).toEqual([
      'answers',
      'goal-a',
      'letter',
      'letter-2',
      'p-one',
      'plan-a',
      'pressure',
      'weight',
    ])
    expect(await refused('/Patient/p-one/Organization')).toEqual([404, ['unknown-compartment']])
    expect(await refused('/Goal/goal-a/CarePlan')).toEqual([404, ['unknown-path']])
    expect(await refused('/Patient/p-one/*?_type=Task')).toEqual([400, ['parameter-malformed']])
  })

  test('across types: those that are named, by the parameters that all of them have', async () => {
    expect(await matches('/?_type=Goal,CarePlan&_count=3')).toEqual(['plan-a', 'plan-b', 'plan-c'])
    const pages = await pagesFrom(gp, '?_type=CarePlan,Goal&_count=2&patient=p-two')
    expect(pages.map((page) => idsOf(page))).toEqual([
      ['plan-b', 'plan-c'],
      ['goal-b', 'goal-c'],
    ])
    const sorted = await pagesFrom(gp, '?_type=CarePlan,Goal&_count=2&_sort=-_id')
    expect(sorted.flatMap((page) => idsOf(page))).toEqual(['plan-c', 'plan-b', 'plan-a', 'goal-c', 'goal-b', 'goal-a'])
    expect(await matches('?_tag=urn:tag%7Ct1')).toEqual(['north'])
    expect((await get('?_type=CarePlan,Goal&_summary=count')).total).toBe(6)
    const { body } = await gp<Bundle>('POST', '/_search', '_type=CarePlan,Goal&patient=p-one', FORM)
    expect(idsOf(body)).toEqual(['plan-a', 'goal-a'])
    expect(await refused('?_type=CarePlan,Goal&intent=plan')).toEqual([400, ['search-parameter-unknown']])
    expect(await refused('?_type=Encounter')).toEqual([400, ['parameter-malformed']])
  })
})

describe('what is unknown (search.html#errors)', () => {
  test('is reported where the caller is lenient, and left out of the links', async () => {
    const { body } = await gp<Bundle<FhirResource>>('GET', '/Goal?colour=blue&_id=goal-a', undefined, {
      Prefer: 'handling=lenient',
    })
    expect(issueKeys(body.entry?.at(-1)?.resource)).toEqual(['search-parameter-unknown'])
    expect(linkOf(body, 'self')).toBe('/Goal?_id=goal-a')
  })
})

describe('round trips to the database (architecture, idea 1)', () => {
  test.each<[string, number]>([
    // The search with its audit, once it has come a few times.
    ['Observation?patient=p-one&status=final', 1],
    ['CarePlan?patient.identifier=urn:test%7Cone&_has:Provenance:target:agent=Practitioner/doc', 1],
    ['?_type=CarePlan,Goal,Task&patient=p-one', 1],
    // The search and its audit.
    ['Observation?_count=2&_sort=-date', 2],
    ['Observation?_count=2&_total=accurate', 2],
    ['Observation?_summary=count', 2],
    // And whether an id leads to one type alone.
    ['CarePlan?patient.identifier=urn:test%7Cone&_has:Provenance:target:agent=doc', 2],
    // And what is included.
    ['CarePlan?_id=plan-a&_include=*&_revinclude=Provenance:target&_include:iterate=Provenance:agent', 3],
  ])('%s: %i statements', async (query, count) => {
    for (let time = 0; time < 3; time++) await gp('GET', `/${query}`)
    expect(await statements(service, () => gp('GET', `/${query}`))).toBe(count)
  })
})

test('an Organization is found as it was stored, byte for byte', async () => {
  const { text } = await gp<Organization>('GET', '/Organization/north')
  expect((await gp('GET', '/Organization?_id=north')).text).toContain(text)
})
