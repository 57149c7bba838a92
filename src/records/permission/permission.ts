import { lookUpOf } from '../../access/conditions.ts'
import { type Decision, type Denial, decide, decideSearch, type Permit } from '../../access/decide.ts'
import { type Facts, RECORDED } from '../../access/facts.ts'
import { type Reach, reachOf, type ScopeContext, type ScopeLetter } from '../../access/scopes.ts'
import type { Caller, RequestContext } from '../../context.ts'
import { type Problem, problem } from '../../fhir/outcome.ts'
import type { Store } from '../../store/store.ts'

/** How far the caller's scopes reach for this interaction with this type. The service's own work needs none. */
export const reach = ({ caller }: RequestContext, type: string, interaction: ScopeLetter): Reach =>
  caller.kind === 'internal' ? 'all' : reachOf(caller.scopes, type, interaction)

/** Whether the caller's scopes reach this interaction with every resource of this type. */
export const hasScope = (cx: RequestContext, type: string, interaction: ScopeLetter): boolean =>
  reach(cx, type, interaction) === 'all'

/** Throws `forbidden` where the caller's scopes do not reach this interaction with every resource of this type. */
export const requireScope = (cx: RequestContext, type: string, interaction: ScopeLetter): void => {
  const far = reach(cx, type, interaction)
  if (far !== 'all') throw scopeMissing(cx, type, interaction, far === 'none' ? '' : ', without a query part')
}

export const scopeMissing = (
  { caller }: RequestContext,
  type: string,
  interaction: ScopeLetter,
  how: string,
): Problem =>
  problem(
    'forbidden',
    'scope-missing',
    `The token has no scope for this: ${scopeContextOf(caller)}/${type}.${interaction} is needed${how}.`,
  )

/** What the scopes of this caller begin with; of a person at an app that was let in for one patient, `patient`. */
const scopeContextOf = (caller: Caller): ScopeContext => {
  if (caller.kind !== 'person') return 'system'
  return caller.scopes.some((scope) => scope.startsWith('patient/')) ? 'patient' : 'user'
}

/** What a refusal was about, for the audit: it travels as the cause of the Problem (`records.ts` writes the row). */
export type Refused = Readonly<{ patient: string | undefined; entities: readonly string[]; denied?: string }>

/**
 * A record that is about to be shown or changed: a row, or a person of whom something is said (`about`). What is missing of a person's facts is
 * taken for withheld.
 */
export type Subject = Readonly<{ type: string; id: string; patient: string | null; isPerson?: boolean }> &
  Partial<
    Readonly<{ sharing: 'permitted' | 'withheld' | null; custodian: string | null } & Pick<Facts, 'label' | 'author'>>
  >

/** The person with these facts, as far as something of `type` is said of them: `CarePlan` for what is made of all that is in force. */
export const about = (
  id: string,
  person: Readonly<{ sharing: 'permitted' | 'withheld'; custodian: string }>,
  type = 'Patient',
): Subject => ({ type, id, patient: id, isPerson: true, sharing: person.sharing, custodian: person.custodian })

/** Leave to search: what the caller may see, and what its scopes for this interaction reach. */
export const permitOf = (cx: RequestContext, letter: ScopeLetter | undefined): Permit =>
  decideSearch(asking(cx, 'read'), letter)

/** How a request is asked, as the decision takes it. */
export const asking = ({ caller, purpose, now, breakGlass }: RequestContext, act: 'read' | 'change') => ({
  actor: caller,
  purpose,
  now,
  breakGlass,
  act,
})

/**
 * What is decided of rows of a type that are not marked, before it is known whose they are: of nobody's, of a person whom the caller's
 * organisation registered, of one whose record is shared, and of others. Nothing of a person's role, which depends on who the row is about.
 */
export type Sees = Readonly<{ nobodys: boolean; own: boolean; shared: boolean; withheld: boolean }>

/** For each read of a resource: it follows from the caller, the purpose and the type alone, so it is kept for as long as the caller is. */
export const seesOf = (cx: RequestContext, type: string): Sees => {
  const known = seen.get(cx.caller) ?? new Map<string, Sees>()
  seen.set(cx.caller, known)
  const key = `${cx.purpose} ${type}`
  const found = known.get(key)
  if (found !== undefined) return found
  const made = sees(cx, type)
  known.set(key, made)
  return made
}

const seen = new WeakMap<RequestContext['caller'], Map<string, Sees>>()

const sees = (cx: RequestContext, type: string): Sees => {
  const may = (patient: string | null, sharing: 'permitted' | 'withheld', custodian: string | null): boolean =>
    cx.caller.kind !== 'person' &&
    decide({
      ...asking(cx, 'read'),
      record: { type, patient, sharing, custodian, label: null, author: null, recorded: [], hidden: false },
    }).permitted
  const own = cx.caller.kind === 'system' ? cx.caller.organization : null
  return {
    nobodys: may(null, 'withheld', null),
    own: may('', 'withheld', own),
    shared: may('', 'permitted', null),
    withheld: may('', 'withheld', null),
  }
}

/** What is decided of each of these. One look-up at most, and that only where the policy of a person's role asks what they are to another. */
export const decideAll = async (
  store: Store,
  cx: RequestContext,
  subjects: readonly Subject[],
  act: 'read' | 'change' = 'read',
): Promise<readonly Decision[]> => {
  const how = asking(cx, act)
  const asked = lookUpOf(how)
  const ofPersons = subjects.filter((one): one is Subject & { patient: string } => one.patient !== null)
  const found =
    asked === undefined || ofPersons.length === 0
      ? []
      : await store.known(
          ofPersons.map((one) => ({ ...one, isWhole: one.isPerson === true && one.type !== 'Patient' })),
          asked,
        )
  const known = new Map(ofPersons.map((one, index) => [one as Subject, found[index]]))
  return subjects.map((subject) => {
    const { type, patient, sharing, custodian, label, author } = subject
    return decide({
      record: {
        type,
        patient,
        sharing: sharing ?? 'withheld',
        custodian: custodian ?? null,
        label: label ?? null,
        author: author ?? null,
        recorded: known.get(subject)?.recorded ?? [],
        // Of what is nobody's nobody hides anything.
        hidden: patient !== null && (known.get(subject)?.hidden ?? true),
      },
      ...how,
    })
  })
}

/** Throws where the caller may not see, or change, one of these: `forbidden`, or `not-found` where that it is there is not said. */
export const requireAll = async <One extends Subject>(
  store: Store,
  cx: RequestContext,
  subjects: readonly One[],
  {
    act = 'read',
    refused = refusal,
  }: { act?: 'read' | 'change'; refused?: (denial: Denial, subject: One) => unknown } = {},
): Promise<void> => {
  const decisions = await decideAll(store, cx, subjects, act)
  for (const [index, decision] of decisions.entries()) {
    if (!decision.permitted) throw refused(decision, subjects[index] as One)
  }
}

/**
 * Throws, before anything is looked up, where the caller would be refused of whoever it is: by role, purpose and session. So that somebody is
 * registered makes no difference to the answer.
 */
export const requireOfAnybody = (cx: RequestContext, patient: string): void => {
  const custodian = cx.caller.kind === 'internal' ? null : cx.caller.organization
  const record = { type: 'Patient', patient, sharing: 'permitted', custodian, label: null, author: null } as const
  const decision = decide({ ...asking(cx, 'read'), record: { ...record, recorded: RECORDED, hidden: false } })
  if (!decision.permitted) throw refusal(decision, { type: 'Patient', id: patient, patient, isPerson: true })
}

/** True where the caller may see it. */
export const maySee = async (store: Store, cx: RequestContext, subject: Subject): Promise<boolean> =>
  (await decideAll(store, cx, [subject]))[0]?.permitted === true

/** The answer to a denial. What is hidden is answered as what is not there, in the very words. */
export const refusal = (
  denial: Denial,
  { type, id, patient, isPerson = false }: Subject,
  entities: readonly string[] = [isPerson ? `Patient/${id}` : `${type}/${id}`],
): Problem => {
  const cause = { patient: patient ?? undefined, entities, denied: denial.reason } satisfies Refused
  if (denial.hidden && isPerson) return personUnknown(id, cause)
  if (denial.hidden) return problem('not-found', 'not-found', notHere(`${type}/${id}`), { cause })
  const [key, text] = TEXT[denial.reason] ?? OTHERWISE
  return problem('forbidden', key, denial.breakGlass ? `${text} ${GLASS}` : text, { cause })
}

/** The answer where a person is not registered, and where that they are is not said. */
export const personUnknown = (patient: string, cause?: unknown): Problem =>
  problem(
    'not-found',
    'not-found',
    `${notHere(`Patient/${patient}`)} This does not mean that there is no plan elsewhere.`,
    {
      cause,
    },
  )

export const notHere = (key: string): string => `There is no ${key} here.`

const OTHERWISE = ['not-permitted', 'The policy of this service does not let your role see this.'] as const
const GLASS = 'In an emergency you may break the glass, with a reason that others will read.'

/** By the code of the rule that denies (`access/rules.ts`): key and text of the answer. */
const TEXT: Readonly<Record<string, readonly [key: string, text: string]>> = {
  'sharing-withheld': [
    'sharing-withheld',
    'A decision not to share this record is recorded. It is not shown. This does not mean that there is no plan: ask the organisation that registered the person.',
  ],
  'withheld-from-role': [
    'withheld-from-role',
    'This is withheld from your role. This does not mean that nothing is recorded: infer nothing from it.',
  ],
  'kept-by-systems': [
    'kept-by-systems',
    'People do not change this: which organisations and staff there are, and which documents came in, is kept by systems. Ask whoever runs the system of your organisation.',
  ],
  'kept-by-clinicians': [
    'kept-by-clinicians',
    'Your role does not change this. Who somebody is (Patient), address and telephone too, is changed by those who see the whole record, as the GP practice, a hospital or a crew. At a portal people write what matters to them (Goal, QuestionnaireResponse to what-matters-to-me), and the person themself also who sees their record (Consent: sharing-decision, portal-restriction). All else is kept by those who treat them: ask the GP practice.',
  ],
  'hidden-by-person': [
    'hidden-by-person',
    'The person has decided that what their plan says about resuscitation is not shown here, so this is withheld from you: it tells of it, or may. Crews and clinicians see it. $key-information-summary gives the other parts. Who hid it from themself ends that by Consent/$end-portal-restriction; else ask the GP practice.',
  ],
  'no-relationship': [
    'no-relationship',
    'Nothing on record connects you or your organisation with this person. This does not mean that there is no plan: ask the organisation that registered the person.',
  ],
}
