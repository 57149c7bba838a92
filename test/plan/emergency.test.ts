import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import type { Parameters, ParametersParameter } from 'fhir/r4.js'
import type { FhirResource } from '../../src/fhir/resource.ts'
import { INTERVENTIONS, SYSTEM } from '../../src/plan/codes.ts'
import { cutText } from '../../src/plan/emergency/cut.ts'
import { MOST_BYTES } from '../../src/plan/emergency/limits.ts'
import { emergencyAnswer } from '../../src/plan/emergency.ts'
import { personRecord } from '../../src/plan/person.ts'
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
  refusal,
  sharing,
  signature,
  whatMattersPlan,
} from './summary/example.ts'

const named = (answer: Parameters, name: string): ParametersParameter[] =>
  (answer.parameter ?? []).filter((parameter) => parameter.name === name)

/** The parts of a parameter as `name: value`. */
const parts = (parameter: ParametersParameter | undefined): Record<string, unknown> =>
  Object.fromEntries((parameter?.part ?? []).map(({ name, part: _part, ...value }) => [name, Object.values(value)[0]]))

const bytes = (answer: Parameters): number => Buffer.byteLength(JSON.stringify(answer))

describe('emergency answer (model.md section 5)', () => {
  test('current-plan holds everything in the fixed order', () => {
    const { outcome, answer } = emergencyAnswer(example().person, AT)
    expect(outcome).toBe('current-plan')
    expect(answer.parameter?.map(({ name }) => name)).toEqual([
      'outcome',
      'asOf',
      'sequence',
      'identity',
      'cpr',
      'overall-focus',
      'refusal',
      'recommendation',
      'recommendation',
      'what-matters',
      'what-matters',
      'contact',
      'contact',
      'contact',
      'proxy',
      'capacity',
      'involvement',
      'preferred-place',
      'mark',
      'mark',
      'mark',
      'plan',
      'plan',
      'verify',
    ])
    expect(named(answer, 'outcome')[0]?.valueCode).toBe('current-plan')
    expect(named(answer, 'asOf')[0]?.valueInstant).toBe('2026-06-05T13:05:00.000Z')
    expect(named(answer, 'sequence')[0]?.valueUnsignedInt).toBe(7)
  })

  test('identity is what a crew can check against the person', () => {
    expect(parts(named(emergencyAnswer(example().person, AT).answer, 'identity')[0])).toEqual({
      name: 'Testa Person',
      birthDate: '1941-03-12',
      address: '1 Example Brae, Testburgh',
      postcode: 'ZZ99 1WZ',
      identifier: { system: 'urn:oid:2.16.840.1.113883.2.1.3.2.4.16.53', value: '1203411049' },
    })
  })

  test('CPR says what, why, who and when, with the finding for readers that know only that', () => {
    expect(parts(named(emergencyAnswer(example().person, AT).answer, 'cpr')[0])).toEqual({
      recorded: true,
      recommendation: 'not-recommended',
      finding: expect.objectContaining({ code: '450476008' }),
      display: 'CPR attempts: NOT RECOMMENDED',
      basis: 'clinical-recommendation',
      rationale: 'unlikely to succeed: Her heart would not start again',
      decidedOn: '2026-02-03',
      decidedBy: 'Dr Una Testdoctor, General practitioner (GMC 9999001)',
      discussion: 'Discussed with the person and the family. The person is aware of it.',
    })
  })

  test.each([
    ['recommended', '450475007'],
    ['not-recommended', '450476008'],
    ['conditional', undefined],
    ['unknown', undefined],
    ['not-discussed', undefined],
  ] as const)('CPR %s has finding %s', (code, finding) => {
    const cpr = recommendation('cpr', code)
    const { answer } = emergencyAnswer(personRecord(patient(), [emergencyPlan([cpr], 'Frailty'), cpr]), AT)
    expect(parts(named(answer, 'cpr')[0])).toMatchObject({ recorded: true, recommendation: code })
    expect((parts(named(answer, 'cpr')[0])['finding'] as { code?: string } | undefined)?.code).toBe(finding)
  })

  test.each([
    ['only what matters was planned', [whatMattersPlan([])]],
    ['the emergency-care plan has none', [emergencyPlan([], 'Frailty')]],
    [
      'the only one is not in effect',
      [
        emergencyPlan([recommendation('cpr', 'recommended')], 'Frailty'),
        { ...recommendation('cpr', 'recommended'), status: 'inactive' },
      ],
    ],
  ] as [string, FhirResource[]][])(
    'no CPR recommendation is said to be none, never left out, where %s',
    (_case, resources) => {
      const { outcome, answer } = emergencyAnswer(personRecord(patient(), resources), AT)
      expect(outcome).toBe('current-plan')
      expect(parts(named(answer, 'cpr')[0])).toEqual({
        recorded: false,
        recommendation: 'unknown',
        display: 'No CPR recommendation is recorded. Infer nothing from this.',
      })
    },
  )

  test('permit without an authored recommendation is not taken for one (model.md section 2)', () => {
    const cpr = recommendation('cpr', 'recommended')
    const presence = {
      ...cpr,
      extension: [],
      provision: {
        provision: (cpr.provision?.provision ?? []).map((nested) => ({ ...nested, type: 'permit' as const })),
      },
    }
    const { answer } = emergencyAnswer(personRecord(patient(), [emergencyPlan([presence], 'Frailty'), presence]), AT)
    expect(parts(named(answer, 'cpr')[0])).toMatchObject({ recommendation: 'unknown' })
  })

  test('interventions stand in one order whatever the plan says first', () => {
    const decisions = INTERVENTIONS.map(({ name }) => recommendation(name, 'recommended')).reverse()
    const { answer } = emergencyAnswer(personRecord(patient(), [emergencyPlan(decisions, 'Frailty'), ...decisions]), AT)
    expect(
      named(answer, 'recommendation').map((read) => (parts(read)['intervention'] as { code: string }).code),
    ).toEqual(INTERVENTIONS.slice(1).map(({ code }) => code))
  })

  test('an intervention whose code is not known is shown all the same', () => {
    const odd = {
      ...recommendation('dialysis', 'not-recommended'),
      provision: { provision: [{ code: [{ text: 'Pacemaker' }] }] },
    }
    const { answer } = emergencyAnswer(personRecord(patient(), [emergencyPlan([odd], 'Frailty'), odd]), AT)
    expect(parts(named(answer, 'recommendation')[0])).toMatchObject({
      intervention: 'Pacemaker',
      display: 'Pacemaker: NOT recommended',
    })
  })

  test.each([
    ['GB-SCT', 'persuasive', 'not binding by statute'],
    ['GB-ENG', 'binding-if-valid-and-applicable', 'legally binding if it is valid and applicable'],
    ['GB-NIR', 'binding-if-valid-and-applicable', 'common law'],
  ] as const)('a refusal comes with its force in %s', (nation, legalForce, force) => {
    const person = personRecord(patient(nation), example().resources)
    const shown = parts(named(emergencyAnswer(person, AT).answer, 'refusal')[0])
    expect(shown).toMatchObject({
      treatment: 'Blood transfusion',
      circumstances: 'Also if my life is at risk',
      recordedBy: 'the person',
      legalForce,
    })
    expect(shown['force']).toContain(force)
  })

  test('the primary contact comes first, and the proxy with a phone number', () => {
    const { answer } = emergencyAnswer(example().person, AT)
    expect(named(answer, 'contact').map(parts)).toEqual([
      { primary: true, name: 'Ann Example', relationship: 'daughter', phone: '01632 960001' },
      { name: 'Cleo Example', relationship: 'daughter', phone: '01632 960003' },
      { name: 'Bea Example', relationship: 'daughter', phone: '01632 960002' },
    ])
    const [shown] = named(answer, 'proxy')
    expect(parts(shown)).toMatchObject({ authority: 'welfare-attorney', onlyWhenIncapable: true })
    expect(parts(shown?.part?.find(({ name }) => name === 'holder'))).toMatchObject({
      name: 'Cleo Example',
      phone: '01632 960003',
    })
  })

  test('medicines at home, a syringe driver and allergies stand behind those to call, as they are recorded', () => {
    const request = {
      resourceType: 'MedicationRequest',
      id: 'box',
      status: 'active',
      intent: 'order',
      subject: { reference: 'Patient/one' },
      medicationCodeableConcept: { text: 'Morphine 10 mg/ml' },
      authoredOn: '2026-02-03',
    } as FhirResource
    const item = (code: string, words: string) =>
      ({
        resourceType: 'Observation',
        id: code,
        status: 'final',
        code: { coding: [{ system: SYSTEM.observation, code }] },
        subject: { reference: 'Patient/one' },
        valueString: words,
        effectiveDateTime: '2026-02-03',
      }) as FhirResource
    const all = [request, item('allergies', 'Penicillin'), item('current-medicines', 'Many'), contact('c', 'Ann', '1')]
    const { answer } = emergencyAnswer(personRecord(patient(), [emergencyPlan(all, 'x'), ...all]), AT)
    expect(named(answer, 'medicine').map(parts)).toMatchObject([
      { kind: 'medicines-at-home', text: expect.stringContaining('Morphine 10 mg/ml') },
      { kind: 'allergies', text: 'Penicillin', recordedOn: '2026-02-03' },
    ])
    const names = answer.parameter?.map(({ name }) => name) ?? []
    expect(names.indexOf('medicine')).toBe(names.indexOf('contact') + 1)
  })

  test('a plan comes with id, version, signature and review date', () => {
    expect(named(emergencyAnswer(example().person, AT).answer, 'plan').map(parts)).toEqual([
      {
        type: 'emergency-care',
        reference: { reference: 'CarePlan/emergency' },
        planId: 'lineage-emergency-care',
        version: 2,
        signedOn: '2026-02-03T14:30:00Z',
        signedBy: 'Dr Una Testdoctor, General practitioner (GMC 9999001)',
        reviewDate: '2026-08-03',
      },
      { type: 'what-matters', reference: { reference: 'CarePlan/wishes' }, planId: 'lineage-what-matters', version: 2 },
    ])
  })

  test('no-plan names the person, when that was confirmed, and that nothing follows', () => {
    const { outcome, answer } = emergencyAnswer(personRecord(patient(), [whatMattersPlan([], 'revoked')]), AT)
    expect(outcome).toBe('no-plan')
    expect(answer.parameter?.map(({ name }) => name)).toEqual([
      'outcome',
      'asOf',
      'sequence',
      'identity',
      'lastConfirmed',
      'message',
    ])
    expect(named(answer, 'lastConfirmed')[0]?.valueInstant).toBe('2026-06-05T13:05:00.000Z')
    expect(named(answer, 'message')[0]?.valueString).toContain('infer nothing')
  })

  test('withheld says which decision and what the nation allows, not who the person is', () => {
    const { outcome, answer } = emergencyAnswer(
      personRecord(patient(), [...example().resources, sharing('objection')]),
      AT,
    )
    expect(outcome).toBe('withheld')
    expect(answer.parameter?.map(({ name }) => name)).toEqual([
      'outcome',
      'asOf',
      'sequence',
      'sharing',
      'policy',
      'message',
    ])
    expect(parts(named(answer, 'sharing')[0])).toEqual({
      decision: 'objection',
      display: 'The person OBJECTS to sharing this plan',
      recordedOn: '2026-02-03',
    })
    expect(named(answer, 'policy')[0]?.valueString).toBe(
      'In Scotland plans are shared for direct care unless the person objects.',
    )
  })

  test('withheld without any decision says that there is none, where agreement is needed', () => {
    const { outcome, answer } = emergencyAnswer(personRecord(patient('GB-WLS'), [whatMattersPlan([])]), AT)
    expect(outcome).toBe('withheld')
    expect(parts(named(answer, 'sharing')[0])).toEqual({ display: 'No agreement to sharing is in force' })
  })

  test('an unknown sharing code is not repeated', () => {
    const odd = sharing('LEAKED' as 'objection')
    expect(JSON.stringify(emergencyAnswer(personRecord(patient(), [odd]), AT))).not.toContain('LEAKED')
  })
})

describe('emergency answer of at most 20 kB', () => {
  const units = ['a', '"', '\\', '\n', '\u0001', '\ud800', 'é', '语', '👩‍⚕️', '<', 'words and words ']
  const giant = fc
    .tuple(fc.constantFrom(...units), fc.nat(20_000))
    .map(([unit, count]) => unit.repeat(Math.ceil(count / unit.length)))
  const count = fc.nat(40)

  /** Everything a plan can hold, as long and as many as a test says. */
  const filled = (
    text: (where: 'decision' | 'contact' | 'identity' | 'other') => string,
    counts: { refusals: number; goals: number; contacts: number; places: number; proxies: number; odd: number },
  ): Parameters => {
    const many = <Item>(length: number, make: (index: number) => Item): Item[] =>
      Array.from({ length }, (_, index) => make(index))
    const about = (where: 'decision' | 'other') => ({ rationale: text(where), condition: text(where) })
    const care: FhirResource[] = [
      ...INTERVENTIONS.map(({ name }) =>
        recommendation(name, 'conditional', about(name === 'cpr' ? 'decision' : 'other')),
      ),
      ...many(counts.odd, (index) => ({
        ...recommendation('dialysis', 'not-recommended', { ...about('other'), id: `odd-${index}` }),
        provision: { provision: [{ code: [{ text: text('other') }] }] },
      })),
      ...many(counts.refusals, (index) => refusal(`refusal-${index}`, text('other'), text('other'))),
      ...many(counts.contacts, (index) =>
        contact(`contact-${index}`, text('contact') + index, text('contact'), index === 0),
      ),
      ...many(counts.proxies, (index) => proxy(`proxy-${index}`, `contact-${index}`)),
      capacity(text('other')),
    ]
    const wishes = [
      ...many(counts.goals, (index) => goal(`goal-${index}`, 'value', text('other'))),
      ...many(counts.places, (index) => place(`place-${index}`, 'care', text('other'))),
    ]
    const known = text('identity')
    const person = patient('GB-ENG', {
      name: [{ text: known }, { use: 'nickname', text: known }],
      address: [{ line: [known], city: known, postalCode: known }],
      communication: [{ language: { text: known } }],
    })
    return emergencyAnswer(
      personRecord(person, [
        emergencyPlan(care, text('other')),
        whatMattersPlan(wishes),
        signature('signed', 'emergency'),
        ...care,
        ...wishes,
      ]),
      AT,
    ).answer
  }

  test('no record, however long and many its texts, makes a larger one', () => {
    fc.assert(
      fc.property(
        giant,
        fc.record({ refusals: count, goals: count, contacts: count, places: count, proxies: count, odd: count }),
        (text, counts) => {
          const answer = filled(() => text, counts)
          expect(bytes(answer)).toBeLessThanOrEqual(MOST_BYTES)
          expect(parts(named(answer, 'cpr')[0])).toMatchObject({ recorded: true, recommendation: 'conditional' })
          expect(named(answer, 'verify')).toHaveLength(1)
        },
      ),
      {
        numRuns: 60,
        examples: [['语'.repeat(30_000), { refusals: 40, goals: 40, contacts: 40, places: 40, proxies: 40, odd: 40 }]],
      },
    )
  })

  test('CPR, overall focus and contacts stay whole however long everything else is', () => {
    fc.assert(
      fc.property(giant, fc.record({ refusals: count, goals: count, places: count, odd: count }), (text, counts) => {
        const answer = filled(
          (where) =>
            where === 'decision'
              ? 'd'.repeat(600)
              : where === 'contact'
                ? '01632 960001'
                : where === 'identity'
                  ? 'Test Street'
                  : text,
          { ...counts, contacts: 6, proxies: 2 },
        )
        expect(bytes(answer)).toBeLessThanOrEqual(MOST_BYTES)
        expect(parts(named(answer, 'cpr')[0])).toMatchObject({
          rationale: `unlikely to succeed: ${'d'.repeat(600)}`,
          condition: 'd'.repeat(600),
        })
        expect(parts(named(answer, 'overall-focus')[0])).toMatchObject({ focus: 'comfort' })
        expect(named(answer, 'contact')).toHaveLength(6)
        expect(named(answer, 'contact').map((shown) => parts(shown)['phone'])).toEqual(Array(6).fill('01632 960001'))
      }),
      { numRuns: 60 },
    )
  })

  test('an ordinary record is not cut at all', () => {
    const answer = filled(() => 'A sentence of some ordinary length that says enough.', {
      refusals: 1,
      goals: 5,
      contacts: 3,
      places: 2,
      proxies: 1,
      odd: 0,
    })
    expect(JSON.stringify(answer)).not.toContain('see the summary')
  })

  test('a cut says how much is missing and where to find it', () => {
    const wish = goal('one', 'fear', 'z'.repeat(30_000))
    const { answer } = emergencyAnswer(personRecord(patient(), [whatMattersPlan([wish]), wish]), AT)
    expect(parts(named(answer, 'what-matters')[0])['words']).toMatch(
      /^z+… \(cut, 29\d\d\d characters more: see the summary\)$/,
    )
  })

  test('a cut text takes up no more than it may, as JSON.stringify counts it', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), fc.integer({ min: 60, max: 400 }), (text, most) => {
        const size = (value: string): number => Buffer.byteLength(JSON.stringify(value)) - 2
        const cut = cutText(text, most)
        expect(size(cut)).toBeLessThanOrEqual(most)
        if (size(text) <= most) expect(cut).toBe(text)
      }),
    )
  })

  test.each([
    ['abc', 3, 'abc'],
    ['"""', 6, '"""'],
    ['"""', 5, '… (cut, 3 characters more: see the summary)'],
    ['👩👩👩', 12, '👩👩👩'],
    [`${'👩'.repeat(20)}`, 57, '👩👩… (cut, 18 characters more: see the summary)'],
    ['abc', 0, '… (cut, 3 characters more: see the summary)'],
  ])('%j in %i bytes is %j', (text, most, expected) => {
    expect(cutText(text, most)).toBe(expected)
  })
})
