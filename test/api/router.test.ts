import { readFileSync } from 'node:fs'
import { describe, expect, test } from '@jest/globals'
import { isFhirTarget } from '../../src/api/handler.ts'
import { match, ROUTES, segmentsOf } from '../../src/api/router.ts'
import { Problem } from '../../src/fhir/outcome.ts'

type Case = {
  request: string
  route?: string
  type?: string
  id?: string
  version?: number
  status?: number
  key?: string
  allow?: string
}
const cases = JSON.parse(readFileSync(new URL('./router.cases.json', import.meta.url), 'utf8')) as Case[]

const routed = (request: string) => {
  const [method = '', path = ''] = request.split(' ')
  return match(method, segmentsOf(path))
}

const refusal = (request: string): Problem => {
  try {
    routed(request)
  } catch (error) {
    if (error instanceof Problem) return error
  }
  throw new Error(`${request} was not refused`)
}

describe('what a method and path ask for (http.html#summary)', () => {
  test.each(cases.filter(({ route }) => route !== undefined))(
    '$request is $route',
    ({ request, route, type = '', id = '', version }) => {
      const { route: found, ...values } = routed(request)
      expect(found.name).toBe(route)
      expect(values).toEqual({ type, id, version })
    },
  )

  test.each(cases.filter(({ status }) => status !== undefined))(
    '$request is refused: $status $key',
    ({ request, status, key, allow }) => {
      const { status: found, issues, headers } = refusal(request)
      expect({ status: found, key: issues[0]?.key }).toEqual({ status, key })
      expect(headers['Allow']).toBe(allow)
    },
  )

  test('every route is reached by a case above', () => {
    const reached = new Set(cases.flatMap(({ request, route }) => (route === undefined ? [] : [routed(request).route])))
    const missed = ROUTES.filter((route) => !reached.has(route)).map(({ method, path }) => `${method} ${path}`)
    // The second method of an operation that takes two, and nothing else.
    expect(missed).toEqual([
      'POST CarePlan/[id]/$timeline',
      'POST CarePlan/[id]/$completeness',
      'POST QuestionnaireResponse/[id]/$extract',
      'POST Patient/[id]/$plan-conflicts',
      'POST Patient/[id]/$everything',
      'POST Patient/[id]/$key-information-summary',
      'POST Patient/[id]/$respect-document',
      'GET Patient/[id]/$sharing-status',
      'POST Bundle/$sharing-health',
      'POST Endpoint/[id]/$sharing-status',
    ])
  })

  test('no two routes have the same method and path', () => {
    const keys = ROUTES.map(({ method, path }) => `${method} ${path}`)
    expect(new Set(keys).size).toBe(keys.length)
  })
})

describe('a path that is refused', () => {
  test('is not repeated where it may be an identifier of a person', () => {
    expect(JSON.stringify(refusal('GET /9434765919').issues)).not.toContain('9434765919')
    expect(JSON.stringify(refusal('GET /Patient/9434765919$').issues)).not.toContain('9434765919')
  })

  test('to the emergency view by GET says that identifiers belong in a body', () => {
    expect(refusal('GET /Patient/$emergency-view').issues[0]?.text).toContain('POST a Parameters resource')
  })
})

test.each([
  ['/fhir', true],
  ['/fhir/', true],
  ['/fhir?x=1', true],
  ['/fhir/Goal/1', true],
  ['/fhirx', false],
  ['/', false],
  ['/auth/token', false],
  ['/fhir/.well-known/smart-configuration', false],
])('%s is for the FHIR handler: %s', (target, expected) => {
  expect(isFhirTarget(target)).toBe(expected)
})
