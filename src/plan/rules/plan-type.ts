import type { CarePlan } from 'fhir/r4.js'
import { type Issue, issue } from '../../fhir/outcome.ts'
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

/** A proposal, an order or an option is no plan that was agreed. What has ended may end as whatever it was. */
const checkIntent = (plan: CarePlan): Issue[] =>
  plan.intent === 'plan' || (plan.status !== 'active' && plan.status !== 'draft')
    ? []
    : [
        issue(
          'plan-type',
          at(plan, 'intent'),
          `The intent of a plan is plan, and this one is ${plan.intent}. Give plan, or leave a mere proposal out.`,
          { code: 'code-invalid' },
        ),
      ]

/** Which rules a plan must keep depends on its type, so a plan of none, or of both, would escape them. */
export const planTypeKnown: RecordRule = {
  key: 'plan-type',
  title: 'A plan is of exactly one type, and its intent is plan',
  severity: 'error',
  source: 'Domain model section 1',
  check: (after, { before }) =>
    ofType(after, 'CarePlan').flatMap((plan) => {
      const earlier = before?.resources.get(resourceKey(plan))
      if (earlier !== undefined && sameContent(earlier, plan)) return []
      const codes = codesOf(plan)
      const intent = checkIntent(plan)
      if (codes.length === 1 && TYPES.includes(codes[0] ?? '')) return intent
      return [
        ...intent,
        issue(
          'plan-type',
          at(plan, 'category'),
          `A plan has exactly one type: a category with system ${SYSTEM.planType} and code ${TYPES.join(' or ')}.`,
          { code: 'code-invalid' },
        ),
      ]
    }),
}
