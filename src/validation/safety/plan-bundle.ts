import type { Consent, FhirResource } from 'fhir/r4.js'
import { type Issue, isError } from '../../fhir/outcome.ts'
import { consentIssues } from '../../plan/consent-category.ts'
import { prepareSubmission, type SubmissionEntry } from '../../plan/submission.ts'
import type { Engine } from '../engine.ts'
import type { Finding } from '../findings/finding.ts'
import { isNode, type Node } from '../invariants/invariant.ts'
import { expressionOf, type Spot } from '../spot.ts'
import { validateStructure } from '../validate.ts'

/** The profile whose resources are held to the safety rules of a plan. */
export const PLAN_BUNDLE = 'https://keyplan.example/fhir/StructureDefinition/plan-bundle'

const notChecked = (why: string): Finding => ({
  severity: 'warning',
  code: 'incomplete',
  key: 'safety-not-checked',
  text: `The safety rules of the plan were not checked: ${why}`,
  expression: 'Bundle',
})

const entriesOf = (bundle: Node): SubmissionEntry[] | undefined => {
  const entries: SubmissionEntry[] = []
  if (!Array.isArray(bundle['entry'])) return entries
  for (const entry of bundle['entry'] as readonly unknown[]) {
    const { fullUrl, resource } = isNode(entry) ? entry : {}
    if (!isNode(resource) || validateStructure(resource).some(isError)) return undefined
    entries.push({
      resource: resource as unknown as FhirResource,
      ...(typeof fullUrl === 'string' ? { fullUrl } : {}),
    })
  }
  return entries
}

/** Consents whose category is not known: which rules they fall under cannot be told, so these come before the rules. */
const uncategorised = (entries: readonly SubmissionEntry[]): readonly Issue[] =>
  entries.flatMap(({ resource }, index) =>
    resource.resourceType !== 'Consent'
      ? []
      : consentIssues(resource as Consent).map((found) => ({
          ...found,
          expression: `Bundle.entry[${index}].resource${(found.expression ?? '').slice('Consent'.length)}`,
        })),
  )

const ruleIssues = (entries: readonly SubmissionEntry[], now: Date): readonly Issue[] => {
  let ids = 0
  return prepareSubmission(entries, undefined, { now, newId: () => `new-${++ids}`, activate: true }).issues
}

/**
 * What the safety rules of a plan say of a Bundle with all that it is made of: the findings that `CarePlan/$submit` would have of it for a person of whom
 * nothing is stored, by the same code. `now` is the time at which dates are read. One finding says so where resources are too broken for that.
 */
export const safetyFindings = (bundle: Node, now: Date | undefined): readonly Finding[] => {
  const entries = entriesOf(bundle)
  if (now === undefined) return [notChecked('they are about dates too, and no time was given.')]
  if (entries === undefined)
    return [
      notChecked('they are about what resources mean, and some have errors in their structure. Mend these first.'),
    ]
  const categories = uncategorised(entries)
  const issues = categories.length > 0 ? categories : ruleIssues(entries, now)
  return issues.map((issue): Finding => ({ ...issue, rule: issue.key, profile: PLAN_BUNDLE }))
}

/** Reports the safety findings of a Bundle in their places. */
export const checkPlanBundle = (spot: Spot, engine: Engine): void => {
  const at = expressionOf(spot)
  for (const finding of safetyFindings(spot.value as Node, engine.now)) {
    const { expression = 'Bundle' } = finding
    // What is about no entry is said of the resource that it would be in: the Bundle is where to look for it.
    const isInside = expression === 'Bundle' || expression.startsWith('Bundle.')
    engine.report({ ...finding, expression: isInside ? at + expression.slice('Bundle'.length) : at })
  }
}
