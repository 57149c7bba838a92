import type { ElementDefinition, StructureDefinition } from 'fhir/r4.js'
import type { Definitions } from '../../definitions/definitions.ts'
import { remember } from '../../definitions/tables.ts'
import { type ElementNode, treeOf } from './tree.ts'

const CORE = 'http://hl7.org/fhir/StructureDefinition/'

/** The trees of what definitions know, each made once. */
export type Library = Readonly<{
  /** Of a profile, an extension or a type by its canonical address. */
  tree(canonical: string): ElementNode | undefined
  /** Of a type by its name, or of one of its elements by path (`Patient.contact`). */
  typeTree(path: string): ElementNode | undefined
  /** What R4 says about an element of a type or of a backbone element. */
  baseElement(path: string, name: string): ElementDefinition | undefined
}>

/** The canonical address of a structure, with its version where it has one. */
export const canonicalOf = ({ url, version }: Pick<StructureDefinition, 'url' | 'version'>): string =>
  version === undefined ? url : `${url}|${version}`

export const isTypeOfCore = (canonical: string, type: string): boolean => canonical.split('|')[0] === CORE + type

export const libraryOf = (definitions: Definitions): Library => {
  const trees = new Map<StructureDefinition, ElementNode>()
  const tree = (canonical: string): ElementNode | undefined => {
    const structure = definitions.structure(canonical)
    if (structure?.snapshot === undefined) return undefined
    const known = trees.get(structure)
    if (known !== undefined) return known
    const made = treeOf(structure)
    trees.set(structure, made)
    return made
  }
  const typeTree = remember((path): ElementNode | false => {
    const [type = '', ...names] = path.split('.')
    const root = tree(CORE + type)
    return names.reduce((node, name) => node?.children.get(name), root) ?? false
  })
  return {
    tree,
    typeTree: (path) => typeTree(path) || undefined,
    baseElement: (path, name) => (typeTree(path) || undefined)?.children.get(name)?.definition,
  }
}
