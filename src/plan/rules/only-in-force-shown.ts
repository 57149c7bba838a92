import type { Bundle } from 'fhir/r4.js'
import type { Issue } from '../../fhir/outcome.ts'
import { type FhirResource, type ResourceKey, resourceKey } from '../../fhir/resource.ts'
import { SYSTEM } from '../codes.ts'
import type { Derived } from '../derived.ts'
import { allNamed, firstNamed } from '../emergency/answer.ts'
import { ofType, type PersonRecord, planType } from '../person.ts'
import { type DerivedRule, mistake } from './rule.ts'

const finding = (expression: string, text: string): Issue => mistake('INV-5', expression, text)

const shownAs = (bundle: Bundle | undefined): string | undefined =>
  bundle?.meta?.tag?.find(({ system }) => system === SYSTEM.summaryState)?.code

/** The plans that an output names, by what is in the document and by the references in the answer. */
const plansIn = (summary: Bundle | undefined): string[] =>
  (summary?.entry ?? []).flatMap(({ resource }) =>
    resource?.resourceType === 'CarePlan' ? [resourceKey(resource as FhirResource)] : [],
  )

const plansNamed = ({ answer }: Derived['emergency']): string[] =>
  allNamed(answer.parameter, 'plan').flatMap(
    ({ part }) => firstNamed(part, 'reference')?.valueReference?.reference ?? 'nothing',
  )

const same = (shown: readonly string[], active: readonly ResourceKey[]): boolean =>
  shown.length === active.length && active.every((key) => shown.includes(key))

const checkTombstone = ({ tombstone }: Derived): Issue[] =>
  tombstone.entry?.length === 1 && shownAs(tombstone) === 'withdrawn'
    ? []
    : [finding('Bundle.entry', 'The tombstone, which says that a summary is withdrawn, holds something besides.')]

/** Where nothing is in force, nothing is shown as current; where something is, that is not passed over. */
const checkStates = (
  { summary, summaryState, emergency, sharing }: Derived,
  active: readonly ResourceKey[],
): Issue[] => {
  const isInForce = active.length > 0
  const isOpen = isInForce && sharing === 'permitted'
  return [
    ...((summary !== undefined) === isInForce && (summary === undefined || shownAs(summary) === 'current')
      ? []
      : [finding('Bundle', 'There is a summary, and no plan in force, or the other way round.')]),
    ...((summaryState === 'current') === isOpen
      ? []
      : [finding('Bundle.meta.tag', 'Recipients would hold as current what is not in force, or not what is.')]),
    ...((emergency.outcome === 'current-plan') === isOpen
      ? []
      : [
          finding(
            "Parameters.parameter.where(name='outcome')",
            'The emergency answer says that there is a plan in force where there is none, or the other way round.',
          ),
        ]),
  ]
}

/** INV-5. A plan that has ended is not shown as current anywhere, and one that is in force is not passed over as "no plan". */
export const onlyInForceShown: DerivedRule = {
  key: 'INV-5',
  title: 'What is derived shows the plans in force, all of them and no other',
  severity: 'error',
  source: 'Domain reference 9.2; hazards H-02 and H-03',
  check: (derived, person: PersonRecord) => {
    const active = ofType(person, 'CarePlan')
      .filter((plan) => plan.status === 'active' && planType(plan) !== undefined)
      .map(resourceKey)
    return [
      ...checkStates(derived, active),
      ...(derived.summary === undefined || same(plansIn(derived.summary), active)
        ? []
        : [finding('Bundle.entry', 'The summary is made from other plans than those in force.')]),
      ...(derived.emergency.outcome !== 'current-plan' || same(plansNamed(derived.emergency), active)
        ? []
        : [
            finding(
              "Parameters.parameter.where(name='plan')",
              'The emergency answer names other plans than those in force.',
            ),
          ]),
      ...checkTombstone(derived),
    ]
  },
}
