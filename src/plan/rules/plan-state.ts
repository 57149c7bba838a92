import type { CarePlan } from 'fhir/r4.js'
import { type Issue, issue } from '../../fhir/outcome.ts'
import { parseReference, resourceKey } from '../../fhir/resource.ts'
import { EXTENSION, type StateReason, SYSTEM } from '../codes.ts'
import { at, atExtension } from '../expression.ts'
import { STATUS_BY_REASON } from '../lifecycle.ts'
import { codeIn, extension, ofType, type PersonRecord } from '../person.ts'
import { sameContent } from '../same-content.ts'
import { listOf, VALUE_SET } from '../value-sets.ts'
import type { RecordRule } from './rule.ts'

/** What may follow each state (model.md section 1); `none` is a plan that was not there before. A state that is not here is refused. */
const NEXT: Readonly<Record<string, readonly string[]>> = {
  none: ['draft', 'active'],
  draft: ['draft', 'active', 'revoked', 'entered-in-error'],
  active: ['active', 'revoked', 'completed', 'entered-in-error'],
  revoked: ['revoked'],
  completed: ['completed'],
  'entered-in-error': ['entered-in-error'],
}

const ENDED: readonly string[] = ['revoked', 'completed', 'entered-in-error']

const checkReason = (plan: CarePlan, after: PersonRecord): Issue[] => {
  const reason = extension(plan, EXTENSION.stateReason)
  const code = codeIn(reason?.valueCodeableConcept, SYSTEM.stateReason)
  if (!ENDED.includes(plan.status)) {
    return reason === undefined
      ? []
      : [
          issue(
            'plan-state',
            atExtension(plan, EXTENSION.stateReason),
            'Only a plan that has ended has a state reason. Leave it out.',
          ),
        ]
  }
  if (!VALUE_SET.stateReason.has(code ?? '') || STATUS_BY_REASON[code as StateReason] !== plan.status) {
    const fitting = [...VALUE_SET.stateReason].filter((known) => STATUS_BY_REASON[known as StateReason] === plan.status)
    return [
      issue(
        'plan-state',
        reason === undefined ? at(plan, 'extension') : atExtension(plan, EXTENSION.stateReason),
        `A plan that is ${plan.status} says why, in the extension ${EXTENSION.stateReason}, with one of: ${fitting.join(', ')}.`,
      ),
    ]
  }
  const replaced = ofType(after, 'CarePlan').some(
    (other) =>
      other.status === 'active' &&
      other.replaces?.some(({ reference }) => parseReference(reference)?.key === resourceKey(plan)),
  )
  return code === 'superseded' && !replaced
    ? [
        issue(
          'plan-state',
          atExtension(plan, EXTENSION.stateReason),
          'No active plan replaces this one, so it is not superseded. Submit the plan that replaces it, or give the reason withdrawn.',
        ),
      ]
    : []
}

export const planState: RecordRule = {
  key: 'plan-state',
  title: 'A plan goes from draft to active, and once to revoked, completed or entered-in-error, with the reason',
  severity: 'error',
  source: 'Domain model section 1',
  check: (after, { before }) =>
    ofType(after, 'CarePlan').flatMap((plan) => {
      const earlier = before?.resources.get(resourceKey(plan)) as CarePlan | undefined
      if (earlier !== undefined && sameContent(earlier, plan)) return []
      const allowed = NEXT[earlier?.status ?? 'none'] ?? []
      if (!allowed.includes(plan.status)) {
        return [
          issue(
            'plan-state',
            at(plan, 'status'),
            earlier === undefined
              ? `A new plan is a draft or active, not ${plan.status}.`
              : `A plan that is ${earlier.status} cannot become ${plan.status}. It may become: ${allowed.filter((status) => status !== earlier.status).join(', ') || 'nothing else; it stays as it ended'}. Known states are ${listOf(new Set(Object.keys(NEXT).slice(1)))}.`,
          ),
        ]
      }
      return checkReason(plan, after)
    }),
}
