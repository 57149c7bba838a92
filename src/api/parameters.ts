import { type Problem, problem } from '../fhir/outcome.ts'
import type { Parameter } from './route.ts'

export const NO_PARAMETERS: readonly Parameter[] = []

/** Names and values of a query or a form, in their order. */
export const parseQuery = (text: string): readonly Parameter[] =>
  text === '' ? NO_PARAMETERS : [...new URLSearchParams(text)]

/** Path and query of a request target. */
export const splitTarget = (target: string): Readonly<{ path: string; query: string }> => {
  const question = target.indexOf('?')
  return question === -1
    ? { path: target, query: '' }
    : { path: target.slice(0, question), query: target.slice(question + 1) }
}

/** Passes where the query holds nothing; a parameter that means nothing here is refused, not passed over. */
export const refuseParameters = (query: readonly Parameter[]): void => {
  if (query.length === 0) return
  throw problem(
    'not-supported',
    'parameter-not-supported',
    'This request takes no parameters other than _format and _pretty.',
    {
      expression: query.map(([name]) => name.replace(/[^A-Za-z_:.-]/g, '').slice(0, 40)).join(', '),
    },
  )
}

/**
 * The parameters by name, where only these are taken, each once. Throws `bad-request` with `text`, which says what is taken, for any other and for
 * one that is given twice.
 */
export const parametersOf = (
  query: readonly Parameter[],
  names: readonly string[],
  text: string,
): ReadonlyMap<string, string> => {
  const given = new Map(query)
  const foreign = query.map(([name]) => name).find((name) => !names.includes(name))
  if (foreign !== undefined || given.size < query.length) {
    throw problem('bad-request', foreign === undefined ? 'parameter-repeated' : 'parameter-unknown', text, {
      expression: names.filter((name) => name !== '_after').join(', '),
      code: 'not-supported',
    })
  }
  return given
}

/** A parameter whose value is none that it may have; `text` says what is expected. */
export const malformedParameter = (parameter: string, text: string): Problem =>
  problem('bad-request', 'parameter-malformed', text, { expression: parameter, code: 'value' })
