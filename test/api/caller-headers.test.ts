/** Who stands behind a request, by its own account: the headers of the NHS's APIs (trust, section 1). */
import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { type FhirRequest, issueKeys, startService, type TestService } from '../support/service.ts'

const ORGANISATION = 'NHSD-End-User-Organisation-ODS'
const SESSION = 'NHSD-Session-URID'

let service: TestService
let hospital: FhirRequest
let integrator: FhirRequest
let own: string

beforeAll(async () => {
  service = await startService()
  hospital = await service.fhir('hospital')
  integrator = await service.fhir('integrator')
  const { default: registration } = await import('../../fixtures/clients/hospital.json', { with: { type: 'json' } })
  own = registration.organization.ods
})
afterAll(() => service.stop())

const ask = (client: FhirRequest, headers: Record<string, string>) =>
  client('GET', '/Goal?_id=nobody', undefined, headers)

const audited = (requestId: string) =>
  service.database.query(
    'select interaction, outcome, reason, client, organization, query from audit_event where request_id = $1 order by id',
    [requestId],
  )

test('they are kept in the audit, under the request id of what was done, before it is done', async () => {
  const requestId = randomUUID()
  const { status, headers } = await ask(hospital, {
    'X-Request-ID': requestId,
    'X-Correlation-ID': 'ward-7.2',
    [ORGANISATION]: own,
    [SESSION]: '555021935107',
  })
  expect([status, headers.get('x-request-id'), headers.get('x-correlation-id')]).toEqual([200, requestId, 'ward-7.2'])
  const who = { outcome: 'permit', reason: null, client: 'hospital', organization: own }
  expect(await audited(requestId)).toEqual([
    {
      ...who,
      interaction: 'request',
      query: `X-Correlation-ID=ward-7.2&${ORGANISATION}=${own}&${SESSION}=555021935107`,
    },
    { ...who, interaction: 'search', query: 'Goal?_id' },
  ])
})

test('a correlation id alone is kept as well, and without one nothing is', async () => {
  const [one, other] = [randomUUID(), randomUUID()]
  await ask(hospital, { 'X-Request-ID': one, 'X-Correlation-ID': 'ward-7' })
  await ask(hospital, { 'X-Request-ID': other })
  expect((await audited(one)).map(({ interaction, query }) => [interaction, query])).toEqual([
    ['request', 'X-Correlation-ID=ward-7'],
    ['search', 'Goal?_id'],
  ])
  expect((await audited(other)).map(({ interaction }) => interaction)).toEqual(['search'])
})

describe('they are held against the token', () => {
  test('another organisation than that of the token is refused, and that stands in the audit', async () => {
    const requestId = randomUUID()
    const { status, body } = await ask(hospital, { 'X-Request-ID': requestId, [ORGANISATION]: 'ZZ999' })
    expect([status, issueKeys(body)]).toEqual([403, ['end-user-organisation-foreign']])
    expect(await audited(requestId)).toEqual([
      {
        interaction: 'request',
        outcome: 'deny',
        reason: 'end-user-organisation-foreign',
        client: 'hospital',
        organization: own,
        query: null,
      },
    ])
  })

  test('an integrator acts for others, and says for whom', async () => {
    const requestId = randomUUID()
    const { status } = await ask(integrator, { 'X-Request-ID': requestId, [ORGANISATION]: own })
    expect(status).toBe(200)
    expect((await audited(requestId))[0]).toMatchObject({ client: 'integrator', query: `${ORGANISATION}=${own}` })
  })
})

describe('they are refused where they are not what they should be, and nothing is done', () => {
  test.each([
    ['an organisation in small letters', { [ORGANISATION]: 'zz903' }, ORGANISATION],
    ['two organisations', { [ORGANISATION]: 'ZZ903, ZZ904' }, ORGANISATION],
    ['a session that is a name', { [SESSION]: 'margaret' }, SESSION],
    ['an empty session', { [SESSION]: '' }, SESSION],
  ])('%s', async (_, headers, header) => {
    const requestId = randomUUID()
    const { status, body, text } = await ask(hospital, { 'X-Request-ID': requestId, ...headers })
    expect([status, issueKeys(body)]).toEqual([400, ['header-invalid']])
    expect(text).toContain(header)
    expect(text).not.toContain('margaret')
    expect(await audited(requestId)).toEqual([])
  })

  test.each([{}, { 'X-Request-ID': 'mine' }])('no request id by which they could be told: %j', async (headers) => {
    const { status, body, text } = await ask(hospital, { [SESSION]: '555021935107', ...headers })
    expect([status, issueKeys(body)]).toEqual([400, ['header-invalid']])
    expect(text).toContain('X-Request-ID')
  })
})
