import { readFileSync } from 'node:fs'
import { describe, expect, test } from '@jest/globals'
import type {
  CarePlan,
  Consent,
  Goal,
  Observation,
  Provenance,
  Questionnaire,
  QuestionnaireResponse,
  RelatedPerson,
} from 'fhir/r4.js'
import { type Issue, Problem } from '../../src/fhir/outcome.ts'
import { type FhirResource, findReferences } from '../../src/fhir/resource.ts'
import { EXTENSION, PROFILE, PROXY_PRESENT } from '../../src/plan/codes.ts'
import { extractResponse } from '../../src/plan/extract.ts'
import { checkPersonIdentifiers } from '../../src/plan/identifiers.ts'
import { consentCategory, extension, interventionOf, planType, recommendationOf } from '../../src/plan/person.ts'
import { PEOPLE, patientOf, personBundle, questionnaireOf, responsesOf } from './people.ts'

type Edit = Readonly<{ at: string; to?: unknown; copy?: string }>
type Invalid = Readonly<{
  name: string
  response: number
  edits: Edit[]
  issues: Pick<Issue, 'key' | 'code' | 'expression'>[]
}>
type Expected = Readonly<{ person: string; response: number; counts: Record<string, number> }>

const cases = <T>(name: string): T[] =>
  JSON.parse(readFileSync(new URL(`./${name}.json`, import.meta.url), 'utf8')) as T[]

const steps = (path: string): string[] => path.split(/[.[\]]+/).filter((step) => step !== '')
const at = (root: unknown, path: readonly string[]): unknown =>
  path.reduce((value, step) => (value as Record<string, unknown>)[step], root)

const edited = (response: QuestionnaireResponse, edits: readonly Edit[]): QuestionnaireResponse => {
  const result = structuredClone(response)
  for (const edit of edits) {
    const path = steps(edit.at)
    const owner = at(result, path.slice(0, -1)) as Record<string, unknown>
    owner[path.at(-1) as string] = edit.copy === undefined ? edit.to : structuredClone(at(result, steps(edit.copy)))
  }
  return result
}

const response = (person: string, index: number): QuestionnaireResponse =>
  responsesOf(person)[index] as QuestionnaireResponse
const extract = (given: QuestionnaireResponse) => extractResponse(given, questionnaireOf(given))
const extracted = (person: string, index: number): FhirResource[] =>
  extract(response(person, index)).map((entry) => entry.resource)

const ofType = <R extends FhirResource>(resources: readonly FhirResource[], type: R['resourceType']): R[] =>
  resources.filter((resource) => resource.resourceType === type) as R[]
const first = <R extends FhirResource>(resources: readonly FhirResource[], type: R['resourceType']): R =>
  ofType<R>(resources, type)[0] as R
const recommendationOn = (resources: readonly FhirResource[], intervention: string): Consent =>
  ofType<Consent>(resources, 'Consent').find((consent) => interventionOf(consent) === intervention) as Consent

const issuesOf = (given: QuestionnaireResponse, questionnaire: Questionnaire): readonly Issue[] => {
  try {
    extractResponse(given, questionnaire)
  } catch (error) {
    expect(error).toBeInstanceOf(Problem)
    expect((error as Problem).kind).toBe('unprocessable')
    return (error as Problem).issues
  }
  return []
}

describe('synthetic people', () => {
  test.each([...PEOPLE])('%s has sound numbers, and responses in the order in which they are submitted', (name) => {
    expect(checkPersonIdentifiers(patientOf(name))).toEqual([])
    const authored = responsesOf(name).map((given) => given.authored as string)
    expect(authored).toEqual(authored.toSorted())
    expect(authored.every((moment) => moment < '2026-11')).toBe(true)
    expect(new Set(responsesOf(name).map((given) => given.subject?.reference))).toEqual(
      new Set([personBundle(name).entry?.[0]?.fullUrl]),
    )
  })
})

describe('what a response becomes', () => {
  test.each(cases<Expected>('extract.people'))(
    '$person, response $response: $counts',
    ({ person, response: index, counts }) => {
      const found: Record<string, number> = {}
      for (const { resourceType } of extracted(person, index)) found[resourceType] = (found[resourceType] ?? 0) + 1
      expect(found).toEqual(counts)
    },
  )

  test.each(PEOPLE.flatMap((person) => responsesOf(person).map((given, index) => ({ person, index, given }))))(
    '$person, response $index: everything is about the person, refers to what is there, and has a profile',
    ({ given }) => {
      const entries = extract(given)
      const addresses = entries.map((entry) => entry.fullUrl)
      expect(new Set(addresses).size).toBe(addresses.length)
      for (const { fullUrl, resource } of entries) {
        expect(fullUrl).toMatch(/^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
        const references = findReferences(resource).map((found) => found.reference.reference)
        expect([...addresses, given.subject?.reference]).toEqual(expect.arrayContaining(references))
        if (resource.resourceType === 'QuestionnaireResponse') continue
        expect(Object.values(PROFILE)).toContain(resource.meta?.profile?.[0])
      }
      const [plan] = entries.map((entry) => entry.resource) as [CarePlan]
      expect(plan).toMatchObject({ resourceType: 'CarePlan', status: 'draft', intent: 'plan', subject: given.subject })
    },
  )

  test('the same response gives the same bytes, another response other addresses', () => {
    const given = response('margaret', 1)
    const once = JSON.stringify(extract(given))
    expect(JSON.stringify(extract(structuredClone(given)))).toBe(once)
    const other = extract({ ...given, authored: '2026-02-04T11:30:00Z' }).map((entry) => entry.fullUrl)
    expect(other.filter((fullUrl) => once.includes(fullUrl))).toEqual([])
  })

  test('nothing is extracted without a value', () => {
    const hollow = (value: unknown): boolean =>
      value === undefined ||
      value === null ||
      value === '' ||
      (typeof value === 'object' && (Object.keys(value).length === 0 || Object.values(value).some(hollow)))
    const all = PEOPLE.flatMap((person) => responsesOf(person).flatMap((given) => extract(given)))
    expect(all.filter(hollow)).toEqual([])
  })

  test('a response that is stored is referred to where it is and not given again', () => {
    const given = { ...response('margaret', 1), id: 'r1' }
    const resources = extract(given).map((entry) => entry.resource)
    expect(ofType(resources, 'QuestionnaireResponse')).toEqual([])
    expect(first<CarePlan>(resources, 'CarePlan').supportingInfo).toContainEqual({
      reference: 'QuestionnaireResponse/r1',
    })
    expect(first<Provenance>(resources, 'Provenance').entity).toEqual([
      { role: 'source', what: { reference: 'QuestionnaireResponse/r1' } },
    ])
  })

  test('the response is not changed', () => {
    const given = response('margaret', 2)
    const before = JSON.stringify(given)
    extract(given)
    expect(JSON.stringify(given)).toBe(before)
  })
})

describe('what matters to me', () => {
  const resources = extracted('margaret', 0)
  const subject = response('margaret', 0).subject

  test('becomes a plan of its type with the goals in the order in which they were said', () => {
    const plan = first<CarePlan>(resources, 'CarePlan')
    expect(planType(plan)).toBe('what-matters')
    expect(plan).toMatchObject({
      title: 'What matters to me',
      created: '2026-01-20',
      author: subject,
      contributor: [{ display: 'Ailsa Testperson, daughter' }, { display: 'Isla Testnurse, community nurse' }],
    })
    const goals = extract(response('margaret', 0)).filter((entry) => entry.resource.resourceType === 'Goal')
    expect(plan.goal).toEqual(goals.map((goal) => ({ reference: goal.fullUrl })))
  })

  test('the own words stay as they were said, with importance and confidence where they were given', () => {
    const goals = ofType<Goal>(resources, 'Goal')
    expect(goals[0]).toEqual({
      resourceType: 'Goal',
      meta: { profile: [PROFILE.goal] },
      extension: [
        { url: EXTENSION.importance, valueInteger: 10 },
        { url: EXTENSION.confidence, valueInteger: 7 },
      ],
      lifecycleStatus: 'active',
      category: [{ coding: [{ system: 'https://keyplan.example/fhir/CodeSystem/what-matters-kind', code: 'value' }] }],
      description: { text: 'Being at home with my cat, and hearing the birds in the morning.' },
      subject,
      startDate: '2026-01-20',
      expressedBy: subject,
    })
    expect(goals[3]?.extension).toEqual([{ url: EXTENSION.importance, valueInteger: 10 }])
    expect(goals.map((goal) => goal.category?.[0]?.coding?.[0]?.code)).toEqual([
      'value',
      'value',
      'fear',
      'fear',
      'hope',
    ])
  })

  test('where nothing was said, the goal says why (RSP-11)', () => {
    const [, fear] = ofType<Goal>(extracted('england', 0), 'Goal')
    expect(fear?.category?.[0]?.coding?.[0]?.code).toBe('fear')
    expect(fear?.description).toEqual({ extension: [{ url: EXTENSION.dataAbsentReason, valueCode: 'asked-unknown' }] })
  })

  test('a preferred place is a code, or words, or the reason why there is none', () => {
    const places = (person: string) =>
      ofType<Observation>(extracted(person, 0), 'Observation').map(
        ({ valueCodeableConcept, dataAbsentReason, note }) => ({
          code: valueCodeableConcept?.coding?.[0]?.code ?? dataAbsentReason?.coding?.[0]?.code,
          text: valueCodeableConcept?.text,
          note: note?.[0]?.text,
        }),
      )
    expect(places('margaret')).toEqual([
      { code: '264362003', text: undefined, note: 'In my own bed, looking on to the garden.' },
      { code: '110481000000108', text: undefined, note: 'At home if Ailsa can manage. If not, the hospice.' },
    ])
    expect(places('objection')).toEqual([{ code: undefined, text: 'With my sister on the croft', note: undefined }])
    expect(places('child')[1]).toEqual({ code: 'not-asked', text: undefined, note: undefined })
    expect(places('england')[1]?.note).toBe('Her son thinks that she would want to stay where she knows the voices.')
  })

  test('words alone are the place, and stay the words about it', () => {
    const given = edited(response('margaret', 0), [{ at: 'item[6].item[0].answer', to: [] }])
    const [place] = ofType<Observation>(
      extract(given).map((entry) => entry.resource),
      'Observation',
    )
    expect(place?.valueCodeableConcept).toEqual({ text: 'In my own bed, looking on to the garden.' })
    expect(place?.note).toEqual([{ text: 'In my own bed, looking on to the garden.' }])
  })

  test.each([
    ['margaret', 'no-objection'],
    ['objection', 'objection'],
    ['england', 'not-asked'],
    ['wales', 'explicit-consent'],
  ])('the sharing decision of %s is %s, a Consent beside the plan and no part of it', (person, decision) => {
    const entries = extract(response(person, 0))
    const sharing = entries.find((entry) => entry.resource.resourceType === 'Consent')
    const consent = sharing?.resource as Consent
    expect(consentCategory(consent)).toBe('sharing-decision')
    expect(extension(consent, EXTENSION.sharingDecision)?.valueCode).toBe(decision)
    expect(consent).toMatchObject({
      status: 'active',
      scope: { coding: [{ code: 'patient-privacy' }] },
      patient: response(person, 0).subject,
    })
    expect(consent.policy?.[0]?.uri).toBeDefined()
    expect(consent.provision).toBeUndefined()
    const plan = entries[0]?.resource as CarePlan
    expect(plan.supportingInfo).not.toContainEqual({ reference: sharing?.fullUrl })
  })
})

describe('emergency care plan (ReSPECT version 3)', () => {
  const resources = extracted('margaret', 2)

  test('the plan holds focus, involvement, shared understanding, review and source (sections 2, 4, 6, 9)', () => {
    const plan = first<CarePlan>(resources, 'CarePlan')
    expect(planType(plan)).toBe('emergency-care')
    expect(plan.created).toBe('2026-09-18')
    expect(plan.author?.identifier?.value).toBe('9999001')
    expect(plan.extension).toEqual([
      {
        url: EXTENSION.overallFocus,
        valueCodeableConcept: {
          coding: [
            {
              system: 'https://keyplan.example/fhir/CodeSystem/overall-focus',
              code: 'comfort',
              display: 'Prioritise comfort',
            },
          ],
        },
      },
      { url: EXTENSION.involvement, extension: [{ url: 'basis', valueCode: 'A' }] },
      { url: EXTENSION.proxyPresent, valueCoding: PROXY_PRESENT.yes },
      { url: EXTENSION.sharedUnderstanding, valueString: expect.stringMatching(/^Advanced heart failure/) },
      { url: EXTENSION.reviewDate, valueDate: '2027-03-18' },
      { url: EXTENSION.reviewTrigger, valueString: 'A change in her wishes' },
      { url: EXTENSION.reviewTrigger, valueString: 'Admission to hospital or hospice' },
      { url: EXTENSION.recordSource, valueCode: 'new' },
    ])
    expect(extension(first<CarePlan>(extracted('england', 1), 'CarePlan'), EXTENSION.recordSource)?.valueCode).toBe(
      'transcribed',
    )
  })

  test('the plan refers to everything that it consists of, and the signatures to the plan', () => {
    const entries = extract(response('margaret', 2))
    const consists = entries.filter((entry) => !['CarePlan', 'Provenance'].includes(entry.resource.resourceType))
    const plan = entries[0]?.resource as CarePlan
    expect(plan.supportingInfo).toEqual(consists.map((entry) => ({ reference: entry.fullUrl })))
    expect(first<Provenance>(resources, 'Provenance').target).toEqual([{ reference: entries[0]?.fullUrl }])
  })

  test('CPR not recommended: the decision, what it rests on, why, and with whom it was discussed (RSP-12)', () => {
    expect(recommendationOn(resources, 'cpr')).toEqual({
      resourceType: 'Consent',
      meta: { profile: [PROFILE.recommendation] },
      status: 'active',
      scope: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/consentscope', code: 'treatment' }] },
      category: [
        {
          coding: [
            { system: 'https://keyplan.example/fhir/CodeSystem/consent-category', code: 'emergency-recommendation' },
          ],
        },
      ],
      patient: response('margaret', 2).subject,
      dateTime: '2026-09-18',
      sourceReference: { reference: expect.stringMatching(/^urn:uuid:/) },
      policy: [{ uri: 'https://keyplan.example/fhir/policy/emergency-recommendation' }],
      extension: [
        { url: EXTENSION.recommendation, valueCode: 'not-recommended' },
        { url: EXTENSION.basis, valueCode: 'clinical-recommendation' },
        {
          url: EXTENSION.rationale,
          extension: [
            { url: 'text', valueString: expect.stringMatching(/^Her heart and lungs/) },
            { url: 'reason', valueCode: 'unlikely-to-succeed' },
          ],
        },
        {
          url: EXTENSION.discussion,
          extension: [
            { url: 'with', valueCode: 'person' },
            { url: 'with', valueCode: 'family' },
            { url: 'with', valueCode: 'proxy' },
            { url: 'personAware', valueBoolean: true },
            { url: 'familyAware', valueBoolean: true },
          ],
        },
        { url: EXTENSION.reviewDate, valueDate: '2027-03-18' },
      ],
      performer: [
        {
          type: 'Practitioner',
          identifier: { system: 'https://fhir.hl7.org.uk/Id/gmc-number', value: '9999001' },
          display: 'Dr Morag Testdoctor, General practitioner',
        },
      ],
      provision: {
        provision: [
          {
            code: [
              {
                coding: [
                  { system: 'http://snomed.info/sct', code: '89666000', display: 'Cardiopulmonary resuscitation' },
                ],
              },
            ],
          },
        ],
      },
    })
  })

  test('one recommendation an intervention, none with a provision type: permit and deny are derived, never authored (RSP-4)', () => {
    for (const person of PEOPLE) {
      const recommendations = ofType<Consent>(extracted(person, 1), 'Consent').filter(
        (consent) => consentCategory(consent) === 'emergency-recommendation',
      )
      expect(recommendations.filter((consent) => interventionOf(consent) === 'cpr')).toHaveLength(1)
      expect(recommendations.map(interventionOf)).not.toContain(undefined)
      expect(JSON.stringify(recommendations.map((consent) => consent.provision))).not.toContain('"type"')
    }
    expect(recommendationOf(recommendationOn(extracted('margaret', 1), 'cpr'))).toBe('recommended')
    expect(recommendationOf(recommendationOn(extracted('child', 1), 'artificial-nutrition'))).toBe('not-discussed')
  })

  test('modified CPR for a child is conditional, with what is to be done (RSP-3)', () => {
    const child = extracted('child', 1)
    const cpr = recommendationOn(child, 'cpr')
    expect(recommendationOf(cpr)).toBe('conditional')
    expect(extension(cpr, EXTENSION.condition)?.valueString).toMatch(/^Open the airway and give breaths/)
    expect(extension(first<CarePlan>(child, 'CarePlan'), EXTENSION.involvement)?.extension).toEqual([
      { url: 'basis', valueCode: 'C2' },
      { url: 'basis', valueCode: 'C3' },
    ])
  })

  test('lack of capacity says in what way (RSP-9), and the proxy is a power with a contact (RSP-16)', () => {
    const entries = extract(response('england', 1))
    const found = entries.map((entry) => entry.resource)
    const capacity = first<Observation>(found, 'Observation')
    expect(capacity.valueCodeableConcept?.coding?.[0]?.code).toBe('lacks-capacity')
    expect(extension(capacity, EXTENSION.capacityReason)?.valueString).toMatch(/^Advanced dementia/)
    const proxy = ofType<Consent>(found, 'Consent').find(
      (consent) => consentCategory(consent) === 'welfare-proxy',
    ) as Consent
    expect(proxy.extension).toEqual([
      { url: EXTENSION.proxyAuthority, valueCode: 'lpa-health-welfare' },
      { url: EXTENSION.onlyWhenIncapable, valueBoolean: true },
    ])
    const holder = entries.find((entry) => entry.fullUrl === proxy.provision?.actor?.[0]?.reference.reference)
      ?.resource as RelatedPerson
    expect(holder).toMatchObject({
      patient: response('england', 1).subject,
      name: [{ text: 'Paul Testlady' }],
      relationship: [{ text: 'Son' }],
      telecom: [{ system: 'phone', value: '07700 900404' }],
    })
    expect(extension(holder, EXTENSION.involvedInPlan)?.valueBoolean).toBe(true)
    expect(extension(holder, EXTENSION.primaryEmergencyContact)?.valueBoolean).toBe(true)
  })

  test('all who signed stand in one Provenance, each with registration number and time; it is complete with the last (RSP-10)', () => {
    const provenance = first<Provenance>(extracted('wales', 1), 'Provenance')
    expect(provenance.recorded).toBe('2026-10-12T17:30:00+01:00')
    expect(
      provenance.agent.map((agent) => ({
        type: agent.type?.coding?.[0]?.code,
        role: agent.role?.[0]?.text,
        who: agent.who.identifier,
      })),
    ).toEqual([
      { type: 'signer', role: undefined, who: { system: 'https://fhir.hl7.org.uk/Id/hcpc-number', value: 'PA99001' } },
      {
        type: 'signer',
        role: 'Senior responsible clinician',
        who: { system: 'https://fhir.hl7.org.uk/Id/gmc-number', value: '9999005' },
      },
    ])
    expect(provenance.signature?.map((signature) => signature.when)).toEqual([
      '2026-10-12T14:00:00+01:00',
      '2026-10-12T17:30:00+01:00',
    ])
  })
})

describe('a response that cannot be extracted', () => {
  test.each(cases<Invalid>('extract.invalid'))('$name', ({ response: index, edits, issues }) => {
    const given = response('margaret', index)
    const found = issuesOf(edited(given, edits), questionnaireOf(given))
    expect(found.map(({ key, code, expression }) => ({ key, code, expression }))).toEqual(issues)
    expect(found.every((finding) => finding.severity === 'error' && finding.text.length > 20)).toBe(true)
  })

  test('the issues hold none of the answers', () => {
    const given = edited(response('margaret', 0), [
      { at: 'item[1].item[0].answer[0]', to: { valueInteger: 8675309 } },
      { at: 'item[2].item[0].answer[0].valueString', to: `Secret ${'x'.repeat(3000)}` },
      { at: 'item[3].linkId', to: 'Secret' },
      { at: 'item[10].item[0].answer[0].valueCoding.code', to: 'Secret' },
    ])
    const issues = issuesOf(given, questionnaireOf(given))
    expect(issues.map((finding) => finding.key)).toEqual([
      'extract-type',
      'extract-value',
      'extract-unknown-item',
      'extract-option',
    ])
    expect(JSON.stringify(issues)).not.toMatch(/Secret|8675309/)
  })

  test('a Questionnaire that is none of the two', () => {
    const given = response('margaret', 0)
    const other: Questionnaire = {
      resourceType: 'Questionnaire',
      status: 'active',
      url: 'https://keyplan.example/fhir/Questionnaire/lunch',
    }
    expect(issuesOf(given, other)).toMatchObject([{ key: 'extract-questionnaire', code: 'not-supported' }])
  })
})
