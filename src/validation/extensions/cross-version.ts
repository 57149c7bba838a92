/**
 * Extensions that stand for elements of other versions of FHIR (http://hl7.org/fhir/R4/versions.html#extensions). Those versions are not loaded, so it
 * is told from the address alone whether it can be one: its version, its path, and where it stands.
 */
import { R4_MODEL } from '../../definitions/path-model.ts'

const CROSS_VERSION = /^http:\/\/hl7\.org\/fhir\/([^/]+)\/StructureDefinition\/extension-(.*)$/
const VERSIONS: ReadonlySet<string> = new Set(['1.0', '3.0', '4.0', '4.3', '5.0', '6.0'])
/** The version of FHIR in which resources are here. */
const OWN = '4.0'
const ELEMENT = /^([A-Z][A-Za-z]*(?:\.[a-z][A-Za-z0-9]*)*)\.([a-z][A-Za-z0-9]*)(?:\[x\])?$/

export type AddressFault = Readonly<{ key: string; text: string; expected: string; hint: string }>

const isKnown = (path: string): boolean => R4_MODEL.properties(path, 'id').length > 0

const has = (path: string, name: string): boolean => R4_MODEL.properties(path, name).length > 0

/** What is wrong with an extension of such an address on an element that can be named by these paths; undefined where nothing is, or it is of another kind. */
export const crossVersionFault = (url: string, paths: () => ReadonlySet<string>): AddressFault | undefined => {
  const [, version, element] = CROSS_VERSION.exec(url) ?? []
  if (version === undefined || element === undefined) return undefined
  if (!VERSIONS.has(version))
    return {
      key: 'extension-version-unknown',
      text: `FHIR has no version ${version} whose elements extensions stand for.`,
      expected: [...VERSIONS].join(', '),
      hint: 'Name the version by its first two numbers.',
    }
  const [, parent, name] = ELEMENT.exec(element) ?? []
  if (parent === undefined || name === undefined)
    return {
      key: 'extension-path',
      text: 'After "extension-" comes the path of an element, which this is not.',
      expected: 'the path of an element, such as Patient.contact',
      hint: 'Name the element by its type and its name, with dots between them.',
    }
  if (version === OWN)
    return {
      key: 'extension-own-version',
      text: has(parent, name)
        ? `${parent} has an element ${name} in this version of FHIR, and needs no extension for it.`
        : `${parent} has no element ${name} in this version of FHIR.`,
      expected: 'an element of another version',
      hint: has(parent, name) ? 'Send the element itself.' : 'Check the version and the path.',
    }
  if (isKnown(parent) && !paths().has(parent))
    return {
      key: 'extension-context',
      text: `This extension stands for an element of ${parent}, and must not be used here.`,
      expected: `on ${parent}`,
      hint: 'Move it to where it belongs.',
    }
  return undefined
}
