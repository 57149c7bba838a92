import { readFileSync } from 'node:fs'
import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import type { Bundle, CodeSystem, Composition, CompositionSection } from 'fhir/r4.js'
import { findReferences, parseReference, resourceKey } from '../../../src/fhir/resource.ts'
import { BASE, EXTENSION } from '../../../src/plan/codes.ts'
import { derive } from '../../../src/plan/derive.ts'
import { personRecord } from '../../../src/plan/person.ts'
import { summaryOrder } from '../../../src/plan/summary/order.ts'
import { SECTIONS } from '../../../src/plan/summary/sections.ts'
import { narrativeFault } from '../../../src/validation/narrative/narrative.ts'
import { generated, resourcesOf, wildText } from './arbitrary.ts'
import {
  AT,
  capacity,
  contact,
  emergencyPlan,
  example,
  goal,
  patient,
  place,
  proxy,
  recommendation,
  sharing,
  whatMattersPlan,
} from './example.ts'

const summaryOf = (...[person, at = AT]: [ReturnType<typeof personRecord>, typeof AT?]): Bundle => {
  const { summary } = derive(person, at)
  if (summary === undefined) throw new Error('The person of this test has no active plan.')
  return summary
}

const composition = (bundle: Bundle): Composition => bundle.entry?.[0]?.resource as Composition

const section = (bundle: Bundle, code: string): CompositionSection | undefined =>
  composition(bundle).section?.find((candidate) => candidate.code?.coding?.[0]?.code === code)

/** What a person reads in a section. */
const shown = (bundle: Bundle, code: string): string =>
  (section(bundle, code)?.text?.div ?? '')
    .replace(/<\/p>|<br\/>/g, '\n')
    .replace(/<[^>]*>/g, '')
    .replaceAll('&#39;', "'")
    .trim()

describe('Key Information Summary (http://hl7.org/fhir/R4/documents.html)', () => {
  test('is a document with a stable id, an edition and the state "current"', () => {
    const bundle = summaryOf(example().person)
    expect(bundle).toMatchObject({
      resourceType: 'Bundle',
      id: 'one',
      type: 'document',
      timestamp: '2026-06-05T13:05:00.000Z',
      identifier: { system: 'https://keyplan.example/fhir/identifier/summary', value: 'one/1/7' },
      meta: { tag: [{ system: `${BASE}/CodeSystem/summary-state`, code: 'current' }] },
    })
    expect(composition(bundle)).toMatchObject({
      meta: { profile: [`${BASE}/StructureDefinition/key-information-summary`] },
      identifier: { value: 'one' },
      status: 'final',
      type: { coding: [{ system: 'http://snomed.info/sct', code: '861421000000109' }] },
      subject: { reference: 'Patient/one' },
      date: '2026-06-05T13:05:00.000Z',
      title: 'Key Information Summary',
    })
  })

  test('programs read state, epoch and sequence from it and from its tombstone', () => {
    const { summary, tombstone } = derive(example().person, { ...AT, epoch: 2, sequence: 41 })
    expect(summaryOrder(summary as Bundle)).toEqual({ state: 'current', epoch: 2, sequence: 41 })
    expect(summaryOrder(tombstone)).toEqual({ state: 'withdrawn', epoch: 2, sequence: 41 })
    expect(summaryOrder({ resourceType: 'Bundle', type: 'document' })).toBeUndefined()
  })

  test('everything that the Composition refers to is in the document, once, under an address that resolves (bundle.html#references)', () => {
    fc.assert(
      fc.property(generated, (form) => {
        const { patient, resources } = resourcesOf(
          { ...form, emergency: 'active', jurisdiction: 'GB-SCT' },
          () => 'text',
        )
        const bundle = summaryOf(personRecord(patient, resources))
        const entries = bundle.entry ?? []
        const keys = entries.map(({ resource }) => resourceKey(resource as { resourceType: string }))
        expect(keys[0]).toBe('Composition/one')
        expect(keys[1]).toBe('Patient/one')
        expect(new Set(keys).size).toBe(keys.length)
        expect(entries.map(({ fullUrl }) => fullUrl)).toEqual(keys.map((key) => `${BASE}/${key}`))
        for (const { reference } of findReferences(composition(bundle))) {
          expect(keys).toContain(parseReference(reference.reference)?.key)
        }
      }),
    )
  })

  test('resources go in as they stand', () => {
    const { person, resources } = example()
    const inside = new Map(
      summaryOf(person).entry?.map(({ resource }) => [resourceKey(resource as { resourceType: string }), resource]),
    )
    for (const resource of resources) expect(inside.get(resourceKey(resource))).toBe(resource)
  })

  test('conversations and home access stay at home, even where a plan names them', () => {
    const response = { resourceType: 'QuestionnaireResponse', id: 'talk', status: 'completed' } as const
    const flag = {
      resourceType: 'Flag',
      id: 'key-safe',
      status: 'active',
      code: { text: 'Key safe 1234' },
      subject: { reference: 'Patient/one' },
    } as const
    const bundle = summaryOf(personRecord(patient(), [whatMattersPlan([response, flag]), response, flag]))
    expect(bundle.entry?.map(({ resource }) => resource?.resourceType)).toEqual(['Composition', 'Patient', 'CarePlan'])
    expect(JSON.stringify(bundle)).not.toContain('1234')
  })

  test('sections stand in the fixed order, whatever is recorded', () => {
    const codes = [
      'identity',
      'cpr',
      'overall-focus',
      'advance-refusals',
      'interventions',
      'what-matters',
      'contacts',
      'medicines',
      'home-care',
      'out-of-hours',
      'capacity',
      'preferred-places',
      'shared-understanding',
      'clinical',
      'other-documents',
      'plans',
      'verify',
    ]
    expect(SECTIONS.map(({ code }) => code)).toEqual(codes)
    for (const person of [example().person, personRecord(patient(), [whatMattersPlan([])])]) {
      expect(composition(summaryOf(person)).section?.map(({ code }) => code?.coding?.[0]?.code)).toEqual(codes)
    }
  })

  test('each section has the code and title that the profiles define, in their order', () => {
    const file = new URL('../../../profiles/package/CodeSystem-summary-section.json', import.meta.url)
    const { concept } = JSON.parse(readFileSync(file, 'utf8')) as CodeSystem
    const defined = concept?.map(({ code, display }) => [code, display])
    expect([
      ...SECTIONS.map(({ code, title }) => [code, title]),
      ['state', 'Is this plan in force?'],
      ['withdrawn', 'Withdrawn'],
    ]).toEqual(defined)
  })

  test('an empty section says that nothing is recorded, and that nothing follows', () => {
    const bundle = summaryOf(personRecord(patient(), [whatMattersPlan([])]))
    for (const code of [
      'overall-focus',
      'advance-refusals',
      'interventions',
      'what-matters',
      'contacts',
      'capacity',
      'preferred-places',
      'shared-understanding',
    ]) {
      expect(section(bundle, code)).toMatchObject({ emptyReason: { text: 'Nothing recorded' } })
      expect(shown(bundle, code)).toBe('Nothing recorded. Infer nothing from this.')
      expect(section(bundle, code)?.entry).toBeUndefined()
    }
    expect(shown(bundle, 'cpr')).toBe('No CPR recommendation is recorded. Infer nothing from this.')
  })

  test('each narrative is XHTML that FHIR allows, whatever people write (narrative.html#xhtml)', () => {
    fc.assert(
      fc.property(generated, fc.infiniteStream(wildText), (form, texts) => {
        const { patient, resources } = resourcesOf(
          { ...form, emergency: 'active', wishes: 'active' },
          () => texts.next().value,
        )
        for (const { text } of composition(summaryOf(personRecord(patient, resources))).section ?? []) {
          expect(narrativeFault(text?.div ?? '')).toBeUndefined()
          expect(text?.div).not.toMatch(/[\p{Cs}\u202a-\u202e\u2066-\u2069]|(?![\n\t])\p{Cc}/u)
        }
      }),
      { numRuns: 200 },
    )
  })

  describe('reads as plain English', () => {
    const bundle = summaryOf(example().person)

    test.each([
      [
        'cpr',
        [
          'CPR attempts: NOT RECOMMENDED',
          'Why: unlikely to succeed: Her heart would not start again. Decided 3 February 2026 by Dr Una Testdoctor, General practitioner (GMC 9999001). Basis: clinical recommendation. Discussed with the person and the family. The person is aware of it.',
        ],
      ],
      [
        'overall-focus',
        ['Prioritise comfort.', 'Recorded 3 February 2026 by Dr Una Testdoctor, General practitioner (GMC 9999001).'],
      ],
      [
        'advance-refusals',
        [
          'REFUSES: Blood transfusion.',
          'When: Also if my life is at risk.',
          'Recorded 3 February 2026 by the person.',
          'In Scotland an advance refusal is not binding by statute; it is persuasive and must be taken into account (Adults with Incapacity (Scotland) Act 2000).',
        ],
      ],
      [
        'interventions',
        [
          'Hospital admission: recommended. Decided 3 February 2026 by Dr Una Testdoctor, General practitioner (GMC 9999001). Basis: clinical recommendation. Discussed with the person and the family. The person is aware of it.',
          'Antibiotic therapy: only under conditions. When or how: By mouth only. Decided 3 February 2026 by Dr Una Testdoctor, General practitioner (GMC 9999001). Basis: clinical recommendation. Discussed with the person and the family. The person is aware of it.',
        ],
      ],
      [
        'what-matters',
        [
          'What I most value: “My cat” Said 20 January 2026 by the person.',
          'What I most fear or wish to avoid: “A corridor” Said 20 January 2026 by the person.',
        ],
      ],
      [
        'contacts',
        [
          'Call first: Ann Example (daughter): 01632 960001',
          'Cleo Example (daughter): 01632 960003',
          'Bea Example (daughter): 01632 960002',
          'Contacts: Recorded 3 February 2026 by Dr Una Testdoctor, General practitioner (GMC 9999001).',
          'Legal proxy, welfare attorney: Cleo Example (daughter): 01632 960003. May decide only while the person lacks capacity. Recorded 3 February 2026 by Dr Una Testdoctor, General practitioner (GMC 9999001).',
        ],
      ],
      [
        'capacity',
        [
          'The person LACKS capacity to take part in making these recommendations. She cannot weigh what follows.',
          'Recorded 3 February 2026 by Dr Una Testdoctor, General practitioner (GMC 9999001).',
          'The person lacks capacity; made under capacity law, with the proxy or those close to the person consulted (B).',
          'Reason: Because Heart failure.',
        ],
      ],
      ['preferred-places', ['Preferred place of care: At home. Recorded 20 January 2026 by the person.']],
      [
        'shared-understanding',
        ['Heart failure', 'Recorded 3 February 2026 by Dr Una Testdoctor, General practitioner (GMC 9999001).'],
      ],
      [
        'plans',
        [
          'Emergency care plan (Emergency health care plan). Version 2. Plan id lineage-emergency-care. Made 3 February 2026. Review by: 3 August 2026.',
          'Signed 3 February 2026 by Dr Una Testdoctor, General practitioner (GMC 9999001).',
          'What matters to me (Advance care plan). Version 2. Plan id lineage-what-matters. Made 3 February 2026. Review by: no date set.',
        ],
      ],
      [
        'verify',
        [
          'These are the plans in force on 5 June 2026, 14:05 (sequence 7, epoch 1). A copy with a higher sequence replaces this one. Before acting on an older copy or on paper, ask the emergency view or the GP practice for the newest and compare plan id and version.',
          expect.stringMatching(
            /^Emergency care plan: plan id lineage-emergency-care, version 2, check code (?:[0-9a-f]{4} ?){8}\.$/,
          ),
          expect.stringMatching(
            /^What matters to me: plan id lineage-what-matters, version 2, check code (?:[0-9a-f]{4} ?){8}\.$/,
          ),
        ],
      ],
    ])('%s', (code, lines) => {
      expect(shown(bundle, code).split('\n')).toEqual(lines)
    })

    test('identity, with what was decided about sharing', () => {
      expect(shown(bundle, 'identity').split('\n')).toEqual([
        'Testa Person. Born 12 March 1941. Recorded as female.',
        'CHI number 1203411049.',
        'Address: 1 Example Brae, Testburgh, ZZ99 1WZ.',
        'The person has no objection to sharing this plan.',
        'Recorded 3 February 2026 by the person.',
      ])
    })
  })

  test('the custodian of a withheld record reads that it is withheld', () => {
    const bundle = summaryOf(personRecord(patient(), [whatMattersPlan([]), sharing('objection')]))
    expect(shown(bundle, 'identity')).toContain('Sharing is WITHHELD')
  })

  test.each([
    ['Consent', { ...recommendation('cpr', 'recommended'), status: 'entered-in-error' as const }, 'cpr'],
    ['Goal', { ...goal('wish', 'hope', 'WRONG'), lifecycleStatus: 'entered-in-error' as const }, 'what-matters'],
    ['Observation', { ...place('home', 'care', 'WRONG'), status: 'entered-in-error' as const }, 'preferred-places'],
    ['Observation', { ...capacity('WRONG'), status: 'cancelled' as const }, 'capacity'],
    ['RelatedPerson', { ...contact('ex', 'WRONG', '01632 960009'), active: false }, 'contacts'],
  ])('a %s that no longer holds is in no section', (_type, resource, code) => {
    const plan = { ...emergencyPlan([resource], 'Frailty'), extension: [] }
    expect(section(summaryOf(personRecord(patient(), [plan, resource])), code)).toMatchObject({
      emptyReason: { text: 'Nothing recorded' },
    })
  })

  test('nothing said is told apart from words, with its reason', () => {
    const silent = {
      ...goal('silent', 'fear', ''),
      description: { extension: [{ url: EXTENSION.dataAbsentReason, valueCode: 'asked-declined' }], text: '' },
    }
    expect(shown(summaryOf(personRecord(patient(), [whatMattersPlan([silent]), silent])), 'what-matters')).toContain(
      'What I most fear or wish to avoid: Nothing recorded (asked-declined).',
    )
  })

  test('what a proxy may decide is told apart from what the proxy may not', () => {
    const power = proxy('power', 'holder')
    const both = {
      ...power,
      provision: {
        ...power.provision,
        provision: [
          { type: 'permit' as const, code: [{ text: 'where to live' }] },
          { type: 'deny' as const, code: [{ text: 'life-sustaining treatment' }] },
        ],
      },
    }
    const bundle = summaryOf(personRecord(patient(), [emergencyPlan([both], 'Frailty'), both]))
    expect(shown(bundle, 'contacts')).toContain(
      'Powers: may decide about where to live; may NOT decide about life-sustaining treatment.',
    )
  })

  test('a contact whom both plans name alike is listed once', () => {
    const one = contact('one-plan', 'Ann Example', '01632 960001')
    const other = contact('other-plan', 'Ann Example', '01632 960001', true)
    const bundle = summaryOf(
      personRecord(patient(), [emergencyPlan([one], 'Frailty'), whatMattersPlan([other]), one, other]),
    )
    expect(shown(bundle, 'contacts').split('\n')).toEqual([
      'Call first: Ann Example (daughter): 01632 960001',
      'Contacts: Recorded 3 February 2026 by the person.',
    ])
  })
})

describe('tombstone', () => {
  const { tombstone } = derive(example().person, AT)

  test('takes the place of the summary under the same id, as "withdrawn"', () => {
    expect(tombstone).toMatchObject({
      id: 'one',
      type: 'document',
      identifier: { system: 'https://keyplan.example/fhir/identifier/summary', value: 'one/1/7' },
      meta: { tag: [{ code: 'withdrawn' }] },
    })
  })

  test('holds one Composition, one sentence, and neither the Patient nor anything clinical', () => {
    expect(tombstone.entry).toHaveLength(1)
    expect(composition(tombstone).section).toHaveLength(1)
    expect(shown(tombstone, 'withdrawn')).toBe(
      'This summary was withdrawn on 5 June 2026. Do not act on earlier copies. Ask the GP practice.',
    )
    expect(findReferences(tombstone)).toEqual([])
    expect(composition(tombstone).subject).toEqual({
      type: 'Patient',
      identifier: { system: 'urn:ietf:rfc:3986', value: `${BASE}/Patient/one` },
    })
  })
})
