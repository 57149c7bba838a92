import type { RequestContext } from '../../context.ts'
import { Problem, problem } from '../../fhir/outcome.ts'
import { checkDemographics } from '../../plan/demographics.ts'
import { ambiguous, notFound } from '../../plan/emergency/no-answer.ts'
import { checkPersonIdentifier } from '../../plan/identifiers.ts'
import type { Store } from '../../store/store.ts'
import { act, auditEntry } from '../audit/audit.ts'
import { about, decideAll, type Refused, refusal, requireScope, type Subject } from '../permission/permission.ts'
import type { EmergencyOutcome, EmergencyQuestion } from '../types.ts'

/** The emergency answer (model.md section 5): one look-up of what was rendered when the plan changed, audited in the same statement. */
export const emergency = async (
  store: Store,
  cx: RequestContext,
  asked: EmergencyQuestion,
): Promise<{ outcome: EmergencyOutcome; body: string }> => {
  requireScope(cx, 'Patient', 'r')
  requireScope(cx, 'CarePlan', 'r')
  requireScope(cx, 'Consent', 'r')
  if (!(await isForCaller(store, cx, asked))) {
    const manner = 'identifier' in asked ? 'identifier' : 'demographics'
    return { outcome: 'not-found', body: JSON.stringify(notFound(manner, cx.now)) }
  }
  const audit = act(cx, '$emergency-view')
  // What cannot be right is a slip of the hand: saying so is safer than "not found".
  if ('identifier' in asked) {
    throwAny(checkPersonIdentifier(asked.identifier, 'Parameters.parameter[0].valueIdentifier'))
    const found = await store.emergency({ ...asked.identifier, audit })
    return found === undefined
      ? { outcome: 'not-found', body: JSON.stringify(notFound('identifier', cx.now)) }
      : { outcome: found.outcome, body: found.answer }
  }
  throwAny(checkDemographics(asked.demographics))
  const found = await store.emergencyByDemographics({ ...asked.demographics, audit })
  if (found === undefined) return { outcome: 'not-found', body: JSON.stringify(notFound('demographics', cx.now)) }
  if (found === 'ambiguous') return { outcome: 'ambiguous', body: JSON.stringify(ambiguous(cx.now)) }
  return { outcome: found.outcome, body: found.answer }
}

/**
 * Whether the policy lets this caller have an emergency answer: one that is for those who treat the person. Of a system that hangs on its role
 * alone: that sharing is withheld is an answer by itself. Of a person it can hang on what they are to whom they ask for. Throws `forbidden`; false
 * where that the person is registered is not said, which is on record as a denial.
 */
const isForCaller = async (store: Store, cx: RequestContext, asked: EmergencyQuestion): Promise<boolean> => {
  const subjects = await whomAsked(store, cx, asked)
  const decisions = await decideAll(store, cx, subjects)
  const index = decisions.findIndex(({ permitted }) => !permitted)
  const [denial, subject] = [decisions[index], subjects[index]]
  if (denial === undefined || denial.permitted || subject === undefined) return true
  if ('demographics' in asked && DEPENDS_ON_PERSON.includes(denial.reason)) throw identifierNeeded(denial.reason)
  if (!denial.hidden) throw refusal(denial, subject)
  const { patient } = subject
  await store.audit([
    auditEntry(cx, '$emergency-view', 'deny', [`Patient/${patient}`], { patient, reason: denial.reason }),
  ])
  return false
}

/** Reasons to deny that hold of some persons and not of others: of nobody in particular nothing can be said. */
const DEPENDS_ON_PERSON: readonly string[] = ['no-relationship', 'session-of-another']

const identifierNeeded = (denied: string): Problem =>
  problem(
    'forbidden',
    'identifier-needed',
    'Here you may see certain persons alone, so ask by identifier: by name and birth date it is not looked up whether this is one of them. This does not mean that there is no plan.',
    { expression: 'Parameters.parameter', cause: { patient: undefined, entities: [], denied } satisfies Refused },
  )

const whomAsked = async (store: Store, cx: RequestContext, asked: EmergencyQuestion): Promise<readonly Subject[]> => {
  const shared = { sharing: 'permitted', custodian: '' } as const
  if (cx.caller.kind !== 'person' || !('identifier' in asked)) return [about('', shared, 'CarePlan')]
  const { persons } = await store.before({ persons: [], identifiers: [asked.identifier], keys: [], targets: [] })
  return persons.map(({ id, custodian }) => about(id, { ...shared, custodian }, 'CarePlan'))
}

const throwAny = (issues: ConstructorParameters<typeof Problem>[1]): void => {
  if (issues.length > 0) throw new Problem('bad-request', issues)
}
