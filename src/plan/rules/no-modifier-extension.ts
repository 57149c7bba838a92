import { type Issue, issue } from '../../fhir/outcome.ts'
import type { Resource } from '../../fhir/resource.ts'
import { at } from '../expression.ts'
import { contentOf } from '../person.ts'
import { BOTH, type PlanRule } from './rule.ts'

const find = (resource: Resource): Issue[] => {
  const issues: Issue[] = []
  const visit = (value: unknown, path: string): void => {
    if (Array.isArray(value)) {
      value.forEach((item, index) => {
        visit(item, `${path}[${index}]`)
      })
    } else if (typeof value === 'object' && value !== null) {
      for (const [name, child] of Object.entries(value)) {
        const here = path === '' ? name : `${path}.${name}`
        if (name !== 'modifierExtension') visit(child, here)
        else {
          issues.push(
            issue(
              'modifier-unknown',
              at(resource, here),
              'A modifier extension can turn what an element says into its opposite, and KeyPlan knows none. Leave it out and record what is meant in the elements of the profile.',
              { code: 'extension' },
            ),
          )
        }
      }
    }
  }
  visit(resource, '')
  return issues
}

/** FHIR R4, extensibility: whoever does not understand a modifier extension must not process the element. */
export const noModifierExtension: PlanRule = {
  key: 'modifier-unknown',
  title: 'No modifier extension stands in a plan or its content',
  severity: 'error',
  source: 'FHIR R4 extensibility, modifierExtension',
  plans: BOTH,
  check: (plan, person) => [plan, ...contentOf(person, plan)].flatMap(find),
}
