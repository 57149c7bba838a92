/** What a decision not to share withholds shows in no refusal, and nobody who is shut out ties anything to it (trust, section 2). */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type { Bundle, OperationOutcome } from 'fhir/r4.js'
import { person, register, submit } from '../support/people.ts'
import { type FhirRequest, issueKeys, startService, type TestService } from '../support/service.ts'

let service: TestService
let gp: FhirRequest
let hospital: FhirRequest
let subject: { reference: string }

beforeAll(async () => {
  service = await startService()
  gp = await service.fhir('gp-practice')
  hospital = await service.fhir('hospital')
  const objector = person('objection')
  const patient = await register(gp, objector)
  for (const conversation of objector.conversations) await submit(gp, patient, conversation)
  subject = { reference: `Patient/${patient}` }
})

afterAll(() => service.stop())

const created = async (
  client: FhirRequest,
  resource: { resourceType: string; [element: string]: unknown },
): Promise<string> => {
  const { status, body, text } = await client('POST', `/${resource.resourceType}`, resource)
  if (status !== 201) throw new Error(text)
  return body.id as string
}

const goal = () =>
  created(gp, {
    resourceType: 'Goal',
    lifecycleStatus: 'proposed',
    description: { text: 'To see the sea.' },
    subject,
  })

describe('what is withheld (http://hl7.org/fhir/R4/http.html#vread, #delete)', () => {
  test('has as many versions as it has: a version that there is and one that there is not are refused alike', async () => {
    const id = await goal()
    for (const version of [1, 2, 99]) {
      const { status, body } = await hospital('GET', `/Goal/${id}/_history/${version}`)
      expect([version, status, issueKeys(body)]).toEqual([version, 403, ['sharing-withheld']])
    }
    expect((await gp('GET', `/Goal/${id}/_history/2`)).status).toBe(404)
    expect((await hospital('GET', '/Goal/nobody/_history/2')).status).toBe(404)
  })

  test('moves no moment that others are told: a history says up to when it goes by what they may see', async () => {
    const id = await goal()
    const [row] = await service.database.query('select greatest(at, logged) as logged from change where id = $1', [id])
    const logged = new Date(String(row?.['logged'])).getTime()
    const upTo = async (client: FhirRequest, path: string) =>
      new Date((await client<Bundle>('GET', path)).body.meta?.lastUpdated ?? 0).getTime()
    for (const path of ['/_history', '/Goal/_history', '/Flag/_history']) {
      expect(await upTo(gp, path)).toBeGreaterThanOrEqual(logged)
      expect(await upTo(hospital, path)).not.toBe(logged)
    }
  })

  test('is not named to who wants to delete what it refers to, but to the custodian', async () => {
    const organization = await created(gp, { resourceType: 'Organization', name: 'Hospice' })
    const team = await created(gp, {
      resourceType: 'CareTeam',
      status: 'active',
      subject,
      managingOrganization: [{ reference: `Organization/${organization}` }],
    })
    const shutOut = await hospital<OperationOutcome>('DELETE', `/Organization/${organization}`)
    expect([shutOut.status, issueKeys(shutOut.body)]).toEqual([409, ['still-referenced']])
    expect(shutOut.text).not.toContain(team)
    expect(shutOut.text).not.toContain('CareTeam')
    const custodian = await gp<OperationOutcome>('DELETE', `/Organization/${organization}`)
    expect([custodian.status, custodian.text.includes(`CareTeam/${team}`)]).toEqual([409, true])
    const narrow = await service.fhir('gp-practice', 'system/Organization.d')
    expect((await narrow('DELETE', `/Organization/${organization}`)).text).not.toContain(team)
  })

  test('cannot be kept from being deleted by what belongs to nobody, however that is written', async () => {
    const id = await goal()
    const extension = [{ url: 'https://other.example/about', valueReference: { reference: `Goal/${id}` } }]
    const organization = { resourceType: 'Organization', name: 'Anybody', extension }
    const posted = await hospital<OperationOutcome>('POST', '/Organization', organization)
    expect([posted.status, issueKeys(posted.body), posted.body.issue[0]?.expression]).toEqual([
      422,
      ['reference-to-person'],
      ['Organization.extension[0].valueReference'],
    ])
    const own = await created(hospital, { resourceType: 'Organization', name: 'Anybody' })
    const patch = JSON.stringify([{ op: 'add', path: '/extension', value: extension }])
    const patched = await hospital('PATCH', `/Organization/${own}`, patch, {
      'Content-Type': 'application/json-patch+json',
    })
    expect([patched.status, issueKeys(patched.body)]).toEqual([422, ['reference-to-person']])
    const provenance = await hospital('POST', '/Provenance', {
      resourceType: 'Provenance',
      recorded: '2026-01-01T00:00:00Z',
      target: [{ reference: `Organization/${own}` }],
      agent: [{ who: { display: 'Somebody' } }],
      entity: [{ role: 'source', what: { reference: `Goal/${id}` } }],
    })
    expect([provenance.status, issueKeys(provenance.body)]).toEqual([422, ['reference-to-person']])
    expect((await gp('DELETE', `/Goal/${id}`)).status).toBe(204)
  })

  test('is named by its entry, where one of many is refused', async () => {
    const own = await register(hospital, person('england'))
    const entry = (reference: string, more: object = {}) => ({
      resource: { resourceType: 'Task', status: 'requested', intent: 'order', for: { reference }, ...more },
      request: { method: 'POST', url: 'Task' },
    })
    const bundle = (...entries: object[]) => ({ resourceType: 'Bundle', type: 'transaction', entry: entries })
    const mine = entry(`Patient/${own}`)
    const refusalOf = async (...entries: object[]) => {
      const { status, body } = await hospital<OperationOutcome>('POST', '', bundle(...entries))
      return [status, issueKeys(body)[0], body.issue.flatMap(({ expression = [] }) => expression)]
    }
    const withheld = [403, 'sharing-withheld', ['Bundle.entry[2]']]
    expect(await refusalOf(mine, mine, entry(subject.reference))).toEqual(withheld)
    const goalPut = {
      resource: {
        resourceType: 'Goal',
        id: await goal(),
        lifecycleStatus: 'proposed',
        description: { text: 'x' },
        subject,
      },
      request: { method: 'PUT', url: '' },
    }
    goalPut.request.url = `Goal/${goalPut.resource.id}`
    expect(await refusalOf(mine, mine, goalPut)).toEqual(withheld)
    const patch = Buffer.from('[]').toString('base64')
    const binary = { resourceType: 'Binary', contentType: 'application/json-patch+json', data: patch }
    const goalPatch = { resource: binary, request: { ...goalPut.request, method: 'PATCH' } }
    expect(await refusalOf(mine, mine, goalPatch)).toEqual(withheld)
    const lost = { focus: { reference: 'Goal/nobody' } }
    expect(await refusalOf(mine, entry(`Patient/${own}`, lost), mine, entry(`Patient/${own}`, lost))).toEqual([
      422,
      'reference-refused',
      ['Bundle.entry[1].resource.focus', 'Bundle.entry[3].resource.focus'],
    ])
  })
})
