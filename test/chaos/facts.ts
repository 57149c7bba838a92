/** What a run leaves behind, for the checker. Types only. Times are milliseconds since 1970 by the clock of the one machine. */

export type State = 'current' | 'withdrawn'

/** Of two editions of a person's summary, the higher epoch, then the higher sequence is the newer. */
export type Edition = Readonly<{ epoch: number; sequence: number; state: State }>

/** A recipient came to hold a document, and shows it from then on. In the order of its log. */
export type Application = Edition &
  Readonly<{
    at: number
    patient: string
    /** Ids of the plans that the document is about, as its Composition names them; none in a tombstone. */
    plans: readonly string[]
  }>

/** What an author did to the plan of a person. The writes of one person come one after another. */
export type Write = Readonly<{
  patient: string
  kind: 'submit' | 'withdraw'
  /** The plan that came into force or was withdrawn; undefined for a submission that was never found to have happened. */
  plan: string | undefined
  /** Of a submission: the plan that it replaces. */
  replaces?: string
  sent: number
  /** When the author knew: by the answer, or, where that never came, by reading afterwards. */
  known: number
  /** `found`: no answer came, and reading afterwards showed that it had happened. */
  outcome: 'acknowledged' | 'found' | 'did-not-happen'
}>

/** What KeyPlan said of who holds what of a person (`Patient/[id]/$sharing-status`), while nobody wrote about this person. */
export type Observation = Readonly<{
  patient: string
  asked: number
  answered: number
  recipients: readonly Readonly<{
    id: string
    /** False: among those that have not acknowledged. */
    inStep: boolean
    wanted: Readonly<{ state: State; sequence: number }>
    /** When KeyPlan recorded what the recipient has confirmed; undefined where that is nothing. */
    confirmed: Readonly<{ state: State; sequence: number; since: number }> | undefined
  }>[]
}>

/** What KeyPlan itself holds of a person at the end: every plan with its status. */
export type Stored = Readonly<{
  patient: string
  plans: readonly Readonly<{ id: string; status: string }>[]
}>

export type Facts = Readonly<{
  /** By recipient, in the order of its log. */
  applications: Readonly<Record<string, readonly Application[]>>
  /** In the order of each person. */
  writes: readonly Write[]
  observations: readonly Observation[]
  /** Empty where the end was not looked at. */
  stored: readonly Stored[]
  /** Whether the run ended with a quiet in which everything had time to come into step. */
  settled: boolean
}>
