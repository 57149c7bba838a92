import type { ParametersParameter } from 'fhir/r4.js'
import { CPR_FINDING, INTERVENTIONS } from '../codes.ts'
import type { DeriveAt, Jurisdiction } from '../derived.ts'
import { POLICY } from '../jurisdiction.ts'
import { capacityText, type ReadCapacity } from '../summary/capacity.ts'
import { authorityText, incapableText, type ReadContact, type ReadProxy } from '../summary/contacts.ts'
import type { ReadFocus } from '../summary/focus.ts'
import type { ReadItem } from '../summary/key-information.ts'
import { preferenceText, type ReadPlace } from '../summary/places.ts'
import { type ReadPlan, signaturesOf } from '../summary/plans.ts'
import type { Reading } from '../summary/reading.ts'
import { type ReadRecommendation, whyText } from '../summary/recommendations.ts'
import type { ReadRefusal } from '../summary/refusals.ts'
import { verifyText } from '../summary/sections.ts'
import { refusalForce } from '../summary/sharing.ts'
import { absentText, kindText, type ReadWish } from '../summary/wishes.ts'
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
  worded,
} from '../summary/wording.ts'
import { identity } from './identity.ts'
import type { Limits } from './limits.ts'
import { marks } from './marks.ts'
import { code, day, flag, group, moment, type Part, several, text } from './part.ts'

/** All parameters of a `current-plan` answer after its head, in the fixed order. */
export const currentPlan = (reading: Reading, at: DeriveAt, limits: Limits): ParametersParameter[] => [
  identity(reading.identity, limits),
  cpr(reading.cpr, limits),
  ...focus(reading.focus, limits),
  ...several('refusal', reading.refusals, limits.refusals, (read) => refusal(read, reading.jurisdiction, limits)),
  ...several('recommendation', reading.interventions, limits.recommendations, (read) => recommendation(read, limits)),
  ...several('what-matters', reading.wishes, limits.wishes, (read) => wish(read, limits)),
  ...several('contact', reading.contacts, limits.contacts, (read) => contact(read, limits)),
  ...several('proxy', reading.proxies, Math.max(2, limits.contacts / 3), (read) => proxy(read, limits)),
  ...several('medicine', medicinesOf(reading), limits.notes, (read) => medicine(read, limits)),
  ...several('capacity', reading.capacity, limits.notes, (read) => capacity(read, limits)),
  ...involvement(reading, limits),
  ...several('preferred-place', reading.places, limits.notes, (read) => place(read, limits)),
  ...marks(reading, at),
  ...reading.plans.map((read) => plan(read, limits)),
  verify(at),
]

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

const refusal = (read: ReadRefusal, jurisdiction: Jurisdiction, { refusal: most, note }: Limits): Part[] => [
  text('treatment', read.treatment, most),
  text('circumstances', read.circumstances, most),
  text('reason', read.reason, most),
  { name: 'legalForce', valueCode: POLICY[jurisdiction].refusal.force },
  { name: 'force', valueString: refusalForce(jurisdiction) },
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

/** What a crew can use, or must not give, tonight; the summary has the medicines of every day. */
const MEDICINES: readonly string[] = ['medicines-at-home', 'syringe-driver', 'allergies']

const medicinesOf = ({ keyInformation }: Reading): ReadItem[] =>
  MEDICINES.flatMap((kind) => keyInformation.medicines.filter(({ code: found }) => found === kind))

const medicine = (read: ReadItem, { note }: Limits): Part[] => [
  { name: 'kind', valueCode: read.code },
  text('display', read.label, note),
  text('text', read.value, note),
  text('note', read.notes.length === 0 ? undefined : read.notes.join('\n'), note),
  moment('recordedOn', read.recordedOn),
  text('recordedBy', read.recordedBy, note),
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
    day('reviewDate', read.reviewDate),
  ])
}

const verify = (at: DeriveAt): ParametersParameter => ({ name: 'verify', valueString: verifyText(at) })
