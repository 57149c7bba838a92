import type { Node } from '../invariants/invariant.ts'

/** What can be wrong with the structure of an element, named as in JSON Schema where that has a keyword for it; `findings.ts` puts it into words. */
export type Fault =
  | { keyword: 'additionalProperties'; params: { additionalProperty: string } }
  | { keyword: 'type'; params: { type: 'array' | 'string' | 'boolean' | 'number' | 'integer' } }
  | { keyword: 'complex'; params: { fault: 'type' } }
  | { keyword: 'minItems' | 'maxItems'; params: { limit: number } }
  | { keyword: 'minimum' | 'maximum'; params: { comparison: '>=' | '<='; limit: number } }
  | { keyword: 'digits'; params: Readonly<Record<string, never>> }
  | { keyword: 'format'; params: { format: string } }
  | { keyword: 'shape'; params: { fault: 'required' | 'choice' | 'empty' | 'null' | 'misaligned'; element?: string } }
  | { keyword: 'codes'; params: { valueSet: string } }
  | { keyword: 'targets'; params: { fault: 'target' | 'malformed'; found?: string; targets: readonly string[] } }
  | { keyword: 'resource'; params: { fault: 'type-missing' | 'type-unknown' } }
  | { keyword: 'narrative'; params: { key: string; what: string } }
  | { keyword: 'invariants'; params: { key: string; path: string } }

/** A fault with the JSON pointer of the element that has it. */
export type PlacedFault = Fault & Readonly<{ pointer: string }>

/** One check of a resource. Where an element stands is written out only for what is wrong. */
export type StructureRun = {
  /** The resource in which local references are looked up. */
  root: Node
  /** Names and indices that lead from the resource to the element that is looked at; the first `depth` of them count. */
  readonly way: (string | number)[]
  depth: number
  readonly faults: PlacedFault[]
  /** True where something is nested so deep that it was not looked into. */
  isTooDeep: boolean
}

/** Faults before the rest is left unchecked. */
export const MOST_FAULTS = 2_000

/** Levels of arrays and objects that a resource may be nested. */
export const DEEPEST = 64

export const beginRun = (root: Node): StructureRun => ({ root, way: [], depth: 0, faults: [], isTooDeep: false })

/** Notes a fault of the element that is looked at, or of one below it. */
export const tell = (run: StructureRun, fault: Fault, ...below: readonly (string | number)[]): void => {
  if (run.faults.length >= MOST_FAULTS) return
  const way = [...run.way.slice(0, run.depth), ...below]
  run.faults.push({ ...fault, pointer: way.map((segment) => `/${segment}`).join('') })
}
