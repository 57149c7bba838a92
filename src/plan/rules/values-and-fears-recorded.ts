import type { Goal } from 'fhir/r4.js'
import { issue } from '../../fhir/outcome.ts'
import { EXTENSION, SYSTEM, type WhatMattersKind } from '../codes.ts'
import { at } from '../expression.ts'
import { codeIn, contentOf, extension, ofType, type PersonRecord } from '../person.ts'
import { isBlank } from './content.ts'
import { BOTH, type PlanRule } from './rule.ts'

const KINDS: readonly (readonly [WhatMattersKind, string])[] = [
  ['value', 'what the person most values'],
  ['fear', 'what the person fears or wishes to avoid'],
]

const goalsOf = (person: PersonRecord): Goal[] =>
  ofType(person, 'CarePlan')
    .filter((plan) => plan.status === 'active')
    .flatMap((plan) => contentOf(person, plan))
    .filter((resource) => resource.resourceType === 'Goal')

/** In the person's words, or with the reason why there are none: on the description, or on its text. */
const says = (goal: Goal): boolean => {
  const description = goal.description
  return (
    !isBlank(description?.text) ||
    extension(description, EXTENSION.dataAbsentReason) !== undefined ||
    extension(description?._text, EXTENSION.dataAbsentReason) !== undefined
  )
}

/** RSP-11 (ReSPECT section 3). An emergency plan may leave them to the person's own plan. */
export const valuesAndFearsRecorded: PlanRule = {
  key: 'RSP-11',
  title: 'Values and fears are recorded, or why they are not',
  severity: 'warning',
  source: 'ReSPECT v3 section 3',
  plans: BOTH,
  check: (plan, person) => {
    const goals = goalsOf(person)
    return KINDS.flatMap(([kind, meaning]) => {
      const ofKind = goals.filter((goal) =>
        goal.category?.some((category) => codeIn(category, SYSTEM.whatMatters) === kind),
      )
      if (ofKind.some(says)) return []
      return [
        issue(
          'RSP-11',
          at(plan, 'goal'),
          `Nothing says ${meaning}. Add a Goal of category ${kind} in the person's words, or with a data-absent-reason on its description.`,
          { severity: 'warning' },
        ),
      ]
    })
  },
}
