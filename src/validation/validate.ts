import { servedType } from '../definitions/served.ts'
import { elementsOf, isConcreteType, isPrimitive } from '../definitions/tables.ts'
import { type Issue, MOST_ISSUES } from '../fhir/outcome.ts'
import { type Finding, sentencesOf } from './findings/finding.ts'
import { findingOf } from './findings/findings.ts'
import { isNode, type Node } from './invariants/invariant.ts'
import { beginRun, DEEPEST, MOST_FAULTS } from './structure/fault.ts'
import { checkObject } from './structure/objects.ts'
import { shapeOf } from './structure/slots.ts'

/** Types that operations take and answer with, but that are not stored on their own. */
const TAKEN: ReadonlySet<string> = new Set([
  'AuditEvent',
  'Binary',
  'CapabilityStatement',
  'Composition',
  'OperationOutcome',
  'Parameters',
  'Questionnaire',
  'ValueSet',
])

const MOST_CONTAINED = 500
/** No type of FHIR has half as many elements. */
const WIDEST = 1_000

/**
 * The same as `validateStructure`, for what KeyPlan takes: resources of another type are refused as a whole. Without the values that were seen,
 * for these go to whoever reads the answer, which need not be who wrote them.
 */
export const validateResource = (resource: unknown): Issue[] => {
  const type = isNode(resource) ? resource['resourceType'] : undefined
  if (typeof type === 'string' && isConcreteType(type) && servedType(type) === undefined && !TAKEN.has(type)) {
    return [
      fault(
        'resource-type-not-served',
        `KeyPlan does not take resources of type ${type}. The CapabilityStatement at /fhir/metadata lists those that it does.`,
        type,
      ),
    ]
  }
  return validateStructure(resource).map(issueOf)
}

const issueOf = (found: Finding): Issue => {
  const { severity, code, key, expression } = found
  return { severity, code, key, text: sentencesOf(found), ...(expression === undefined ? {} : { expression }) }
}

/**
 * Everything that is wrong with a resource by base R4 (no profile): structure, cardinality, primitives, required bindings to codes
 * that can be listed, reference targets, narrative, and the rules in `invariants/`. All issues at once, at most 200; none where
 * it is valid. Contained resources and those in entries and parameters are validated as well.
 * Not checked: bindings to open or external code systems, bindings of CodeableConcept and Coding, whether references resolve.
 */
export const validateStructure = (resource: unknown): Finding[] => {
  const type = isNode(resource) ? resource['resourceType'] : undefined
  if (typeof type !== 'string') {
    return [fault('resource-type-missing', 'A resource is a JSON object with a string "resourceType", e.g. "Goal".')]
  }
  if (!isConcreteType(type)) {
    return [
      fault(
        'resource-type-unknown',
        'FHIR R4 has no resource of this resourceType. Check its spelling; types begin with a capital letter.',
      ),
    ]
  }
  const { contained } = resource as { contained?: unknown }
  const isFull = Array.isArray(contained) && contained.length > MOST_CONTAINED
  const run = beginRun(resource as Node)
  if (!isFull) checkObject(shapeOf(type), resource as Node, run)
  const { faults } = run
  if (!isFull && faults.length === 0 && !run.isTooDeep) return []
  const size = sizeFault(resource, DEEPEST)
  if (size === 'deep' || run.isTooDeep)
    return [
      fault('resource-too-deep', `The resource is nested deeper than ${DEEPEST} levels. Send a flatter one.`, type),
    ]
  if (size === 'wide')
    return [
      fault(
        'resource-too-wide',
        `An object of the resource has more than ${WIDEST} properties, which no element of FHIR has. Send those that FHIR knows.`,
        type,
      ),
    ]
  if (isFull)
    return [
      fault(
        'too-many-contained',
        `A resource may contain ${MOST_CONTAINED} others here. Send them as resources of their own.`,
        `${type}.contained`,
      ),
    ]
  const issues: Finding[] = faults
    .slice(0, MOST_ISSUES)
    .map((one) => findingOf(resource as { resourceType: string }, one))
  if (faults.length >= MOST_FAULTS) {
    issues.push({
      severity: 'error',
      code: 'too-costly',
      key: 'more-issues',
      text: 'So much is wrong that the resource was not checked to its end. Mend these first.',
    })
  } else if (faults.length > MOST_ISSUES) {
    issues.push({
      severity: 'information',
      code: 'too-costly',
      key: 'more-issues',
      text: `${faults.length - MOST_ISSUES} more issues are not shown. Mend these first.`,
    })
  }
  return issues
}

/**
 * Compiles these types and every type that stands in them, which otherwise happens when each is first met; 80 ms for all of R4.
 * Returns the paths that are compiled.
 */
export const prepareValidation = (types: readonly string[]): readonly string[] => {
  const prepared = new Set<string>()
  const prepare = (path: string): void => {
    if (prepared.has(path) || path === 'Resource' || isPrimitive(path)) return
    prepared.add(path)
    shapeOf(path)
    for (const { types: inside } of elementsOf(path)) for (const { code, profile } of inside) prepare(profile ?? code)
  }
  types.forEach(prepare)
  return [...prepared]
}

const fault = (key: string, text: string, expression?: string): Issue => ({
  severity: 'error',
  code: 'structure',
  key,
  text,
  ...(expression === undefined ? {} : { expression }),
})

/** Whether something is nested deeper than so many levels, or one of its objects has more than `WIDEST` properties. */
const sizeFault = (value: unknown, levels: number): 'deep' | 'wide' | undefined => {
  if (typeof value !== 'object' || value === null) return undefined
  if (levels === 0) return 'deep'
  if (Array.isArray(value)) {
    for (const item of value) {
      const fault = sizeFault(item, levels - 1)
      if (fault !== undefined) return fault
    }
    return undefined
  }
  let count = 0
  for (const name in value) {
    if (++count > WIDEST) return 'wide'
    const fault = sizeFault((value as Record<string, unknown>)[name], levels - 1)
    if (fault !== undefined) return fault
  }
  return undefined
}
