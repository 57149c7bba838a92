/** What a Reference says by itself, whatever its element is for (http://hl7.org/fhir/R4/references.html). */
import { isConcreteType, isResourceType } from '../../definitions/tables.ts'
import { childOrSelf } from '../children.ts'
import type { EngineCheck } from '../engine.ts'
import { shownValue } from '../findings/finding.ts'
import { isNode, type Node } from '../invariants/invariant.ts'
import { referredBy } from '../profile/reference.ts'
import { findingAt, rootOf, type Spot } from '../spot.ts'
import { checkUri, isUrn } from './addresses.ts'
import { isAbsolute, typeNamed } from './references.ts'

/** A reference whose `type` says another type than its literal reference does, or what that resolves to. */
const checkType: EngineCheck = (spot, engine) => {
  const said = isNode(spot.value) ? spot.value['type'] : undefined
  if (typeof said !== 'string' || !isConcreteType(said)) return
  const { literal, type } = referredBy(spot, engine)
  if (literal === undefined || type === undefined || said === type) return
  engine.report(
    findingAt(
      childOrSelf(spot, 'type'),
      'reference-type-mismatch',
      'value',
      `This says that it refers to a resource of type ${said}, and refers to one of type ${type}.`,
      {
        value: shownValue(said),
        expected: type,
        hint: 'Correct the type, or leave it out.',
      },
    ),
  )
}

const textIn = ({ value }: Spot, name: string): string | undefined => {
  const found = isNode(value) ? value[name] : undefined
  return typeof found === 'string' ? found : undefined
}

/** A reference that may be to anything is one all the same; where its element names types, its form is told with the structure. */
export const checkReferenceForm: EngineCheck = (spot, engine) => {
  const literal = textIn(spot, 'reference')
  if (literal === undefined || literal.startsWith('#') || isAbsolute(literal) || typeNamed(literal) !== undefined)
    return
  engine.report(
    findingAt(
      childOrSelf(spot, 'reference'),
      'reference-malformed',
      'value',
      'This reference is none that FHIR knows.',
      {
        value: shownValue(literal),
        expected: 'Type/id, an absolute address, urn:uuid:… within a Bundle, or #id',
        hint: 'Write the type as R4 does, and an id of letters, digits, "-" and ".".',
      },
    ),
  )
}

/** `type` names a type of resource, or by its whole address a model of somebody else (http://hl7.org/fhir/R4/references-definitions.html#Reference.type). */
const checkTypeName: EngineCheck = (spot, engine) => {
  const said = textIn(spot, 'type')
  if (said === undefined || isAbsolute(said) || isResourceType(said)) return
  engine.report(
    findingAt(childOrSelf(spot, 'type'), 'reference-type-unknown', 'value', 'R4 has no resource of this type.', {
      value: shownValue(said),
      expected: 'the name of a type, such as Patient',
      hint: 'Check its spelling; types begin with a capital letter.',
    }),
  )
}

/** The Bundle that the resource of a spot is an entry of. */
const bundleOf = (spot: Spot): Spot | undefined => {
  const { parent } = rootOf(spot)
  return parent?.resource.type === 'Bundle' ? parent.resource : undefined
}

/** Kinds of Bundle that are taken as they stand, as against those that tell of what a server has. */
const WHOLE: ReadonlySet<string | undefined> = new Set(['document', 'message', 'transaction'])

/** A URN can be followed within its Bundle only (http://hl7.org/fhir/R4/bundle.html#references). */
const checkUrn: EngineCheck = (spot, engine) => {
  const literal = textIn(spot, 'reference')
  if (literal === undefined || !isUrn(literal)) return
  const at = childOrSelf(spot, 'reference')
  checkUri(at, engine)
  const bundle = bundleOf(spot)
  if (!literal.startsWith('urn:uuid:') || bundle === undefined || engine.resolve(spot, literal) !== undefined) return
  engine.report(
    findingAt(at, 'reference-not-in-bundle', 'not-found', 'No entry of the Bundle has this fullUrl.', {
      ...(WHOLE.has(textIn(bundle, 'type')) ? {} : { severity: 'warning' }),
      value: shownValue(literal),
      expected: 'the fullUrl of an entry',
      hint: 'Add the resource as an entry, or refer to it by its address.',
    }),
  )
}

/** What says to whom or what a Reference is (http://hl7.org/fhir/R4/references.html#Reference). */
const SAYING = ['reference', 'identifier', 'display', 'extension', '_reference', '_display'] as const

/** A Reference that says nothing of what it is to but its type. */
const checkEmpty: EngineCheck = (spot, engine) => {
  const { value } = spot
  if (!isNode(value) || SAYING.some((name) => value[name] !== undefined)) return
  engine.report(
    findingAt(spot, 'reference-empty', 'business-rule', 'This does not say what it refers to.', {
      severity: 'warning',
      expected: 'reference, identifier or display',
      hint: 'Add the reference, or what is known of the resource.',
    }),
  )
}

/** What is wrong with a Reference by itself: its type, its URN, that it says nothing. */
export const checkReference: EngineCheck = (spot, engine) => {
  const { reference, type } = spot.value as Node
  // Most say no more than where they lead.
  if (typeof reference === 'string' && type === undefined && !isUrn(reference)) return
  checkEmpty(spot, engine)
  checkType(spot, engine)
  checkTypeName(spot, engine)
  checkUrn(spot, engine)
}
