/** What the texts of findings are put together from. They name elements, types and lengths, never what a record says. */
import type { Fault, PlacedFault } from '../structure/fault.ts'
import type { Finding } from './finding.ts'
import type { Place } from './locate.ts'

type Words = Pick<Finding, 'key' | 'code' | 'text'> &
  Partial<Pick<Finding, 'expression' | 'severity' | 'rule' | 'hint'>> &
  Readonly<{
    /** Said beside the value that was seen. */
    expected?: string
    /** What was seen, where it is something else than what stands there. */
    value?: string
    /** The type whose rule it is, where it is another than the one that the element is of. */
    type?: string
  }>

/** The type that a table is of. */
export const headOf = (path: string): string => path.split('.')[0] as string

export const lastName = (place: Place): string => place.property?.element.name ?? place.expression

export const kindOf = (data: unknown): string => {
  if (data === null) return 'null'
  if (Array.isArray(data)) return 'an array'
  if (typeof data === 'object') return 'an object'
  if (typeof data === 'string')
    return data === '' ? 'an empty string' : `a string of ${data.length} character${data.length === 1 ? '' : 's'}`
  return typeof data === 'number' ? 'a number' : `a ${typeof data}`
}

export const listed = (names: readonly string[]): string =>
  names.length === 1 ? (names[0] as string) : `${names.slice(0, -1).join(', ')} or ${names.at(-1)}`

/** What is said of a fault in this place. */
export type Put = (place: Place, error: PlacedFault) => Words

type ParamsOf<K extends Fault['keyword']> = Extract<Fault, { keyword: K }>['params']
export const paramsOf = <K extends Fault['keyword']>(error: PlacedFault, _keyword: K): ParamsOf<K> =>
  error.params as ParamsOf<K>
