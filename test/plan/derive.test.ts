import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import type { CarePlan } from 'fhir/r4.js'
import type { SharingDecision } from '../../src/plan/codes.ts'
import { derive } from '../../src/plan/derive.ts'
import { type PersonRecord, personRecord } from '../../src/plan/person.ts'
import { generated, resourcesOf, wildText } from './summary/arbitrary.ts'
import {
  AT,
  contact,
  emergencyPlan,
  example,
  patient,
  recommendation,
  sharing,
  whatMattersPlan,
} from './summary/example.ts'

/** A record in which each text is a word of its own, and whose word is whose. */
const wordy = (form: Parameters<typeof resourcesOf>[0]): { person: PersonRecord; words: Record<string, string[]> } => {
  const words: Record<string, string[]> = { patient: [], emergency: [], wishes: [], sharing: [], loose: [] }
  let count = 0
  const { patient, resources } = resourcesOf(form, (owner) => {
    count += 1
    const word = `word${count}x`
    words[owner]?.push(word)
    return word
  })
  return { person: personRecord(patient, resources), words }
}

const wordsIn = (value: unknown): string[] => JSON.stringify(value ?? null).match(/word\d+x/g) ?? []

describe('derive (architecture idea 3: authored once, derived everywhere)', () => {
  test('the same record and moment give the same bytes, in whatever order the record was loaded', () => {
    fc.assert(
      fc.property(generated, fc.infiniteStream(wildText), fc.infiniteStream(fc.nat()), (form, texts, order) => {
        const { patient, resources } = resourcesOf(form, () => texts.next().value)
        const shuffled = resources
          .map((resource) => ({ resource, rank: order.next().value }))
          .sort((one, other) => one.rank - other.rank)
          .map(({ resource }) => resource)
        const first = JSON.stringify(derive(personRecord(patient, resources), AT))
        expect(JSON.stringify(derive(personRecord(patient, shuffled), AT))).toBe(first)
        expect(JSON.stringify(derive(personRecord(patient, resources), AT))).toBe(first)
      }),
      { numRuns: 200 },
    )
  })

  test('the record is not changed', () => {
    const { person, resources } = example()
    const before = JSON.stringify(resources)
    derive(person, AT)
    expect(JSON.stringify(resources)).toBe(before)
  })

  test('what is shown comes from the patient, the active plans and the sharing decision, and from nothing else (INV-4)', () => {
    fc.assert(
      fc.property(generated, (form) => {
        const { person, words } = wordy(form)
        const { summary, emergency } = derive(person, AT)
        const active = [
          ...(words['patient'] ?? []),
          ...(form.emergency === 'active' ? (words['emergency'] ?? []) : []),
          ...(form.wishes === 'active' ? (words['wishes'] ?? []) : []),
        ]
        expect(active).toEqual(expect.arrayContaining(wordsIn(emergency)))
        expect([...active, ...(words['sharing'] ?? [])]).toEqual(expect.arrayContaining(wordsIn(summary)))
      }),
    )
  })

  test('nothing of a plan is shown once it has ended (INV-5)', () => {
    const ended = fc.constantFrom<CarePlan['status']>('revoked', 'completed', 'entered-in-error')
    fc.assert(
      fc.property(generated, ended, ended, (form, emergencyEnd, wishesEnd) => {
        const { person, words } = wordy({
          ...form,
          jurisdiction: 'GB-SCT',
          sharing: 'no-objection',
          emergency: emergencyEnd,
          wishes: wishesEnd,
        })
        const derived = derive(person, AT)
        expect(derived.summary).toBeUndefined()
        expect(derived.summaryState).toBe('withdrawn')
        expect(derived.emergency.outcome).toBe('no-plan')
        expect(words['patient']).toEqual(expect.arrayContaining(wordsIn(derived.emergency)))
        expect(derived.inForce).toEqual(['Consent/sharing'])
      }),
    )
  })

  test('a withheld answer and a tombstone hold no text of any resource (INV-6)', () => {
    fc.assert(
      fc.property(generated, fc.constantFrom<SharingDecision>('objection', 'withdrawn'), (form, decision) => {
        const derived = derive(wordy({ ...form, sharing: decision }).person, AT)
        expect(derived.sharing).toBe('withheld')
        expect(derived.emergency.outcome).toBe('withheld')
        expect(wordsIn(derived.emergency)).toEqual([])
        expect(wordsIn(derived.tombstone)).toEqual([])
      }),
    )
  })

  test('what is in force is the active plans, all that they are made of, and the sharing decision; never the Patient', () => {
    expect(derive(example().person, AT).inForce).toEqual([
      'CarePlan/emergency',
      'CarePlan/wishes',
      'Consent/proxy',
      'Consent/recommendation-antibiotics',
      'Consent/recommendation-cpr',
      'Consent/recommendation-hospital-admission',
      'Consent/refusal',
      'Consent/sharing',
      'Goal/fear',
      'Goal/value',
      'Observation/capacity',
      'Observation/care',
      'Provenance/signed',
      'RelatedPerson/contact',
      'RelatedPerson/holder',
      'RelatedPerson/primary',
    ])
  })

  test('drafts and what only they name are not in force', () => {
    const loose = contact('loose', 'Dee Example', '01632 960009')
    const person = personRecord(patient(), [emergencyPlan([loose], 'Frailty', 'draft'), loose])
    expect(derive(person, AT).inForce).toEqual([])
  })

  const plan = (status: CarePlan['status']) => whatMattersPlan([], status)
  test.each([
    ['a plan is active and may be shared', [plan('active')], 'current', 'current-plan', true],
    ['an emergency-care plan is active', [emergencyPlan([], 'Frailty')], 'current', 'current-plan', true],
    ['nothing was ever planned', [], 'none', 'no-plan', false],
    ['there is a draft only', [plan('draft')], 'none', 'no-plan', false],
    ['the plan was revoked', [plan('revoked')], 'withdrawn', 'no-plan', false],
    ['the person has died', [plan('completed')], 'withdrawn', 'no-plan', false],
    ['the plan was an error', [plan('entered-in-error')], 'withdrawn', 'no-plan', false],
    [
      'another plan took over',
      [whatMattersPlan([], 'revoked', 'old'), plan('active')],
      'current',
      'current-plan',
      true,
    ],
    ['the person objects', [plan('active'), sharing('objection')], 'withdrawn', 'withheld', true],
    ['the person objects and there is no plan', [sharing('objection')], 'none', 'withheld', false],
    [
      'the person objects and the plan was revoked',
      [plan('revoked'), sharing('withdrawn')],
      'withdrawn',
      'withheld',
      false,
    ],
  ] as const)('what recipients should hold where %s', (_case, resources, state, outcome, hasSummary) => {
    const derived = derive(personRecord(patient(), resources), AT)
    expect([derived.summaryState, derived.emergency.outcome, derived.summary !== undefined]).toEqual([
      state,
      outcome,
      hasSummary,
    ])
    expect(derived.tombstone.meta?.tag?.[0]?.code).toBe('withdrawn')
  })

  test('the same silence is shared in Scotland and withheld in Wales, which asks for explicit consent', () => {
    const resources = [emergencyPlan([], 'Frailty')]
    const [scotland, wales] = (['GB-SCT', 'GB-WLS'] as const).map((nation) =>
      derive(personRecord(patient(nation), resources), AT),
    )
    expect([scotland?.jurisdiction, scotland?.sharing, scotland?.summaryState]).toEqual([
      'GB-SCT',
      'permitted',
      'current',
    ])
    expect([wales?.jurisdiction, wales?.sharing, wales?.summaryState]).toEqual(['GB-WLS', 'withheld', 'withdrawn'])
  })

  test('a person of no nation is refused, not guessed', () => {
    const person = personRecord({ ...patient(), extension: [], identifier: [] }, [])
    expect(() => derive(person, AT)).toThrow(/which nation/)
  })

  test('CPR in the summary and in the emergency answer is the one that was authored', () => {
    const codes = ['recommended', 'conditional', 'not-recommended', 'unknown', 'not-discussed'] as const
    for (const code of codes) {
      const cpr = recommendation('cpr', code)
      const { summary, emergency } = derive(personRecord(patient(), [emergencyPlan([cpr], 'Frailty'), cpr]), AT)
      const shown = emergency.answer.parameter
        ?.find(({ name }) => name === 'cpr')
        ?.part?.find(({ name }) => name === 'recommendation')
      expect(shown?.valueCode).toBe(code)
      expect(JSON.stringify(summary)).toContain(`decision ${code}`)
    }
  })
})
