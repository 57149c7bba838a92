import type { CarePlan } from 'fhir/r4.js'
import { issue } from '../../fhir/outcome.ts'
import { resourceKey } from '../../fhir/resource.ts'
import { SYSTEM } from '../codes.ts'
import { at } from '../expression.ts'
import { ofType } from '../person.ts'
import { sameContent } from '../same-content.ts'
import type { RecordRule } from './rule.ts'

const TYPES = ['what-matters', 'emergency-care']

const codesOf = (plan: CarePlan): (string | undefined)[] =>
  plan.category
    ?.flatMap(({ coding }) => coding ?? [])
    .filter(({ system }) => system === SYSTEM.planType)
    .map(({ code }) => code) ?? []

/** Which rules a plan must keep depends on its type, so a plan of none, or of both, would escape them. */
export const planTypeKnown: RecordRule = {
  key: 'plan-type',
  title: 'A plan is of exactly one type',
  severity: 'error',
  source: 'Domain model section 1',
  check: (after, { before }) =>
    ofType(after, 'CarePlan').flatMap((plan) => {
      const earlier = before?.resources.get(resourceKey(plan))
      if (earlier !== undefined && sameContent(earlier, plan)) return []
      const codes = codesOf(plan)
      if (codes.length === 1 && TYPES.includes(codes[0] ?? '')) return []
      return [
        issue(
          'plan-type',
          at(plan, 'category'),
          `A plan has exactly one type: a category with system ${SYSTEM.planType} and code ${TYPES.join(' or ')}.`,
          { code: 'code-invalid' },
        ),
      ]
    }),
}
