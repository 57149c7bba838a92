import { Problem } from '../../fhir/outcome.ts'

/** The headers that an entry of a Bundle has as elements of its request. */
const ELEMENTS: ReadonlyMap<string, string> = new Map([
  ['If-Match', 'request.ifMatch'],
  ['If-None-Match', 'request.ifNoneMatch'],
  ['If-None-Exist', 'request.ifNoneExist'],
])

const ENTRY = /^Bundle\.entry\[\d+\]/

/** Where in the entry `at` of a Bundle an issue stands that was found about a request by itself. */
const placeOf = (expression: string | undefined, at: string): string => {
  if (expression === undefined) return at
  if (ENTRY.test(expression)) return expression
  const header = ELEMENTS.get(expression)
  if (header !== undefined) return `${at}.${header}`
  const element = /^(?:[A-Z][A-Za-z]+|resourceType)(?=[.[]|$)(.*)$/.exec(expression)
  // What is neither a header nor of the resource is a parameter.
  return element === null ? `${at}.request.url` : `${at}.resource${element[1]}`
}

/** A failure that concerns one change, whose issues name its entry. */
export const relocated = (error: unknown, at: string | undefined): unknown => {
  const entry = ENTRY.exec(at ?? '')?.[0]
  if (entry === undefined || !(error instanceof Problem)) return error
  return new Problem(
    error.kind,
    error.issues.map((found) => ({ ...found, expression: placeOf(found.expression, entry) })),
    { cause: error.cause, headers: error.headers },
  )
}

/**
 * Does what concerns one change. Where that fails and the change is an entry of a Bundle (`at`: FHIRPath of it, or of something in it), the
 * issues name the entry: who sent 5,000 has to know which.
 */
export const inEntry = <Result>(at: string | undefined, act: () => Result): Result => {
  try {
    const result = act()
    return result instanceof Promise
      ? (result.catch((error: unknown) => {
          throw relocated(error, at)
        }) as Result)
      : result
  } catch (error) {
    throw relocated(error, at)
  }
}
