import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type { Bundle, CarePlan, FhirResource, Parameters } from 'fhir/r4.js'
import { examples } from '../profiles/cases.ts'
import { faultsOf } from '../profiles/conformance.ts'
import { type FhirRequest, startService, type TestService } from '../support/service.ts'

/** Everything that the service stores and composes for a person, held against the profiles that it claims. */

let service: TestService
let gp: FhirRequest
let patient: string
let plan: string

const resourcesIn = ({ entry = [] }: Bundle): FhirResource[] =>
  entry.flatMap(({ resource }) => (resource === undefined ? [] : [resource as FhirResource]))
const claims = (resources: readonly FhirResource[]): Set<string> =>
  new Set(resources.flatMap(({ meta }) => (meta?.profile ?? []).map((url) => url.slice(url.lastIndexOf('/') + 1))))

beforeAll(async () => {
  service = await startService()
  gp = await service.fhir('gp-practice')
  const sent = await gp<Bundle>('POST', '/CarePlan/$submit', examples.get('Bundle-margaret-not-for-cpr'))
  expect([sent.status, sent.text]).toEqual([201, expect.stringContaining('transaction-response')])
  const [found] = resourcesIn((await gp<Bundle>('GET', '/CarePlan?status=active')).body) as CarePlan[]
  if (found?.id === undefined) throw new Error('No plan was found.')
  plan = found.id
  patient = found.subject.reference?.split('/')[1] as string
})

afterAll(() => service.stop())

describe('the worked example of a plan: not for CPR, agreed with her and her daughter, review in March', () => {
  test('whatever is stored of it conforms to its profile', async () => {
    const stored = resourcesIn((await gp<Bundle>('GET', `/Patient/${patient}/$everything`)).body)
    expect([...claims(stored)].toSorted()).toEqual(
      expect.arrayContaining(['anticipatory-care-plan', 'emergency-recommendation', 'plan-contact', 'plan-provenance']),
    )
    expect(stored.flatMap(faultsOf)).toEqual([])
  })

  test.each([
    ['key-information-summary', () => `/Patient/${patient}/$key-information-summary`],
    ['respect-document', () => `/Patient/${patient}/$respect-document`],
  ])('so does the document that is made of it: %s', async (profile, path) => {
    const { body } = await gp<Bundle>('GET', path())
    const composed = resourcesIn(body)
    expect(claims(composed)).toContain(profile)
    expect(composed.flatMap(faultsOf)).toEqual([])
  })

  test.each([
    ['what is recommended', 'Consent?recommendation=not-recommended', 'Consent?recommendation=recommended'],
    ['the intervention', 'Consent?intervention=http://snomed.info/sct|89666000', 'Consent?intervention=32485007'],
    ['who decided', 'Consent?basis=clinical-recommendation', 'Consent?basis=person-refusal'],
    ['the theme of what matters', 'Goal?theme=home', 'Goal?theme=faith'],
    ['the day of the review', 'CarePlan?review-date=2027-03', 'CarePlan?review-date=lt2027-03'],
  ])('it is found by %s, and not by another', async (_by, found, other) => {
    const types = async (search: string) =>
      resourcesIn((await gp<Bundle>('GET', `/${search}`)).body).map(({ resourceType }) => resourceType)
    // What finds nothing says so in words.
    expect([await types(found), await types(other)]).toEqual([[found.split('?')[0]], ['OperationOutcome']])
  })

  test('what its review and its end leave behind conforms', async () => {
    const clinician = {
      name: 'who',
      valueReference: {
        identifier: { system: 'https://fhir.hl7.org.uk/Id/gmc-number', value: '9999001' },
        display: 'Dr Morag Testdoctor',
      },
    }
    const reason = { name: 'reason', valueCode: 'withdrawn' }
    const ended = await gp<Parameters>('POST', `/CarePlan/${plan}/$revoke`, {
      resourceType: 'Parameters',
      parameter: [
        clinician,
        { name: 'role', valueString: 'General practitioner' },
        reason,
        { name: 'text', valueString: 'She asked for it.' },
      ],
    })
    expect([ended.status, ended.text]).toEqual([200, expect.anything()])
    const left = resourcesIn((await gp<Bundle>('GET', `/Patient/${patient}/$everything`)).body)
    expect(left.find(({ id }) => id === plan)).toMatchObject({ status: 'revoked' })
    expect(left.flatMap(faultsOf)).toEqual([])
  })
})
