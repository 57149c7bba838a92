import type { RequestContext } from '../context.ts'
import { Problem } from '../fhir/outcome.ts'
import { checkDemographics } from '../plan/demographics.ts'
import { ambiguous, notFound } from '../plan/emergency/no-answer.ts'
import { checkPersonIdentifier } from '../plan/identifiers.ts'
import type { Store } from '../store/store.ts'
import { agent } from './audit.ts'
import { requireScope } from './permission.ts'
import type { EmergencyOutcome, EmergencyQuestion } from './types.ts'

/** The emergency answer (model.md section 5): one look-up of what was rendered when the plan changed, audited in the same statement. */
export const emergency = async (
  store: Store,
  cx: RequestContext,
  asked: EmergencyQuestion,
): Promise<{ outcome: EmergencyOutcome; body: string }> => {
  requireScope(cx, 'Patient', 'r')
  requireScope(cx, 'CarePlan', 'r')
  requireScope(cx, 'Consent', 'r')
  const audit = { ...agent(cx), interaction: '$emergency-view' }
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

const throwAny = (issues: ConstructorParameters<typeof Problem>[1]): void => {
  if (issues.length > 0) throw new Problem('bad-request', issues)
}
