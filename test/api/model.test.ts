/** A random history of writes gives the same answers as a simple model in memory, for read, vread, history and search. */
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import fc from 'fast-check'
import type { Bundle, FhirResource, Organization } from 'fhir/r4.js'
import { type FhirRequest, startService, type TestService } from '../support/service.ts'

let service: TestService
let gp: FhirRequest

beforeAll(async () => {
  service = await startService()
  gp = await service.fhir('gp-practice')
})

afterAll(() => service.stop())

type Content = Readonly<{ name: string; number: string }>

/** What is known of one id: its versions, undefined for a deletion. */
type Versions = (Content | undefined)[]

/** One write. `id` and `number` say which of a few ids and identifiers is meant, so that writes meet. */
type Write = Readonly<
  | { do: 'create'; content: Content; condition: boolean }
  | { do: 'update'; id: string; content: Content; version: number | undefined; onlyCreate: boolean }
  | { do: 'update-by'; number: string; id: string | undefined; name: string; version: number | undefined }
  | {
      do: 'patch'
      id: string
      name: string
      supposed: string | undefined
      version: number | undefined
      fhirPath: boolean
    }
  | { do: 'patch-by'; number: string; name: string; version: number | undefined }
  | { do: 'delete'; id: string; version: number | undefined }
  | { do: 'delete-by'; number: string; version: number | undefined }
>

const ID = fc.constantFrom('one', 'two')
const NUMBER = fc.constantFrom('1', '2', '3')
const NAME = fc.constantFrom('Aberdeen', 'Banff')
const CONTENT = fc.record({ name: NAME, number: NUMBER })
/** Mostly none: a wrong one ends a write before anything else is looked at. */
const VERSION = fc.oneof(
  { weight: 3, arbitrary: fc.constant(undefined) },
  { weight: 1, arbitrary: fc.integer({ min: 1, max: 4 }) },
)

const WRITE: fc.Arbitrary<Write> = fc.oneof(
  fc.record({ do: fc.constant('create' as const), content: CONTENT, condition: fc.boolean() }),
  fc.record({
    do: fc.constant('update' as const),
    id: ID,
    content: CONTENT,
    version: VERSION,
    onlyCreate: fc.boolean(),
  }),
  fc.record({
    do: fc.constant('update-by' as const),
    number: NUMBER,
    id: fc.option(ID, { nil: undefined, freq: 2 }),
    name: NAME,
    version: VERSION,
  }),
  fc.record({
    do: fc.constant('patch' as const),
    id: ID,
    name: NAME,
    supposed: fc.option(NAME, { nil: undefined, freq: 2 }),
    version: VERSION,
    fhirPath: fc.boolean(),
  }),
  fc.record({ do: fc.constant('patch-by' as const), number: NUMBER, name: NAME, version: VERSION }),
  fc.record({ do: fc.constant('delete' as const), id: ID, version: VERSION }),
  fc.record({ do: fc.constant('delete-by' as const), number: NUMBER, version: VERSION }),
)

/** The model: what the standard says that becomes of each write. */
const model = () => {
  const stored = new Map<string, Versions>()
  const versionOf = (id: string): number => stored.get(id)?.length ?? 0
  const currentOf = (id: string): Content | undefined => stored.get(id)?.at(-1)
  const matching = (number: string): string[] => [...stored.keys()].filter((id) => currentOf(id)?.number === number)
  const put = (id: string, content: Content | undefined): void => {
    stored.set(id, [...(stored.get(id) ?? []), content])
  }
  const update = (id: string, content: Content, version: number | undefined): number => {
    const existed = currentOf(id) !== undefined
    if (version !== undefined && (!existed || version !== versionOf(id))) return 412
    put(id, content)
    return existed ? 200 : 201
  }
  const patch = (id: string, name: string, supposed: string | undefined, version: number | undefined): number => {
    const current = currentOf(id)
    if (current === undefined) return versionOf(id) === 0 ? 404 : 410
    if (version !== undefined && version !== versionOf(id)) return 412
    if (supposed !== undefined && supposed !== current.name) return 409
    put(id, { ...current, name })
    return 200
  }
  const remove = (id: string, version: number | undefined): number => {
    if (versionOf(id) === 0) return 404
    if (version !== undefined && (currentOf(id) === undefined || version !== versionOf(id))) return 412
    if (currentOf(id) !== undefined) put(id, undefined)
    return 204
  }

  /** The status that a write is to have. `made` is the id that the server gave, where it gave one. */
  const apply = (write: Write, made: () => string): number => {
    switch (write.do) {
      case 'create': {
        const found = write.condition ? matching(write.content.number) : []
        if (found.length > 0) return found.length === 1 ? 200 : 412
        put(made(), write.content)
        return 201
      }
      case 'update':
        if (write.onlyCreate && currentOf(write.id) !== undefined) return 412
        return update(write.id, write.content, write.version)
      case 'update-by': {
        const { number, id, name, version } = write
        const [found, ...others] = matching(number)
        if (others.length > 0) return 412
        if (found !== undefined) {
          if (id !== undefined && id !== found) return 400
          return update(found, { name, number }, version)
        }
        if (version !== undefined) return 412
        if (id !== undefined && currentOf(id) !== undefined) return 409
        put(id ?? made(), { name, number })
        return 201
      }
      case 'patch':
        return patch(write.id, write.name, write.fhirPath ? undefined : write.supposed, write.version)
      case 'patch-by': {
        const [found, ...others] = matching(write.number)
        if (others.length > 0) return 412
        if (found === undefined) return write.version === undefined ? 404 : 412
        return patch(found, write.name, undefined, write.version)
      }
      case 'delete':
        return remove(write.id, write.version)
      case 'delete-by': {
        const [found, ...others] = matching(write.number)
        if (others.length > 0) return 412
        if (found === undefined) return write.version === undefined ? 204 : 412
        return remove(found, write.version)
      }
    }
  }
  return { stored, matching, apply }
}

/** The same write as a request. `of` makes an id or an identifier one of this run. */
const send = (write: Write, of: (text: string) => string) => {
  const organization = ({ name, number }: Content, id?: string): Organization => ({
    resourceType: 'Organization',
    ...(id === undefined ? {} : { id: of(id) }),
    identifier: [{ system: 'urn:model', value: of(number) }],
    name,
  })
  const by = (number: string): string => `identifier=urn:model%7C${of(number)}`
  const match = (version: number | undefined): Record<string, string> =>
    version === undefined ? {} : { 'If-Match': `W/"${version}"` }
  const rename = (name: string, supposed?: string) =>
    JSON.stringify([
      ...(supposed === undefined ? [] : [{ op: 'test', path: '/name', value: supposed }]),
      { op: 'replace', path: '/name', value: name },
    ])
  const json = { 'Content-Type': 'application/json-patch+json' }
  switch (write.do) {
    case 'create': {
      const headers = write.condition ? { 'If-None-Exist': by(write.content.number) } : undefined
      return gp('POST', '/Organization', organization(write.content), headers)
    }
    case 'update': {
      const headers = { ...match(write.version), ...(write.onlyCreate ? { 'If-None-Match': '*' } : {}) }
      return gp('PUT', `/Organization/${of(write.id)}`, organization(write.content, write.id), headers)
    }
    case 'update-by':
      return gp('PUT', `/Organization?${by(write.number)}`, organization(write, write.id), match(write.version))
    case 'patch':
      return write.fhirPath
        ? gp('PATCH', `/Organization/${of(write.id)}`, renamed(write.name), match(write.version))
        : gp('PATCH', `/Organization/${of(write.id)}`, rename(write.name, write.supposed), {
            ...json,
            ...match(write.version),
          })
    case 'patch-by':
      return gp('PATCH', `/Organization?${by(write.number)}`, rename(write.name), { ...json, ...match(write.version) })
    case 'delete':
      return gp('DELETE', `/Organization/${of(write.id)}`, undefined, match(write.version))
    case 'delete-by':
      return gp('DELETE', `/Organization?${by(write.number)}`, undefined, match(write.version))
  }
}

const renamed = (name: string) => ({
  resourceType: 'Parameters',
  parameter: [
    {
      name: 'operation',
      part: [
        { name: 'type', valueCode: 'replace' },
        { name: 'path', valueString: 'Organization.name' },
        { name: 'value', valueString: name },
      ],
    },
  ],
})

const shown = (resource: FhirResource | undefined, number: (value: string) => string): Content | undefined => {
  if (resource?.resourceType !== 'Organization') return undefined
  return { name: resource.name ?? '', number: number(resource.identifier?.[0]?.value ?? '') }
}

let runs = 0

test('a random history of writes is answered, read and found as the standard says (http://hl7.org/fhir/R4/http.html)', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(WRITE, { minLength: 1, maxLength: 20, size: 'max' }), async (writes) => {
      const run = `run-${++runs}-`
      const { stored, matching, apply } = model()
      for (const [position, write] of writes.entries()) {
        const { status, headers } = await send(write, (text) => run + text)
        const made = (): string => headers.get('location')?.split('/').at(-3)?.replace(run, '') ?? ''
        expect([position, write.do, status]).toEqual([position, write.do, apply(write, made)])
      }

      const plain = (value: string): string => value.replace(run, '')
      for (const [id, versions] of stored) {
        const path = `/Organization/${['one', 'two'].includes(id) ? run + id : id}`
        const read = await gp('GET', path)
        expect([read.status, shown(read.body, plain)]).toEqual([
          versions.at(-1) === undefined ? 410 : 200,
          versions.at(-1),
        ])
        for (const [index, version] of versions.entries()) {
          const vread = await gp('GET', `${path}/_history/${index + 1}`)
          expect([vread.status, shown(vread.body, plain)]).toEqual([version === undefined ? 410 : 200, version])
        }
        const { body } = await gp<Bundle<FhirResource>>('GET', `${path}/_history?_count=100`)
        expect(
          body.entry?.map(({ request, resource }) => [request?.method === 'DELETE', shown(resource, plain)]),
        ).toEqual(versions.map((version) => [version === undefined, version]).toReversed())
      }
      for (const number of ['1', '2', '3']) {
        const { body } = await gp<Bundle<FhirResource>>('GET', `/Organization?identifier=urn:model%7C${run}${number}`)
        const found = (body.entry ?? []).flatMap(({ resource }) =>
          resource?.resourceType === 'Organization' ? [plain(resource.id ?? '')] : [],
        )
        expect(found.sort()).toEqual(matching(number).sort())
      }
    }),
    { numRuns: 25 },
  )
}, 180_000)
