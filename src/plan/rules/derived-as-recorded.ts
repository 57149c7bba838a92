import type { Composition } from 'fhir/r4.js'
import type { Issue } from '../../fhir/outcome.ts'
import { type FhirResource, resourceKey } from '../../fhir/resource.ts'
import type { Derived } from '../derived.ts'
import { editionsOf, type PlanEdition, planEdition } from '../edition.ts'
import { allNamed, firstNamed, textNamed } from '../emergency/answer.ts'
import { ofType, type PersonRecord, planType } from '../person.ts'
import { sameContent } from '../same-content.ts'
import { type DerivedRule, mistake } from './rule.ts'

const inSummary = ({ summary }: Derived): FhirResource[] =>
  (summary?.entry ?? []).slice(1).flatMap(({ resource }) => (resource as FhirResource | undefined) ?? [])

/** What a document holds beside its Composition are the resources of the record, word for word, and none can change without it. */
const checkResources = (derived: Derived, person: PersonRecord): Issue[] => {
  const locked: ReadonlySet<string> = new Set([...derived.inForce, resourceKey(person.patient)])
  return inSummary(derived).flatMap((resource) => {
    const key = resourceKey(resource)
    const recorded = person.resources.get(key)
    if (recorded === undefined || (recorded !== resource && !sameContent(recorded, resource))) {
      return [mistake('INV-3', key, 'The summary holds a resource that is not as the record has it.')]
    }
    return locked.has(key)
      ? []
      : [mistake('INV-3', key, 'The summary holds a resource that could be changed without the summary.')]
  })
}

const named = ({ planId, version, digest }: PlanEdition): string => `${planId}|${version}|${digest}`

/** The editions on the Composition, by which paper is verified, are those of the plans in force. */
const checkEditions = ({ summary }: Derived, editions: readonly PlanEdition[]): Issue[] => {
  if (summary === undefined) return []
  const stated = editionsOf(summary.entry?.[0]?.resource as Composition).map(named)
  const recorded = editions.map(named)
  return stated.length === recorded.length && stated.every((edition) => recorded.includes(edition))
    ? []
    : [
        mistake(
          'INV-3',
          'Composition.extension',
          'The summary names other editions of plans than those that the record holds.',
        ),
      ]
}

/** The emergency answer names the plans by the same id and version. */
const checkNamed = ({ emergency }: Derived, editions: readonly PlanEdition[]): Issue[] =>
  allNamed(emergency.answer.parameter, 'plan').flatMap(({ part }) => {
    const planId = textNamed(part, 'planId')
    const version = firstNamed(part, 'version')?.valuePositiveInt
    // A plan without both has no edition that a reader could ask for; none comes into force so.
    if (planId === undefined || version === undefined) return []
    return editions.some((edition) => edition.planId === planId && edition.version === version)
      ? []
      : [
          mistake(
            'INV-3',
            "Parameters.parameter.where(name='plan')",
            'The emergency answer names another plan or version than the record holds.',
          ),
        ]
  })

/** INV-3. What recipients, crews and paper are given is what the record says: the same words, the same editions. */
export const derivedAsRecorded: DerivedRule = {
  key: 'INV-3',
  title: 'What is derived holds the record’s own resources, and names the editions that they are',
  severity: 'error',
  source: 'Domain reference 9.2; architecture, “authored once, derived everywhere”',
  check: (derived, person) => {
    const editions = ofType(person, 'CarePlan')
      .filter((plan) => plan.status === 'active' && planType(plan) !== undefined)
      .flatMap((plan) => planEdition(person, plan) ?? [])
    return [...checkResources(derived, person), ...checkEditions(derived, editions), ...checkNamed(derived, editions)]
  },
}
