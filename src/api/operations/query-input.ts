import { Problem, problem } from '../../fhir/outcome.ts'
import { refuseParameters } from '../parameters.ts'
import type { ApiRequest, Parameter } from '../route.ts'
import { type Input, inputOf, type Shape } from './input.ts'

/** The text of a query parameter as the value that it stands for; text that stands for none is left as it is, and refused as such. */
const typed = (kind: string, text: string): unknown => {
  if (kind === 'valueBoolean') return text === 'true' ? true : text === 'false' ? false : text
  if (/Integer|Int$/.test(kind)) return /^-?\d{1,9}$/.test(text) ? Number(text) : text
  return text
}

const parametersOf = (query: readonly Parameter[], shape: Shape) => ({
  resourceType: 'Parameters' as const,
  parameter: query.map(([name, text]) => {
    const kind = Object.hasOwn(shape, name) ? (shape[name] as string) : 'valueString'
    return { name, [kind]: typed(kind, text) }
  }),
})

/** Issues about a parameter of the query name it, not its place in a resource that nobody sent. */
const inQuery = <Result>(query: readonly Parameter[], read: () => Result): Result => {
  try {
    return read()
  } catch (error) {
    if (!(error instanceof Problem)) throw error
    const named = (expression: string | undefined): string | undefined => {
      const place = /^Parameters\.parameter\[(\d+)\]/.exec(expression ?? '')?.[1]
      const name = place === undefined ? undefined : query[Number(place)]?.[0]
      return name?.replace(/[^A-Za-z_:.-]/g, '').slice(0, 40) ?? expression
    }
    throw new Problem(
      error.kind,
      error.issues.map(({ expression, ...rest }) => ({ ...rest, expression: named(expression) ?? 'query' })),
    )
  }
}

/**
 * The parameters of an operation, from the query of a GET, from the Parameters of a POST, or, where one of them is a resource and this is
 * all that the body holds, from both (http://hl7.org/fhir/R4/operations.html#request). Throws `bad-request` with all issues at once.
 */
export const inputOfRequest = <S extends Shape, Repeated extends keyof S = never>(
  { method, query, resource }: ApiRequest,
  shape: S,
  options: Readonly<{ required?: readonly (keyof S & string)[]; repeated?: readonly Repeated[]; whole?: string }> = {},
): Input<S, Repeated> => {
  const { required = [], repeated = [], whole } = options
  const asked = (): Input<S, Repeated> =>
    inQuery(query, () => inputOf<S, Repeated>(parametersOf(query, shape), shape, required, repeated))
  if (method === 'GET') return asked()
  if (whole !== undefined && resource !== undefined && resource.resourceType !== 'Parameters') {
    if (query.some(([name]) => name === whole))
      throw problem('bad-request', 'parameter-repeated', `${whole} may be given once.`, { expression: whole })
    return { ...asked(), [whole]: resource }
  }
  refuseParameters(query)
  return inputOf<S, Repeated>(resource, shape, required, repeated)
}
