/** Addresses in elements of type uri, url and canonical (http://hl7.org/fhir/R4/datatypes.html#uri, http://hl7.org/fhir/R4/references.html#canonical). */
import type { ElementDefinition } from 'fhir/r4.js'
import { primitiveRegex } from '../../definitions/tables.ts'
import { childrenNamed } from '../children.ts'
import type { Engine, EngineCheck } from '../engine.ts'
import { type Finding, shownValue } from '../findings/finding.ts'
import { findingAt, rootOf, type Spot } from '../spot.ts'
import { isAbsolute } from './references.ts'

const CORE = 'http://hl7.org/fhir/StructureDefinition/'
/** A version or the part of what is meant may follow. */
const OID = new RegExp(`^(?:${primitiveRegex('oid')})(?:[|#].*)?$`)
const UUID = /^urn:uuid:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}(?:[|#].*)?$/

type Fault = Readonly<{ key: string; text: string; expected: string; hint: string }>

const UUID_FAULT: Fault = {
  key: 'uri-uuid',
  text: 'What begins with urn:uuid: goes on with a UUID in small letters.',
  expected: 'urn:uuid: and 8-4-4-4-12 digits of 0-9 and a-f',
  hint: 'Write the whole UUID, in small letters.',
}
const OID_FAULT: Fault = {
  key: 'uri-oid',
  text: 'What begins with urn:oid: goes on with an OID.',
  expected: 'urn:oid: and numbers with dots between them, the first 0, 1 or 2',
  hint: 'Write the whole OID; no number begins with 0.',
}
const BARE_FAULT: Fault = {
  key: 'uri-without-urn',
  text: 'There are no addresses that begin with oid: or uuid:; they are URNs.',
  expected: 'urn:oid:… or urn:uuid:…',
  hint: 'Put urn: before it.',
}

const [SMALL_O, SMALL_U] = [111, 117]
const BEGINNINGS = ['urn:uuid:', 'urn:oid:', 'oid:', 'uuid:'] as const

/** True for an address that `checkUri` has something to say about. */
export const isUrn = (address: unknown): boolean =>
  typeof address === 'string' &&
  // By far the most begin with another letter.
  (address.charCodeAt(0) === SMALL_U || address.charCodeAt(0) === SMALL_O) &&
  BEGINNINGS.some((beginning) => address.startsWith(beginning))

/** What is wrong with an address that begins as a UUID or an OID does; undefined where it is none, or nothing is. */
export const urnFault = (address: string): Fault | undefined => {
  if (address.startsWith('urn:uuid:')) return UUID.test(address) ? undefined : UUID_FAULT
  if (address.startsWith('urn:oid:')) return OID.test(address) ? undefined : OID_FAULT
  return address.startsWith('oid:') || address.startsWith('uuid:') ? BARE_FAULT : undefined
}

/** An address that is a UUID or an OID has the form of one. */
export const checkUri: EngineCheck = (spot, engine) => {
  const fault = typeof spot.value === 'string' ? urnFault(spot.value) : undefined
  if (fault === undefined) return
  const { key, ...more } = fault
  engine.report(findingAt(spot, key, 'value', more.text, { ...more, value: shownValue(spot.value) }))
}

const KINDS = {
  StructureDefinition: 'structure',
  ValueSet: 'valueSet',
  CodeSystem: 'codeSystem',
  Questionnaire: 'questionnaire',
} as const

const isKind = (type: string): type is keyof typeof KINDS => Object.hasOwn(KINDS, type)

/** The type of definition that is known under an address, one of those that are wanted before any other. */
const typeAt = (canonical: string, wanted: readonly string[], { definitions }: Engine): string | undefined => {
  const kinds = Object.keys(KINDS).filter(isKind)
  const ordered = [...kinds.filter((kind) => wanted.includes(kind)), ...kinds.filter((kind) => !wanted.includes(kind))]
  return ordered.find((kind) => definitions[KINDS[kind]](canonical) !== undefined)
}

const containedAt = (spot: Spot, fragment: string): Spot | undefined =>
  childrenNamed(rootOf(spot), 'contained').find(
    ({ value }) => `#${String((value as Readonly<{ id?: unknown }>).id)}` === fragment,
  )

/** A canonical address is absolute, or names a contained resource; and what it names is of a type that the element is for. */
export const canonicalCheck = (definition: ElementDefinition | undefined): EngineCheck => {
  const targets = (definition?.type ?? []).flatMap(({ targetProfile = [] }) => targetProfile)
  const wanted = targets.map((target) => target.slice(CORE.length))
  const isAnything = wanted.length === 0 || wanted.includes('Resource')
  return (spot, engine) => {
    const { value } = spot
    if (typeof value !== 'string') return
    const report = (key: string, text: string, expected: string, hint: string, more: Partial<Finding> = {}): void =>
      engine.report(findingAt(spot, key, 'value', text, { value: shownValue(value), expected, hint, ...more }))
    const isFragment = value.startsWith('#')
    if (!isFragment && !isAbsolute(value)) {
      report(
        'canonical-not-absolute',
        'A canonical address is absolute, so that it names the same wherever it is read.',
        'an absolute URI, or # and the id of a contained resource',
        'Give the whole address, as the definition has it in its url.',
        // R4's own examples have such addresses, and a server may find by them what stands beside the resource.
        { severity: 'warning' },
      )
      return
    }
    const found = isFragment ? containedAt(spot, value)?.type : isAnything ? undefined : typeAt(value, wanted, engine)
    if (isFragment && found === undefined && value !== '#')
      report(
        'canonical-not-contained',
        'An address that begins with # names a contained resource, and there is none of this id.',
        'the id of a contained resource',
        'Contain the resource, or name it by its absolute address.',
      )
    if (found === undefined || isAnything || wanted.includes(found)) return
    report(
      'canonical-of-other-type',
      `This is the address of a ${found}.`,
      `the address of a ${wanted.join(' or ')}`,
      `Name a ${wanted.join(' or ')}.`,
    )
  }
}
