/** What is known of a record when it is decided about. */

/**
 * What can be on record of the caller and a person. `custodian` (their organisation registered the person) and `self` need no look-up; the others
 * do (`search/sql/recorded.ts`): the person's general practice, an active care team with their organisation in it, a recipient that serves the
 * person, a proxy whose power is in force.
 */
export const RECORDED = ['general-practitioner', 'care-team', 'recipient', 'proxy'] as const
export type Recorded = (typeof RECORDED)[number]
export type Relationship = 'self' | 'custodian' | Recorded

/**
 * A record, with the person to whom it belongs. Where a person's facts cannot be read they are `withheld` and of no custodian, so that nobody
 * sees the record.
 */
export type Facts = Readonly<{
  /** Its type; `Patient` for what is said of a person, `CarePlan` for what is made of all that is in force. */
  type: string
  /** Id of the Patient; null for what is nobody's. */
  patient: string | null
  /** What the sharing decisions in force come to under the law that applies (`plan/sharing.ts`). */
  sharing: 'permitted' | 'withheld' | null
  /** ODS code of the organisation that registered the person, whom an objection to sharing does not shut out. */
  custodian: string | null
  /** Confidentiality above what is normal (HL7 v3 Confidentiality: R, V); null for normal. Others are not known, and so nobody's to see. */
  label: string | null
  /** Of a plan that is a draft: ODS code of the organisation that wrote it, empty where that is not known; null for all else. */
  author: string | null
  /** What others have recorded of the caller and this person; looked up where the policy asks for it. */
  recorded: readonly Recorded[]
  /** The person hides from who asks what this tells; looked up where the policy asks for it. */
  hidden: boolean
  /** Keys of the sharing decisions that decided, where they are at hand. */
  consents?: readonly string[]
}>

/** What must hold of the facts. One form for one record (`holds`) and for rows (`search/visible.ts`), so that the two cannot disagree. */
export type Condition =
  | boolean
  | Readonly<{ all: readonly Condition[] }>
  | Readonly<{ any: readonly Condition[] }>
  | Readonly<{
      fact: 'patient' | 'type' | 'sharing' | 'custodian' | 'label' | 'author'
      in: readonly (string | null)[]
    }>
  | Readonly<{ fact: 'type'; notIn: readonly string[] }>
  | Readonly<{ recorded: readonly Recorded[]; by: Asker }>
  | NotHidden

/** The person does not hide from a reader what the record tells: what `telling`, a pattern, finds in it. */
export type NotHidden = Readonly<{ hidden: false; from: Portal; telling: string }>

/** Who reads the record of themself, or of the person for whom they speak. */
export type Portal = Readonly<{ role: 'patient' | 'proxy'; user: Readonly<{ system: string; value: string }> }>

/** Of whom it is recorded, and at which moment: of an organisation (ODS code), or of a person who acts for no organisation. */
export type Asker = Readonly<{
  organization: string
  user: Readonly<{ system: string; value: string }> | undefined
  now: Date
}>

/** Whether a condition holds of one record. */
export const holds = (condition: Condition, facts: Facts): boolean => {
  if (typeof condition === 'boolean') return condition
  if ('all' in condition) return condition.all.every((one) => holds(one, facts))
  if ('any' in condition) return condition.any.some((one) => holds(one, facts))
  if ('recorded' in condition) return condition.recorded.some((one) => facts.recorded.includes(one))
  if ('hidden' in condition) return facts.hidden === condition.hidden
  return 'notIn' in condition ? !condition.notIn.includes(facts.type) : condition.in.includes(facts[condition.fact])
}
