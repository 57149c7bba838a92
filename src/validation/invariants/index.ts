import { remember } from '../../definitions/tables.ts'
import { BUNDLE_INVARIANTS } from './bundle.ts'
import { CONTAINED_INVARIANTS } from './contained.ts'
import { DATATYPE_INVARIANTS } from './datatypes.ts'
import type { Invariant } from './invariant.ts'
import { RESOURCE_INVARIANTS } from './resources.ts'

/**
 * Rules of the standard that are checked besides structure: those of the universal types, of datatypes, and of the resources
 * that plans are made of. `ele-1` and `txt-1` stand with the structure, next to what they are about.
 */
export const INVARIANTS: readonly Invariant[] = [
  ...CONTAINED_INVARIANTS,
  ...DATATYPE_INVARIANTS,
  ...BUNDLE_INVARIANTS,
  ...RESOURCE_INVARIANTS,
]

/** The rules about exactly this path. */
export const invariantsOf = remember((path): readonly Invariant[] =>
  INVARIANTS.filter((invariant) => invariant.path === path),
)

const byKey = new Map(INVARIANTS.map((invariant) => [`${invariant.path} ${invariant.key}`, invariant]))

export const invariantNamed = (path: string, key: string): Invariant | undefined => byKey.get(`${path} ${key}`)
