import type { Parameters } from 'fhir/r4.js'
import type { RequestContext } from '../context.ts'
import { Problem } from '../fhir/outcome.ts'
import { checkPersonIdentifier } from '../plan/identifiers.ts'
import type { Store } from '../store/store.ts'
import { agent } from './audit.ts'
import { requireScope } from './permission.ts'
import type { EmergencyOutcome } from './types.ts'

/** The answer where no person with this identifier is registered: never to be read as "no plan". */
const notFound = (now: Date): string =>
  JSON.stringify({
    resourceType: 'Parameters',
    parameter: [
      { name: 'outcome', valueCode: 'not-found' },
      { name: 'asOf', valueInstant: now.toISOString() },
      {
        name: 'message',
        valueString:
          'No person with this identifier is registered here. This does not mean that there is no plan: check the identifier, and ask the GP practice or look for a paper copy.',
      },
    ],
  } satisfies Parameters)

/** The emergency answer (model.md section 5): one look-up of what was rendered when the plan changed, audited in the same statement. */
export const emergency = async (
  store: Store,
  cx: RequestContext,
  { system, value }: { system: string; value: string },
): Promise<{ outcome: EmergencyOutcome; body: string }> => {
  requireScope(cx, 'Patient', 'r')
  requireScope(cx, 'CarePlan', 'r')
  requireScope(cx, 'Consent', 'r')
  // A number that cannot be right is a slip of the hand: saying so is safer than "not found".
  const issues = checkPersonIdentifier({ system, value }, 'Parameters.parameter[0].valueIdentifier')
  if (issues.length > 0) throw new Problem('bad-request', issues)
  const found = await store.emergency({ system, value, audit: { ...agent(cx), interaction: '$emergency-view' } })
  return found === undefined
    ? { outcome: 'not-found', body: notFound(cx.now) }
    : { outcome: found.outcome, body: found.answer }
}
