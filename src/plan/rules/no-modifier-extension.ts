import { type Issue, issue } from '../../fhir/outcome.ts'
import { type FhirResource, parseReference, type Resource, type ResourceKey, resourceKey } from '../../fhir/resource.ts'
import { at } from '../expression.ts'
import { membersOf } from '../members.ts'
import { ofType, type PersonRecord } from '../person.ts'
import type { RecordRule } from './rule.ts'

/** The elements by which a sender can give what they send another meaning, and what to do about each. */
const UNKNOWN: Readonly<Record<string, string>> = {
  modifierExtension:
    'A modifier extension can turn what an element says into its opposite, and KeyPlan knows none. Leave it out and record what is meant in the elements of the profile.',
  implicitRules:
    'Implicit rules can give every element another meaning, and KeyPlan knows none. Leave them out and record what is meant in the elements of the profile.',
}

/** Where a resource holds what can give it another meaning that KeyPlan does not know. */
export const unknownModifiers = (resource: Resource): Issue[] => {
  const issues: Issue[] = []
  const visit = (value: unknown, path: string): void => {
    if (Array.isArray(value)) {
      value.forEach((item, index) => {
        visit(item, `${path}[${index}]`)
      })
    } else if (typeof value === 'object' && value !== null) {
      for (const [name, child] of Object.entries(value)) {
        const here = path === '' ? name : `${path}.${name}`
        const text = UNKNOWN[name]
        if (text === undefined) visit(child, here)
        else issues.push(issue('modifier-unknown', at(resource, here), text, { code: 'extension' }))
      }
    }
  }
  visit(resource, '')
  return issues
}

/** All by which a plan is read: itself, its members, the Provenances about it. */
const readWith = (person: PersonRecord): ReadonlySet<ResourceKey> => {
  const plans = ofType(person, 'CarePlan').filter(({ status }) => status === 'active')
  const keys = new Set(plans.map(resourceKey))
  const about = ofType(person, 'Provenance').filter(({ target }) =>
    target.some(({ reference }) => keys.has(parseReference(reference)?.key ?? '/')),
  )
  return new Set([...keys, ...plans.flatMap((plan) => [...membersOf(person, plan).keys()]), ...about.map(resourceKey)])
}

/** Where a resource that is no longer, or was not yet, part of an active plan had one already, nothing is added to it by this change. */
const isOld = ({ expression, text }: Issue, earlier: FhirResource | undefined): boolean =>
  earlier !== undefined &&
  unknownModifiers(earlier).some((found) => found.expression === expression && found.text === text)

/** FHIR R4, extensibility: whoever does not understand a modifier extension, or implicit rules, must not process what they are about. */
export const noModifierExtension: RecordRule = {
  key: 'modifier-unknown',
  title: 'No modifier extension and no implicit rules stand in anything that a person’s plans are read with',
  severity: 'error',
  source: 'FHIR R4 extensibility, modifierExtension; Resource.implicitRules',
  check: (after, { before }) => {
    const [read, readBefore] = [readWith(after), before === undefined ? new Set<ResourceKey>() : readWith(before)]
    return [...after.resources].flatMap(([key, resource]) => {
      const comesIntoForce = read.has(key) && !readBefore.has(key)
      const issues = unknownModifiers(resource)
      return comesIntoForce ? issues : issues.filter((found) => !isOld(found, before?.resources.get(key)))
    })
  },
}
