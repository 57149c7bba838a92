import { createHash } from 'node:crypto'
import { storedParametersOf } from '../../definitions/search-parameters.ts'
import { SERVED } from '../../definitions/served.ts'
import { EXTRACTION } from '../../search/values.ts'

/** The search parameters that this version of KeyPlan writes rows for. */
export type SearchDefinitions = Readonly<{
  /** Digest of all of them: two processes with the same write the same rows. */
  version: string
  definitions: readonly SearchDefinition[]
}>

/** Of a parameter: its type, its code, and a digest of what decides which rows a resource has. */
export type SearchDefinition = readonly [type: string, parameter: string, digest: string]

const digest = (value: unknown): string =>
  createHash('sha256').update(JSON.stringify(value)).digest('base64url').slice(0, 22)

let made: SearchDefinitions | undefined

/** Those of the types that are served, made once. */
export const searchDefinitions = (): SearchDefinitions => {
  made ??= make()
  return made
}

const make = (): SearchDefinitions => {
  const definitions = SERVED.flatMap(({ type }) =>
    storedParametersOf(type).map(
      ({ code, type: kind, expression, components, targets }): SearchDefinition => [
        type,
        code,
        digest([EXTRACTION, kind, expression, targets, components.map((one) => [one.type, one.expression])]),
      ],
    ),
  )
  return { version: digest(definitions), definitions }
}
