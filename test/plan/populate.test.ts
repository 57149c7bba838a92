import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import type {
  CarePlan,
  Consent,
  Patient,
  Questionnaire,
  QuestionnaireItem,
  QuestionnaireResponse,
  QuestionnaireResponseItem,
} from 'fhir/r4.js'
import { isError, Problem } from '../../src/fhir/outcome.ts'
import { type FhirResource, findReferences, mapReferences, resourceKey } from '../../src/fhir/resource.ts'
import { readAnswers } from '../../src/plan/capture/read-answers.ts'
import { EXTENSION, PROXY_PRESENT } from '../../src/plan/codes.ts'
import { derive } from '../../src/plan/derive.ts'
import { extractResponse } from '../../src/plan/extract.ts'
import { itemCoding } from '../../src/plan/key-information.ts'
import { type PersonRecord, personRecord } from '../../src/plan/person.ts'
import { NEW_AT_EACH_SITTING, populateResponse } from '../../src/plan/populate.ts'
import { prepareSubmission } from '../../src/plan/submission.ts'
import { validateResource } from '../../src/validation/validate.ts'
import { PEOPLE, patientOf, QUESTIONNAIRES, questionnaireOf, responsesOf } from './people.ts'
import { recordOf } from './support/form.ts'
import { counter } from './support/ids.ts'
import { validResponse } from './support/responses.ts'
import { changed } from './support/set.ts'
import { frozen } from './support/submission.ts'

type Items = readonly QuestionnaireResponseItem[]

const NOW = new Date('2026-11-01T12:00:00Z')
const [WHAT_MATTERS, RESPECT] = QUESTIONNAIRES as [Questionnaire, Questionnaire]

const about = (response: QuestionnaireResponse): QuestionnaireResponse => ({
  ...response,
  subject: { reference: 'Patient/person' },
})

/** What is stored and in force after these responses were submitted one after the other. The forms themselves are taken away: nothing may come from them. */
const recordAfter = (patient: Patient, responses: readonly QuestionnaireResponse[]): PersonRecord => {
  const newId = counter('r')
  let record = personRecord({ ...patient, id: 'person' }, [])
  for (const response of responses) {
    const entries = extractResponse(about(response), questionnaireOf(response))
    const current = record
    const replaces = (plan: CarePlan): CarePlan => {
      const replaced = [...current.resources.values()].find(
        (resource) => resource.resourceType === 'CarePlan' && resource.title === plan.title,
      )
      return replaced === undefined ? plan : { ...plan, replaces: [{ reference: resourceKey(replaced) }] }
    }
    const { after } = prepareSubmission(
      entries.map((entry) =>
        entry.resource.resourceType === 'CarePlan' ? { ...entry, resource: replaces(entry.resource) } : entry,
      ),
      record,
      { now: NOW, newId, activate: true },
    )
    const inForce = new Set(derive(after, { now: NOW, sequence: 1, epoch: 1 }).inForce)
    record = personRecord(
      record.patient,
      [...after.resources.values()].filter((resource) => inForce.has(resourceKey(resource))),
    )
  }
  return personRecord(
    record.patient,
    [...record.resources.values()].filter(({ resourceType }) => resourceType !== 'QuestionnaireResponse'),
  )
}

/** Items without those that are new at each sitting, and without groups that are then empty. */
const kept = (items: Items): QuestionnaireResponseItem[] =>
  items.flatMap((item) => {
    if (NEW_AT_EACH_SITTING.has(item.linkId)) return []
    if (item.answer !== undefined) return [item]
    const below = kept(item.item ?? [])
    return below.length === 0 ? [] : [{ ...item, item: below }]
  })

/** Populated items with those of another sitting for what is new at each. */
const completed = (
  definitions: readonly QuestionnaireItem[],
  known: Items,
  sitting: Items,
): QuestionnaireResponseItem[] =>
  definitions.flatMap((definition) => {
    const from = (items: Items): QuestionnaireResponseItem[] =>
      items.filter(({ linkId }) => linkId === definition.linkId)
    if (NEW_AT_EACH_SITTING.has(definition.linkId)) return from(sitting)
    if (definition.type !== 'group' || definition.repeats === true) return from(known)
    const [one] = from(known)
    const [other] = from(sitting)
    const item = completed(definition.item ?? [], one?.item ?? [], other?.item ?? [])
    return item.length === 0 ? [] : [{ linkId: definition.linkId, item }]
  })

/** Extracted resources with addresses that do not depend on the bytes of the response, and without the response. */
const extracted = (response: QuestionnaireResponse): FhirResource[] => {
  const entries = extractResponse(about(response), questionnaireOf(response))
  const names = new Map(entries.map(({ fullUrl }, index) => [fullUrl, `urn:test:${index}`]))
  return entries
    .map(({ resource }) => mapReferences(resource, (reference) => names.get(reference) ?? reference))
    .filter(({ resourceType }) => resourceType !== 'QuestionnaireResponse')
}

const form = (questionnaire: Questionnaire, item: Items): QuestionnaireResponse => ({
  resourceType: 'QuestionnaireResponse',
  questionnaire: questionnaire.url as string,
  status: 'completed',
  subject: { reference: 'Patient/person' },
  item: [...item],
})

/** Both laws: the form comes back from what was stored, and what comes back means the same again. */
const holdLaws = (patient: Patient, responses: readonly QuestionnaireResponse[]): void => {
  const given = responses.at(-1) as QuestionnaireResponse
  const questionnaire = questionnaireOf(given)
  const { response, issues } = populateResponse(frozen(recordAfter(patient, responses)), questionnaire)
  expect(issues).toEqual([])
  expect(response.item ?? []).toEqual(kept(given.item ?? []))
  const again = completed(questionnaire.item ?? [], response.item ?? [], given.item ?? [])
  expect(extracted(form(questionnaire, again))).toEqual(extracted(given))
}

/** The one thing that a form can say twice: the same words as the place and about it. They come back once, as the words about it. */
const saysTwice = (response: QuestionnaireResponse): boolean =>
  (response.item ?? []).some(({ linkId, item = [] }) => {
    const said = (name: string) => item.find((one) => one.linkId === `${linkId}.${name}`)?.answer?.[0]?.valueString
    return said('place') !== undefined && said('place') === said('words')
  })

const linkIdsIn = (items: Items): string[] => items.flatMap(({ linkId, item }) => [linkId, ...linkIdsIn(item ?? [])])

describe('extract, submit, populate', () => {
  test.each(PEOPLE.flatMap((name) => responsesOf(name).map((_, index) => ({ name, index }))))(
    '$name: the form of sitting $index comes back from what was stored',
    ({ name, index }) => {
      holdLaws(patientOf(name), responsesOf(name).slice(0, index + 1))
    },
  )

  test.each(QUESTIONNAIRES.map((questionnaire) => ({ id: questionnaire.id, questionnaire })))(
    '$id: every valid form comes back',
    ({ questionnaire }) => {
      fc.assert(
        fc.property(validResponse(questionnaire), (response) => {
          fc.pre(!saysTwice(response))
          holdLaws(patientOf('margaret'), [response])
        }),
        { numRuns: 200 },
      )
    },
  )

  test('the generated forms together answer every question', () => {
    const answered = QUESTIONNAIRES.flatMap((questionnaire) =>
      fc.sample(validResponse(questionnaire), { numRuns: 100, seed: 1 }).flatMap(({ item = [] }) => linkIdsIn(item)),
    )
    const all = QUESTIONNAIRES.flatMap(({ item = [] }) => linkIdsIn(item as Items))
    expect(all.filter((linkId) => !answered.includes(linkId))).toEqual([])
  })

  test('what is new at each sitting: when it took place, whether it was copied from paper, who signed', () => {
    expect([...NEW_AT_EACH_SITTING]).toEqual(['conversation.date', 'plan.decision-date', 'plan.source', 'clinician'])
    for (const name of PEOPLE) {
      const record = recordAfter(patientOf(name), responsesOf(name))
      const found = QUESTIONNAIRES.flatMap(
        (questionnaire) => populateResponse(record, questionnaire).response.item ?? [],
      )
      expect(linkIdsIn(found).filter((linkId) => NEW_AT_EACH_SITTING.has(linkId.split('.')[0] as string))).toEqual([])
      expect(linkIdsIn(found).filter((linkId) => NEW_AT_EACH_SITTING.has(linkId))).toEqual([])
    }
  })

  test('the same words as the place and about it come back once, and mean the same again', () => {
    const place = (...names: string[]) =>
      names.map((name) => ({ linkId: `place-of-care.${name}`, answer: [{ valueString: 'At my sister’s' }] }))
    const [given] = responsesOf('margaret') as [QuestionnaireResponse]
    const saying = (...names: string[]): QuestionnaireResponse => ({
      ...given,
      item: (given.item ?? []).map((item) =>
        item.linkId === 'place-of-care' ? { ...item, item: place(...names) } : item,
      ),
    })
    const { response } = populateResponse(recordAfter(patientOf('margaret'), [saying('place', 'words')]), WHAT_MATTERS)
    expect(response.item).toEqual(kept(saying('words').item ?? []))
    expect(extracted(saying('place', 'words'))).toEqual(extracted(saying('words')))
    expect(extracted(saying('place'))).not.toEqual(extracted(saying('words')))
  })
})

describe('a populated form', () => {
  const record = recordAfter(patientOf('margaret'), responsesOf('margaret'))

  test.each(QUESTIONNAIRES.map((questionnaire) => ({ id: questionnaire.id, questionnaire })))(
    '$id: is a valid response in progress, to this version, about the person; the same record gives the same bytes',
    ({ questionnaire }) => {
      const { response } = populateResponse(record, questionnaire)
      expect(response).toMatchObject({
        status: 'in-progress',
        questionnaire: `${questionnaire.url}|${questionnaire.version}`,
        subject: { reference: 'Patient/person' },
      })
      expect(validateResource(response).filter(isError)).toEqual([])
      const { issues } = readAnswers(response, questionnaire)
      expect(issues.filter(({ key }) => key !== 'extract-required')).toEqual([])
      const shuffled = personRecord(record.patient, [...record.resources.values()].reverse())
      expect(JSON.stringify(populateResponse(shuffled, questionnaire))).toBe(
        JSON.stringify(populateResponse(record, questionnaire)),
      )
    },
  )

  test('of a person without a plan holds nothing, and of one with a sharing decision that', () => {
    const nobody = personRecord({ ...patientOf('wales'), id: 'person' }, [])
    expect(populateResponse(nobody, RESPECT)).toEqual({
      response: {
        resourceType: 'QuestionnaireResponse',
        questionnaire: `${RESPECT.url}|${RESPECT.version}`,
        status: 'in-progress',
        subject: { reference: 'Patient/person' },
      },
      issues: [],
    })
    const decision = [...record.resources.values()].find(
      (resource): resource is Consent =>
        resource.resourceType === 'Consent' && resource.extension?.[0]?.url === EXTENSION.sharingDecision,
    ) as Consent
    const { response } = populateResponse(personRecord(nobody.patient, [decision]), WHAT_MATTERS)
    expect(linkIdsIn(response.item ?? [])).toEqual(['sharing', 'sharing.decision'])
  })

  test('of a plan that came as resources: what cannot be an answer, and what is not asked, is told and not guessed', () => {
    const person = changed(
      recordOf({
        recommendations: [{ about: 'cpr', recommendation: 'unknown' }],
        proxies: [{ authority: 'welfare-attorney' }],
        goals: [],
      }),
      {
        'Consent/refusal': {
          status: 'active',
          category: [
            {
              coding: [{ system: 'https://keyplan.example/fhir/CodeSystem/consent-category', code: 'advance-refusal' }],
            },
          ],
          patient: { reference: 'Patient/person' },
        },
        'CarePlan/plan supportingInfo': [
          { reference: 'Consent/cpr' },
          { reference: 'Consent/refusal' },
          { reference: 'Consent/proxy-0' },
          { reference: 'RelatedPerson/proxy-0' },
        ],
      },
    )
    const { response, issues } = populateResponse(person, RESPECT)
    expect(issues.map(({ severity, key, expression }) => `${severity} ${key} ${expression}`)).toEqual([
      "warning populate-left-out QuestionnaireResponse.descendants().where(linkId='cpr.recommendation')",
      'warning populate-not-asked CarePlan.supportingInfo',
    ])
    expect(linkIdsIn(response.item ?? [])).not.toContain('cpr.recommendation')
    expect(linkIdsIn(response.item ?? [])).not.toContain('contact')
    // Nobody was asked whether there is a proxy, but the plan names one.
    expect(response.item?.find(({ linkId }) => linkId === 'proxy')?.item?.[0]?.answer).toEqual([
      { valueCoding: PROXY_PRESENT.yes },
    ])
    expect(issues[1]?.text).toContain('Consent/refusal')
  })

  test('leaves out an item or a medicine that it cannot say whole, and names it', () => {
    const about = (code: string) => ({ coding: [itemCoding({ code, display: code })] })
    const item = (code: string, more: object) => ({
      status: 'final',
      code: about(code),
      subject: { reference: 'Patient/person' },
      ...more,
    })
    const medicine = (more: object) => ({
      status: 'active',
      intent: 'plan',
      subject: { reference: 'Patient/person' },
      medicationCodeableConcept: { text: 'Morphine' },
      ...more,
    })
    const others = {
      'Observation/whole': item('allergies', { valueString: 'None known' }),
      'Observation/noted': item('home-oxygen', { valueString: 'Yes', note: [{ text: 'Two litres a minute' }] }),
      'Observation/coded': item('main-diagnoses', { valueCodeableConcept: { text: 'Frailty' } }),
      'Observation/absent': item('care-arrangements', { dataAbsentReason: { text: 'Not asked' } }),
      'Observation/said': item('palliative-register', { valueString: 'Since May' }),
      'MedicationRequest/whole': medicine({ dosageInstruction: [{ text: '2.5 mg' }], note: [{ text: 'Blue box' }] }),
      'MedicationRequest/dosed': medicine({ dosageInstruction: [{ text: '2.5 mg', asNeededBoolean: true }] }),
      'MedicationRequest/coded': medicine({
        medicationCodeableConcept: { text: 'Morphine', coding: [{ code: '1' }] },
      }),
    }
    const person = changed(recordOf({ goals: [] }), {
      ...others,
      'CarePlan/plan supportingInfo': [
        { reference: 'Consent/cpr' },
        ...Object.keys(others).map((reference) => ({ reference })),
      ],
    })
    const { response, issues } = populateResponse(person, RESPECT)
    const named = (text: string) => Object.keys(others).find((key) => text.includes(key)) ?? text.match(/\S+\.\S+/)?.[0]
    expect(issues.map(({ key, text }) => `${key} ${named(text)}`)).toEqual([
      'populate-left-out clinical.palliative-register',
      'populate-not-asked Observation/noted',
      'populate-not-asked Observation/coded',
      'populate-not-asked Observation/absent',
      'populate-not-asked MedicationRequest/dosed',
      'populate-not-asked MedicationRequest/coded',
    ])
    const items = (response.item ?? []).filter(({ linkId }) => /^(medicine|medicines|home-care|clinical)$/.test(linkId))
    expect(items).toEqual([
      {
        linkId: 'medicine',
        item: [
          { linkId: 'medicine.name', answer: [{ valueString: 'Morphine' }] },
          { linkId: 'medicine.dose', answer: [{ valueString: '2.5 mg' }] },
          { linkId: 'medicine.where', answer: [{ valueString: 'Blue box' }] },
        ],
      },
      { linkId: 'medicines', item: [{ linkId: 'medicines.allergies', answer: [{ valueString: 'None known' }] }] },
    ])
  })

  test('is made for the Questionnaires of this service only', () => {
    const other: Questionnaire = { resourceType: 'Questionnaire', url: 'urn:other', status: 'active' }
    expect(() => populateResponse(record, other)).toThrow(Problem)
  })
})

describe('no answer is lost in extraction', () => {
  test.each(Object.entries(PROXY_PRESENT))('whether there is a legal proxy: %s', (_, answer) => {
    const given = responsesOf('wales')[1] as QuestionnaireResponse
    const response = {
      ...given,
      item: (given.item ?? []).map((item) =>
        item.linkId === 'proxy'
          ? { linkId: 'proxy', item: [{ linkId: 'proxy.present', answer: [{ valueCoding: answer }] }] }
          : item,
      ),
    }
    const plan = extracted(response).find(({ resourceType }) => resourceType === 'CarePlan') as CarePlan
    expect(plan.extension).toContainEqual({ url: EXTENSION.proxyPresent, valueCoding: answer })
  })

  test('a group in which nothing is said is left out: no contact without a name', () => {
    const given = responsesOf('margaret')[0] as QuestionnaireResponse
    const response = { ...given, item: [...(given.item ?? []), { linkId: 'contact' }, { linkId: 'value' }] }
    expect(extracted(response)).toEqual(extracted(given))
    expect(extracted(response).flatMap((resource) => findReferences(resource)).length).toBeGreaterThan(0)
  })
})
