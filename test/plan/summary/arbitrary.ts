import fc from 'fast-check'
import type { CarePlan } from 'fhir/r4.js'
import type { FhirResource } from '../../../src/fhir/resource.ts'
import { INTERVENTIONS, type Intervention, type Recommendation, type SharingDecision } from '../../../src/plan/codes.ts'
import type { Jurisdiction } from '../../../src/plan/derived.ts'
import {
  capacity,
  contact,
  DOCTOR,
  emergencyPlan,
  goal,
  patient,
  place,
  proxy,
  recommendation,
  refusal,
  sharing,
  signature,
  whatMattersPlan,
} from './example.ts'

const RECOMMENDATIONS: readonly Recommendation[] = [
  'recommended',
  'conditional',
  'not-recommended',
  'unknown',
  'not-discussed',
]

/** Texts that people, or attackers, write: markup, quotes, controls, lone surrogates, every script. */
export const wildText: fc.Arbitrary<string> = fc.oneof(
  fc.lorem(),
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.constantFrom(
    '<script>alert(1)</script>',
    '"><img src=x onerror=alert(1)>',
    '</div></body>',
    '&amp;&#60;b&#62;',
    'Do \u202enot\u202c resuscitate',
    'שלום \u2067abc\u2069',
    '\ud800 \u0000 \ufffe',
    ']]><!--',
    '',
    ' \n ',
  ),
)

export type Generated = Readonly<{
  jurisdiction: Jurisdiction
  sharing: SharingDecision | undefined
  emergency: CarePlan['status'] | undefined
  wishes: CarePlan['status'] | undefined
  decisions: readonly (readonly [Intervention, Recommendation])[]
  counts: Readonly<Record<'refusals' | 'goals' | 'contacts' | 'places', number>>
}>

const status = fc.constantFrom<CarePlan['status'] | undefined>(
  'active',
  'active',
  'active',
  'draft',
  'revoked',
  'completed',
  'entered-in-error',
  undefined,
)

/** What a person's record holds, but for its texts. */
export const generated: fc.Arbitrary<Generated> = fc.record({
  jurisdiction: fc.constantFrom<Jurisdiction>('GB-SCT', 'GB-ENG', 'GB-WLS', 'GB-NIR'),
  sharing: fc.constantFrom<SharingDecision | undefined>(
    'no-objection',
    'explicit-consent',
    'objection',
    'withdrawn',
    'not-asked',
    undefined,
  ),
  emergency: status,
  wishes: status,
  decisions: fc.uniqueArray(
    fc.tuple(fc.constantFrom(...INTERVENTIONS.map(({ name }) => name)), fc.constantFrom(...RECOMMENDATIONS)),
    { selector: ([intervention]) => intervention },
  ),
  counts: fc.record({ refusals: fc.nat(3), goals: fc.nat(4), contacts: fc.nat(3), places: fc.nat(2) }),
})

const times = <Item>(count: number, make: (index: number) => Item): Item[] =>
  Array.from({ length: count }, (_, index) => make(index))

/** The record with a text for each place that has one; `text` is told which plan, or none, the text belongs to. */
export const resourcesOf = (
  { jurisdiction, sharing: decision, emergency, wishes, decisions, counts }: Generated,
  text: (owner: 'patient' | 'emergency' | 'wishes' | 'sharing' | 'loose') => string,
): { patient: ReturnType<typeof patient>; resources: FhirResource[] } => {
  const care: FhirResource[] = [
    ...decisions.map(([intervention, code]) =>
      recommendation(intervention, code, { rationale: text('emergency'), condition: text('emergency') }),
    ),
    ...times(counts.refusals, (index) => refusal(`refusal-${index}`, text('emergency'), text('emergency'))),
    capacity(text('emergency')),
    proxy('proxy', 'holder'),
    ...times(counts.contacts, (index) =>
      contact(`contact-${index}`, text('emergency'), text('emergency'), index === 1),
    ),
  ]
  const said: FhirResource[] = [
    ...times(counts.goals, (index) =>
      goal(`goal-${index}`, (['value', 'fear', 'hope'] as const)[index % 3] ?? 'hope', text('wishes')),
    ),
    ...times(counts.places, (index) => place(`place-${index}`, index === 0 ? 'care' : 'death', text('wishes'))),
  ]
  return {
    patient: patient(jurisdiction, {
      name: [
        { use: 'official', text: text('patient') },
        { use: 'nickname', text: text('patient') },
      ],
      address: [{ use: 'home', line: [text('patient')], city: text('patient'), postalCode: text('patient') }],
    }),
    resources: [
      ...(emergency === undefined
        ? []
        : [
            emergencyPlan(care, text('emergency'), emergency),
            contact('holder', text('emergency'), text('emergency')),
            signature('signed', 'emergency'),
            ...care,
          ]),
      ...(wishes === undefined ? [] : [whatMattersPlan(said, wishes), ...said]),
      ...(decision === undefined ? [] : [sharing(decision, { performer: [{ ...DOCTOR, display: text('sharing') }] })]),
      // Resources of the person that no plan in force names.
      goal('loose-goal', 'value', text('loose')),
      recommendation('cpr', 'recommended', { id: 'loose-cpr', rationale: text('loose') }),
      contact('loose-contact', text('loose'), text('loose'), true),
      whatMattersPlan([goal('loose-goal', 'value', text('loose'))], 'draft', 'loose-plan'),
    ],
  }
}
