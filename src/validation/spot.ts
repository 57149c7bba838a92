import type { ValueSet } from 'fhir/r4.js'
import type { Definitions } from '../definitions/definitions.ts'
import type { Issue } from '../fhir/outcome.ts'
import type { Finding } from './findings/finding.ts'
import type { Evaluations } from './invariants/evaluations.ts'
import type { Node } from './invariants/invariant.ts'

/** An element of what is validated, with all that stands around it. */
export type Spot = Readonly<{
  /** What stands in the JSON; of a primitive with extensions alone it is undefined. */
  value: unknown
  /** Name of its type, or the path of its backbone element (`Patient.contact`). */
  type: string
  /** The id and extensions of a primitive: what stands under `_name`. */
  companion?: Node | undefined
  /** Undefined for what is validated as a whole. */
  parent: Spot | undefined
  /** Name of the element, a choice without its type; the type of a resource that is validated as a whole. */
  name: string
  index?: number | undefined
  /** The resource that it is in: itself, where it is one. */
  resource: Spot
}>

/** One validation, as the rules see it. */
export type Run = Readonly<{
  definitions: Definitions
  /** The time of the validation; where there is none, what depends on it is not checked. */
  now?: Date | undefined
  /** What the expressions of rules have left to spend. */
  evaluations: Evaluations
  /** True where the structure check found fault with a narrative. */
  hasNarrativeFault: boolean
  report(finding: Finding): void
  /** True where the structure of a resource is broken, so that what it says cannot be read as its type. */
  isBroken(resource: Spot): boolean
  /** The resource that a reference in a spot names, where it is contained or in the same Bundle. */
  resolve(from: Spot, reference: string): Spot | undefined
  /** Whether a code, Coding or CodeableConcept is in a value set; undefined where that cannot be told. */
  memberOf(item: Readonly<{ value: unknown; type: string }>, valueSet: string | ValueSet): boolean | undefined
  /** Whether an element conforms to a profile; undefined where the profile is not known. */
  conformsTo(spot: Spot, profile: string): boolean | undefined
}>

/** A rule about an element: reports what is wrong with it. Must not throw, whatever the element holds. */
export type Check = (spot: Spot, run: Run) => void

/** The spot of a resource that is validated as a whole. */
export const wholeSpot = (resource: Node): Spot =>
  resourceSpotBelow(undefined, String(resource['resourceType']), undefined, resource)

/** The spot of an element of another; one of a resource (`contained`, an entry's, a parameter's) begins a resource of its own. */
export const spotBelow = (
  parent: Spot,
  name: string,
  index: number | undefined,
  type: string,
  value: unknown,
  companion?: Node,
): Spot => ({ value, type, companion, parent, name, index, resource: parent.resource })

/** The spot of a resource within another, or below nothing. All spots have the same properties in the same order, so that what reads them reads one kind of object. */
export const resourceSpotBelow = (
  parent: Spot | undefined,
  name: string,
  index: number | undefined,
  value: Node,
): Spot => {
  const type = String(value['resourceType'])
  const spot = { value, type, companion: undefined, parent, name, index, resource: undefined as unknown as Spot }
  spot.resource = spot
  return spot
}

/** `%rootResource`: the resource that a spot is in, the outer one for one in a contained resource. */
export const rootOf = ({ resource }: Spot): Spot => {
  let root = resource
  while (root.name === 'contained' && root.parent !== undefined) root = root.parent.resource
  return root
}

/** The FHIRPath of a spot with indices, e.g. `Patient.name[0].family`. */
export const expressionOf = ({ parent, name, index }: Spot): string =>
  parent === undefined ? name : `${expressionOf(parent)}.${name}${index === undefined ? '' : `[${index}]`}`

/** What may be said of a finding besides. */
type More = Partial<Omit<Finding, 'key' | 'text' | 'place'>>

const NO_MORE: More = {}

/** A finding at a spot: an error unless told otherwise. */
export const findingAt = (
  spot: Spot,
  key: string,
  code: Issue['code'],
  text: string,
  more: More = NO_MORE,
): Finding => {
  // Written out, as what comes after a spread takes V8 of Node 20 long; all have the same properties, whether or not there is something to say.
  const { severity = 'error', value, expected, profile, rule, hint } = more
  const expression = more.expression ?? expressionOf(spot)
  const finding = { severity, code: more.code ?? code, key, text, expression, value, expected, profile, rule, hint }
  return finding as Finding
}
