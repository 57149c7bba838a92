import { fileURLToPath } from 'node:url'
import { beforeAll, describe, expect, test } from '@jest/globals'
import { bundle, createConfig, lint } from '@redocly/openapi-core'
import { FHIR_PATH } from '../src/api/handler.ts'
import { ROUTES } from '../src/api/router.ts'
import { SERVED } from '../src/definitions/served.ts'
import { startService } from './support/service.ts'

const FILE = fileURLToPath(new URL('../openapi/keyplan.yaml', import.meta.url))

type Document = {
  paths: Record<string, Record<string, { security?: unknown[]; responses?: Record<string, { content?: object }> }>>
  components: { parameters: { type: { schema: { enum: string[] } } } }
}

const METHODS = new Set(['get', 'post', 'put', 'delete', 'patch'])

let config: Awaited<ReturnType<typeof createConfig>>
let document: Document

beforeAll(async () => {
  config = await createConfig({
    extends: ['recommended-strict'],
    rules: {
      'no-server-example.com': 'off',
      'operation-4xx-response': 'off',
      // It does not look at the values that a parameter may have: {type} is none of the types that have paths of their own, and an id has no underscore.
      'no-ambiguous-paths': 'off',
    },
  })
  const bundled = await bundle({ ref: FILE, config })
  document = bundled.bundle.parsed as Document
})

/** `GET /fhir/{type}`, of every operation that the document describes. */
const documented = (): string[] =>
  Object.entries(document.paths).flatMap(([path, item]) =>
    Object.keys(item)
      .filter((method) => METHODS.has(method))
      .map((method) => `${method.toUpperCase()} ${path}`),
  )

/** The same, of every route below /fhir. */
const routed = ROUTES.map(({ method, path }) =>
  `${method} ${FHIR_PATH}/${path.replaceAll('[', '{').replaceAll(']', '}')}`.replace(/\/$/, ''),
)

describe('the OpenAPI document', () => {
  test('is accepted by the linter', async () => {
    const problems = await lint({ ref: FILE, config })
    expect(problems.map(({ ruleId, message, location }) => `${ruleId}: ${message} (${location[0]?.pointer})`)).toEqual(
      [],
    )
  })

  test('describes every route of the FHIR API, and none that is not there', () => {
    const fhir = documented().filter(
      (operation) => operation.includes(` ${FHIR_PATH}`) && !operation.includes('.well-known'),
    )
    expect(fhir.sort()).toEqual([...routed].sort())
  })

  test('names the resource types that are served', () => {
    expect(document.components.parameters.type.schema.enum).toEqual(SERVED.map(({ type }) => type))
  })

  test('has XML wherever it has JSON of FHIR (http.html#mime-type)', () => {
    const withoutXml: string[] = []
    const look = (value: unknown, at: string): void => {
      if (typeof value !== 'object' || value === null) return
      const keys = Object.keys(value)
      if (keys.includes('application/fhir+json') && !keys.includes('application/fhir+xml')) withoutXml.push(at)
      for (const [key, child] of Object.entries(value)) look(child, `${at}/${key}`)
    }
    look(document, '')
    expect(withoutXml).toEqual([])
  })

  test('asks for a token where the route does', () => {
    for (const { method, path, scope } of ROUTES) {
      const key = `${FHIR_PATH}/${path.replaceAll('[', '{').replaceAll(']', '}')}`.replace(/\/$/, '')
      const operation = document.paths[key]?.[method.toLowerCase()]
      expect([key, operation?.security]).toEqual([key, scope === 'none' ? [] : undefined])
    }
  })
})

describe('what the document describes beside the FHIR API', () => {
  test('is served, without a token where it says so', async () => {
    const service = await startService()
    try {
      for (const operation of documented()) {
        const [method = '', path = ''] = operation.split(' ')
        if (path.includes('{') || path.includes('$')) continue
        const { status, headers } = await fetch(`${service.baseUrl}${path}`, { method })
        const { responses = {}, security } = document.paths[path]?.[method.toLowerCase()] ?? {}
        expect([operation, Object.keys(responses)]).toEqual([operation, expect.arrayContaining([String(status)])])
        expect([operation, status === 401]).toEqual([operation, security === undefined])
        const types = Object.keys(responses[status]?.content ?? {})
        if (types.length > 0)
          expect([operation, types]).toEqual([
            operation,
            expect.arrayContaining([headers.get('content-type')?.split(';')[0]]),
          ])
      }
    } finally {
      await service.stop()
    }
  })
})
