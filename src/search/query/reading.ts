import { storedAs } from '../../definitions/search-parameters.ts'
import { type Problem, problem } from '../../fhir/outcome.ts'
import { findParameter, type Searchable, shownName, unknownParameter } from './parameters.ts'
import { MOST_STEPS } from './query.ts'

/** What reading depends on besides the text. */
export type Reading = Readonly<{
  /** Our own FHIR address: references below it are to resources here. */
  base: string | undefined
  now: Date
  /** True while the rows of a parameter do not yet cover all that is stored. */
  isBuilding: (type: string, parameter: string) => boolean
}>

/** Reading that is bounded: `spend` throws `bad-request` where a search comes to more than `MOST_STEPS`. */
export type BoundedReading = Reading & Readonly<{ spend: (steps: number) => void }>

export const bounded = ({ base, now, isBuilding }: Reading): BoundedReading => {
  let left = MOST_STEPS
  return {
    base,
    now,
    isBuilding,
    spend: (steps) => {
      left -= steps
      if (left < 0) throw tooWide()
    },
  }
}

const tooWide = (): Problem =>
  problem(
    'bad-request',
    'search-too-wide',
    'This search has too many conditions and alternatives, counted for each type that it is about or leads to. Name fewer types by _type, the type that a chain leads to as in subject:Patient.name, or ask in several searches.',
    { code: 'too-costly' },
  )

/** Throws `bad-request` for a parameter that the type does not have, or that is building. */
export const requireParameter = (reading: Reading, type: string, code: string, name: string): Searchable => {
  const parameter = findParameter(type, code)
  if (parameter === undefined) throw unknownParameter(type, name, code)
  requireBuilt(reading, type, code, name)
  return parameter
}

/** Throws `bad-request` where a search by this parameter would miss something of what is stored. `name`: as the caller wrote it. */
export const requireBuilt = ({ isBuilding }: Reading, type: string, code: string, name = code): void => {
  // `_id` and `_lastUpdated` are columns of every resource: there is nothing to build.
  if (code === '_id' || code === '_lastUpdated' || !isBuilding(type, storedAs(type, code))) return
  throw problem(
    'bad-request',
    'search-parameter-building',
    `${code} of ${type} is new, and not everything that is stored can be found by it yet. Search without it, or try again later.`,
    { expression: shownName(name), code: 'not-supported' },
  )
}
