import type { Parameters, ParametersParameter } from 'fhir/r4.js'
import { CPR_FINDING, INTERVENTIONS } from './codes.ts'
import type { DeriveAt } from './derive.ts'
import type { PersonRecord } from './person.ts'
import { capacityText, type ReadCapacity } from './summary/capacity.ts'
import { authorityText, incapableText, type ReadContact, type ReadProxy } from './summary/contacts.ts'
import { cutText, moreText } from './summary/cut.ts'
import { shownDay } from './summary/dates.ts'
import type { ReadFocus } from './summary/focus.ts'
import type { ReadIdentity } from './summary/identity.ts'
import { preferenceText, type ReadPlace } from './summary/places.ts'
import { listed } from './summary/plain-text.ts'
import { type ReadPlan, signaturesOf } from './summary/plans.ts'
import { type Reading, readPerson } from './summary/reading.ts'
import { type ReadRecommendation, whyText } from './summary/recommendations.ts'
import type { ReadRefusal } from './summary/refusals.ts'
import { verifyText } from './summary/sections.ts'
import { type ReadSharing, refusalForce, sharingText } from './summary/sharing.ts'
import { absentText, kindText, type ReadWish } from './summary/wishes.ts'
import {
  BASIS_WORDING,
  CAPACITY_WORDING,
  CPR_WORDING,
  FOCUS_WORDING,
  INVOLVEMENT_WORDING,
  KIND_WORDING,
  NO_CPR_WORDING,
  PROXY_WORDING,
  RECOMMENDATION_WORDING,
  SHARING_WORDING,
  worded,
} from './summary/wording.ts'

export type EmergencyAnswer = Readonly<{ outcome: 'current-plan' | 'no-plan' | 'withheld'; answer: Parameters }>

/** The largest answer, in bytes of its JSON (model.md section 5: 20 kB). */
export const MOST_BYTES = 20_000

/**
 * What `$emergency-view` answers about a person who is known (model.md section 5), rendered when the plan changes. Parameters stand in a fixed
 * order; `cpr` is always there in a `current-plan` answer: where none is recorded it says so (`recorded` false, `recommendation` unknown),
 * so that its absence cannot be read as a recommendation. Free text of the record appears in `current-plan` only; `withheld` holds nothing
 * of the record but the codes and dates of the sharing decisions. At most MOST_BYTES: see CUTS.
 */
export const emergencyAnswer = (person: PersonRecord, at: DeriveAt): EmergencyAnswer =>
  emergencyAnswerOf(readPerson(person), at)

/** `emergencyAnswer` of a record that has been read already. */
export const emergencyAnswerOf = (reading: Reading, at: DeriveAt): EmergencyAnswer => {
  if (reading.sharing.state === 'withheld') return answer('withheld', at, withheld(reading.sharing))
  if (reading.plans.length === 0) return fitting((limits) => answer('no-plan', at, noPlan(reading, at, limits)))
  return fitting((limits) => answer('current-plan', at, currentPlan(reading, at, limits)))
}

const answer = (
  outcome: EmergencyAnswer['outcome'],
  { now, sequence }: DeriveAt,
  more: ParametersParameter[],
): EmergencyAnswer => ({
  outcome,
  answer: {
    resourceType: 'Parameters',
    parameter: [
      { name: 'outcome', valueCode: outcome },
      { name: 'asOf', valueInstant: now.toISOString() },
      { name: 'sequence', valueUnsignedInt: sequence },
      ...more,
    ],
  },
})

/** Bytes a text (singular) and items a list (plural) may take up. */
type Limits = Readonly<
  Record<
    | 'words'
    | 'wishes'
    | 'note'
    | 'notes'
    | 'rationale'
    | 'condition'
    | 'recommendations'
    | 'refusal'
    | 'refusals'
    | 'identity'
    | 'identifiers'
    | 'contact'
    | 'contacts'
    | 'decision',
    number
  >
>

const UNLIMITED: Limits = {
  words: Infinity,
  wishes: Infinity,
  note: Infinity,
  notes: Infinity,
  rationale: Infinity,
  condition: Infinity,
  recommendations: Infinity,
  refusal: Infinity,
  refusals: Infinity,
  identity: Infinity,
  identifiers: Infinity,
  contact: Infinity,
  contacts: Infinity,
  decision: Infinity,
}

/**
 * What is cut where the answer would be too large, in this order, no further than needed: the person's words and notes (who said it, capacity,
 * places), reasons, conditions and refusals, then how many of each. Each cut is marked and the summary has the whole. CPR, overall focus and
 * contacts (`decision`, `contact`) come last: no other text, however long, cuts into them; only their own length can.
 */
const CUTS: readonly (readonly [keyof Limits, number])[] = [
  ['words', 1000],
  ['note', 500],
  ['rationale', 500],
  ['words', 400],
  ['note', 150],
  ['rationale', 200],
  ['wishes', 12],
  ['condition', 500],
  ['refusal', 600],
  ['words', 200],
  ['notes', 4],
  ['wishes', 6],
  ['rationale', 100],
  ['condition', 200],
  ['refusal', 200],
  ['words', 120],
  ['note', 70],
  ['wishes', 3],
  ['notes', 2],
  ['refusals', 4],
  ['recommendations', 10],
  ['identity', 200],
  ['identifiers', 3],
  ['recommendations', 6],
  ['refusals', 2],
  ['contacts', 12],
  ['contact', 150],
  ['decision', 1500],
  ['contacts', 6],
  ['contact', 80],
  ['decision', 500],
]

/** The answer with as few of CUTS as make it fit, found by halving: each cut makes the answer smaller. All of them make any answer fit. */
const fitting = (compose: (limits: Limits) => EmergencyAnswer): EmergencyAnswer => {
  const cut = (steps: number): EmergencyAnswer => compose({ ...UNLIMITED, ...Object.fromEntries(CUTS.slice(0, steps)) })
  const fits = ({ answer }: EmergencyAnswer): boolean => Buffer.byteLength(JSON.stringify(answer)) <= MOST_BYTES
  let best = cut(0)
  if (fits(best)) return best
  let tooFew = 0
  let enough = CUTS.length
  best = cut(enough)
  while (enough - tooFew > 1) {
    const steps = Math.floor((tooFew + enough) / 2)
    const candidate = cut(steps)
    if (fits(candidate)) {
      best = candidate
      enough = steps
    } else tooFew = steps
  }
  return best
}

type Part = ParametersParameter | undefined

const group = (name: string, parts: readonly Part[]): ParametersParameter => ({
  name,
  part: parts.filter((part) => part !== undefined),
})

const text = (name: string, value: string | undefined, most: number): Part =>
  value === undefined ? undefined : { name, valueString: cutText(value, most) }

/** Only a code that is known: any other is said in words beside it, or not at all. */
const code = <Code extends string>(name: string, value: Code | undefined, wording: Record<Code, string>): Part =>
  value === undefined || !Object.hasOwn(wording, value) ? undefined : { name, valueCode: value }

const flag = (name: string, value: boolean | undefined): Part =>
  value === undefined ? undefined : { name, valueBoolean: value }

const day = (name: string, value: string | undefined): Part =>
  value === undefined || shownDay(value) === undefined ? undefined : { name, valueDate: value.slice(0, 10) }

const moment = (name: string, value: string | undefined): Part =>
  value === undefined || shownDay(value) === undefined ? undefined : { name, valueDateTime: value }

/** As many items as may be shown, then one that says how many more there are. */
const several = <Item>(
  name: string,
  items: readonly Item[],
  most: number,
  parts: (item: Item) => readonly Part[],
): ParametersParameter[] => {
  const shown = items.slice(0, most).map((item) => group(name, parts(item)))
  return items.length <= most
    ? shown
    : [...shown, group(name, [{ name: 'more', valueString: moreText(items.length - most) }])]
}

const currentPlan = (reading: Reading, at: DeriveAt, limits: Limits): ParametersParameter[] => [
  identity(reading.identity, limits),
  cpr(reading.cpr, limits),
  ...focus(reading.focus, limits),
  ...several('refusal', reading.refusals, limits.refusals, (read) =>
    refusal(read, refusalForce(reading.jurisdiction), limits),
  ),
  ...several('recommendation', reading.interventions, limits.recommendations, (read) => recommendation(read, limits)),
  ...several('what-matters', reading.wishes, limits.wishes, (read) => wish(read, limits)),
  ...several('contact', reading.contacts, limits.contacts, (read) => contact(read, limits)),
  ...several('proxy', reading.proxies, Math.max(2, limits.contacts / 3), (read) => proxy(read, limits)),
  ...several('capacity', reading.capacity, limits.notes, (read) => capacity(read, limits)),
  ...involvement(reading, limits),
  ...several('preferred-place', reading.places, limits.notes, (read) => place(read, limits)),
  ...reading.plans.map((read) => plan(read, limits)),
  verify(at),
]

const identity = (read: ReadIdentity, { identity: most, identifiers }: Limits): ParametersParameter =>
  group('identity', [
    text('name', read.name, most),
    text('knownAs', read.knownAs, most),
    day('birthDate', read.birthDate),
    read.deceased ? { name: 'deceased', valueBoolean: true } : undefined,
    text('address', read.address, most),
    text('postcode', read.postcode, most),
    ...read.identifiers
      .slice(0, identifiers)
      .map(({ system, value }) => ({ name: 'identifier', valueIdentifier: { system, value: cutText(value, most) } })),
    text('language', read.languages.length === 0 ? undefined : listed(read.languages), most),
  ])

const cpr = (read: ReadRecommendation | undefined, { decision: most }: Limits): ParametersParameter => {
  if (read === undefined) {
    return group('cpr', [
      { name: 'recorded', valueBoolean: false },
      { name: 'recommendation', valueCode: 'unknown' },
      { name: 'display', valueString: NO_CPR_WORDING },
    ])
  }
  const { recommendation: decided } = read
  const finding = decided === 'recommended' || decided === 'not-recommended' ? CPR_FINDING[decided] : undefined
  return group('cpr', [
    { name: 'recorded', valueBoolean: true },
    { name: 'recommendation', valueCode: decided },
    finding === undefined ? undefined : { name: 'finding', valueCoding: { ...finding } },
    { name: 'display', valueString: CPR_WORDING[decided] },
    code('basis', read.basis, BASIS_WORDING),
    text('rationale', whyText(read), most),
    text('condition', read.condition, most),
    moment('decidedOn', read.decidedOn),
    text('decidedBy', read.decidedBy, most),
    text('discussion', read.discussion, most),
    day('reviewDate', read.reviewDate),
  ])
}

const focus = (read: ReadFocus | undefined, { decision: most }: Limits): ParametersParameter[] =>
  read?.focus === undefined
    ? []
    : [
        group('overall-focus', [
          code('focus', read.focus, FOCUS_WORDING),
          text('display', worded(FOCUS_WORDING, read.focus), most),
          text('text', read.focusText, most),
          moment('recordedOn', read.recordedOn),
        ]),
      ]

const refusal = (read: ReadRefusal, force: string, { refusal: most, note }: Limits): Part[] => [
  text('treatment', read.treatment, most),
  text('circumstances', read.circumstances, most),
  text('reason', read.reason, most),
  { name: 'force', valueString: force },
  moment('recordedOn', read.recordedOn),
  text('recordedBy', read.recordedBy, note),
]

const recommendation = (read: ReadRecommendation, { condition, rationale, note }: Limits): Part[] => {
  const known = INTERVENTIONS.find(({ name }) => name === read.intervention)
  return [
    known === undefined
      ? text('intervention', read.name, note)
      : { name: 'intervention', valueCoding: { system: known.system, code: known.code, display: known.display } },
    { name: 'recommendation', valueCode: read.recommendation },
    text('display', `${read.name}: ${RECOMMENDATION_WORDING[read.recommendation]}`, condition),
    code('basis', read.basis, BASIS_WORDING),
    text('condition', read.condition, condition),
    text('rationale', whyText(read), rationale),
    moment('decidedOn', read.decidedOn),
    text('decidedBy', read.decidedBy, note),
  ]
}

const wish = (read: ReadWish, { words, note }: Limits): Part[] => [
  code('kind', read.kind, KIND_WORDING),
  text('display', kindText(read.kind), note),
  text('words', read.words, words),
  read.words === undefined ? text('absent', absentText(read.absentReason), note) : undefined,
  text('saidBy', read.saidBy, note),
  moment('saidOn', read.saidOn),
]

/** No one is rung by more numbers than this. */
const MOST_PHONES = 3

const reachable = ({ name, relationship, phones }: ReadProxy['holders'][number], most: number): Part[] => [
  text('name', name, most),
  text('relationship', relationship, most),
  ...phones.slice(0, MOST_PHONES).map((phone) => text('phone', phone, most)),
]

const contact = (read: ReadContact, { contact: most }: Limits): Part[] => [
  read.primary ? { name: 'primary', valueBoolean: true } : undefined,
  ...reachable(read, most),
]

const proxy = (read: ReadProxy, { contact: most, contacts, note }: Limits): Part[] => [
  code('authority', read.authority, PROXY_WORDING),
  text('display', authorityText(read.authority), note),
  ...several('holder', read.holders, Math.max(2, contacts / 3), (holder) => reachable(holder, most)),
  flag('onlyWhenIncapable', read.onlyWhenIncapable),
  read.onlyWhenIncapable === undefined
    ? undefined
    : { name: 'when', valueString: incapableText(read.onlyWhenIncapable) },
  text('powers', read.powers, note),
  moment('recordedOn', read.recordedOn),
]

const capacity = (read: ReadCapacity, { note }: Limits): Part[] => [
  code('capacity', read.capacity, CAPACITY_WORDING),
  text('display', capacityText(read.capacity), note),
  text('reason', read.reason, note),
  moment('assessedOn', read.assessedOn),
  text('assessedBy', read.assessedBy, note),
]

const involvement = ({ involvement: read }: Reading, { note }: Limits): ParametersParameter[] =>
  read === undefined
    ? []
    : [
        group('involvement', [
          ...[...new Set(read.bases)].map((basis) => code('basis', basis, INVOLVEMENT_WORDING)),
          text('reason', read.reason, note),
        ]),
      ]

const place = (read: ReadPlace, { note }: Limits): Part[] => [
  { name: 'preference', valueCode: read.preference },
  { name: 'display', valueString: preferenceText(read.preference) },
  text('place', read.place, note),
  text('note', read.notes.length === 0 ? undefined : read.notes.join('\n'), note),
  moment('recordedOn', read.recordedOn),
]

const plan = (read: ReadPlan, { note }: Limits): ParametersParameter => {
  const signature = signaturesOf(read).at(-1)
  return group('plan', [
    { name: 'type', valueCode: read.type },
    { name: 'reference', valueReference: { reference: `CarePlan/${read.plan.id}` } },
    text('planId', read.planId, note),
    read.version === undefined ? undefined : { name: 'version', valuePositiveInt: read.version },
    moment('signedOn', signature?.on),
    text('signedBy', signature?.by, note),
    // Whether the review is overdue depends on the moment of reading, so the reader decides it from the date.
    day('reviewDate', read.reviewDate),
  ])
}

const verify = (at: DeriveAt): ParametersParameter => ({ name: 'verify', valueString: verifyText(at) })

const NO_PLAN =
  'The person is known here and no plan is in force. This says nothing about what they would want: infer nothing from it. ' +
  'If you are shown a copy of a plan, it is not in force here: ask the GP practice.'

const noPlan = (reading: Reading, { now }: DeriveAt, limits: Limits): ParametersParameter[] => [
  identity(reading.identity, limits),
  { name: 'lastConfirmed', valueInstant: now.toISOString() },
  { name: 'message', valueString: NO_PLAN },
]

const WITHHELD =
  'Nothing about this person may be shown here, and whether there is a plan is not said. This is a decision about sharing, not about treatment: ' +
  'infer nothing from it about what the person would want. Ask the person, those with them, or the GP practice.'

/** A person cannot make more decisions than this count in the answer: they are the latest. */
const MOST_DECISIONS = 3

const withheld = ({ decisions, policy }: ReadSharing): ParametersParameter[] => [
  ...(decisions.length === 0
    ? [group('sharing', [{ name: 'display', valueString: 'No agreement to sharing is recorded' }])]
    : decisions
        .slice(0, MOST_DECISIONS)
        .map(({ decision, recordedOn }) =>
          group('sharing', [
            code('decision', decision, SHARING_WORDING),
            { name: 'display', valueString: sharingText(decision) },
            moment('recordedOn', recordedOn),
          ]),
        )),
  { name: 'policy', valueString: policy },
  { name: 'message', valueString: WITHHELD },
]
