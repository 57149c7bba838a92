/** What the answers about sharing have in common, as parts of Parameters. */
import type { ParametersParameter } from 'fhir/r4.js'

type Value = Omit<ParametersParameter, 'name' | 'part'>

/** A part, unless there is nothing to say in it. */
const optional = (name: string, value: unknown, element: keyof Value): ParametersParameter[] =>
  value === null || value === undefined ? [] : [{ name, [element]: value }]

export const instantPart = (name: string, value: string | null): ParametersParameter[] =>
  optional(name, value, 'valueInstant')

export const stringPart = (name: string, value: string | null): ParametersParameter[] =>
  optional(name, value, 'valueString')

/** A part made of parts, unless it has none. */
export const group = (name: string, part: ParametersParameter[]): ParametersParameter[] =>
  part.length === 0 ? [] : [{ name, part }]

/** One edition; empty where none is known. `state` is left out where it is not part of what is known. */
export const editionParts = (
  epoch: number | null,
  sequence: number | null,
  since: string | null,
  state?: string | null,
): ParametersParameter[] =>
  epoch === null || sequence === null
    ? []
    : [
        ...optional('state', state, 'valueCode'),
        { name: 'epoch', valueUnsignedInt: epoch },
        { name: 'sequence', valueUnsignedInt: sequence },
        ...instantPart('since', since),
      ]

/** What keeps a delivery from arriving. */
export const difficultyParts = (row: {
  outstanding: boolean
  attempts: number
  nextAttemptAt: string
  failingSince: string | null
  lastError: string | null
  parkedAt: string | null
  parkedReason: string | null
}): ParametersParameter[] => [
  { name: 'attempts', valueUnsignedInt: row.attempts },
  ...instantPart('nextAttempt', row.outstanding && row.parkedAt === null ? row.nextAttemptAt : null),
  ...instantPart('failingSince', row.failingSince),
  ...stringPart('lastError', row.lastError),
  ...group(
    'parked',
    row.parkedAt === null ? [] : [...instantPart('since', row.parkedAt), ...stringPart('reason', row.parkedReason)],
  ),
]
