import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { SERVED } from '../../src/definitions/served.ts'
import { codesOf } from '../../src/definitions/tables.ts'
import { parseFhirJson } from '../../src/fhir/json.ts'
import { prepareValidation, validateResource } from '../../src/validation/validate.ts'
import { processorTime } from '../support/processor-time.ts'

type Tree = Record<string, unknown>
type Mutation = {
  name: string
  of: string
  set?: Record<string, unknown>
  remove?: string[]
  key?: string
  expression?: string
  keys?: string[]
  includes?: string[]
  says?: string
  hides?: string
}

const read = <T>(name: string): T => JSON.parse(readFileSync(new URL(name, import.meta.url), 'utf8')) as T
const valid = read<Record<string, Tree>>('valid.json')
const mutations = read<Mutation[]>('mutations.json')

const at = (tree: Tree, path: string): [Tree, string] => {
  const segments = path.split('.')
  const last = segments.pop() as string
  return [segments.reduce((node, segment) => node[segment] as Tree, tree), last]
}

const mutate = ({ of, set = {}, remove = [] }: Mutation): Tree => {
  const tree = structuredClone(valid[of] as Tree)
  for (const path of remove) {
    const [node, name] = at(tree, path)
    if (Array.isArray(node)) node.splice(Number(name), 1)
    else delete node[name]
  }
  for (const [path, value] of Object.entries(set)) {
    const [node, name] = at(tree, path)
    node[name] = value
  }
  return tree
}

describe('Resources that keep to base R4 have no issues', () => {
  test.each(Object.keys(valid))('%s', (type) => {
    expect(validateResource(valid[type])).toEqual([])
  })
})

describe('A whole number is written in digits alone (datatypes.html#integer)', () => {
  const findingsFor = (number: string): readonly string[] =>
    validateResource(
      parseFhirJson(
        `{"resourceType":"Observation","status":"final","code":{"text":"Falls"},"valueInteger":${number},"component":[{"code":{"text":"Weight"},"valueQuantity":{"value":1.0}}]}`,
      ),
    ).map(({ key, expression }) => `${key} ${expression}`)

  test.each(['0', '3', '-3'])('%s is one', (number) => {
    expect(findingsFor(number)).toEqual([])
  })

  test.each(['3.0', '3e0', '-0', '0.0'])('%s is none', (number) => {
    expect(findingsFor(number)).toEqual(['invalid-value Observation.value'])
  })
})

describe('A broken rule is reported with its key and its place', () => {
  test.each(mutations)('$name', (mutation) => {
    const issues = validateResource(mutate(mutation))
    const keys = issues.map((issue) => issue.key).sort()
    if (mutation.includes !== undefined) expect(keys).toEqual(expect.arrayContaining(mutation.includes))
    else expect(keys).toEqual(mutation.keys ?? [mutation.key])
    if (mutation.expression !== undefined) expect(issues[0]?.expression).toBe(mutation.expression)
    const texts = JSON.stringify(issues.map(({ text, expression }) => [text, expression]))
    if (mutation.says !== undefined) expect(issues.map((issue) => issue.text).join(' ')).toContain(mutation.says)
    if (mutation.hides !== undefined) expect(texts).not.toContain(mutation.hides)
    for (const issue of issues) {
      expect(issue.severity).toBe('error')
      expect(issue.text).toMatch(/^[A-Za-z].{15,}[.?)]$/)
    }
  })

  test('at most 200 issues are listed, and it is said how many more there are', () => {
    const issues = validateResource({
      ...valid['CarePlan'],
      identifier: Array.from({ length: 1000 }, () => ({ colour: 1 })),
    })
    expect(issues).toHaveLength(201)
    expect(issues.at(-1)).toMatchObject({ key: 'more-issues', severity: 'information' })
    expect(issues.at(-1)?.text).toContain('800')
  })

  test('a resource of 100,000 levels is refused without overflowing the stack', () => {
    let item: Tree = { linkId: 'x' }
    for (let level = 0; level < 100_000; level++) item = { linkId: 'x', item: [item] }
    expect(validateResource({ ...valid['QuestionnaireResponse'], item: [item] }).map((issue) => issue.key)).toEqual([
      'resource-too-deep',
    ])
  })

  test.each([undefined, null, 1, 'CarePlan', [], [{}]])('%j is no resource', (value) => {
    expect(validateResource(value).map((issue) => issue.key)).toEqual(['resource-type-missing'])
  })
})

describe('The official examples of R4 4.0.1', () => {
  const folder = new URL('../../node_modules/hl7.fhir.r4.examples/', import.meta.url)
  const taken = new Set([
    ...SERVED.map((served) => served.type),
    'Parameters',
    'OperationOutcome',
    'Questionnaire',
    'Composition',
    'CapabilityStatement',
    'AuditEvent',
    'Binary',
  ])
  const names = readdirSync(folder).filter((name) => taken.has(name.split('-')[0] as string))
  const trueErrors = read<Record<string, { keys: string[]; why: string }>>('example-errors.json')

  test('there are examples of every type that is taken, but Parameters', () => {
    expect(new Set([...names.map((name) => name.split('-')[0]), 'Parameters'])).toEqual(taken)
    expect(names.length).toBeGreaterThan(280)
  })

  test.each(names)('%s', (name) => {
    const example = JSON.parse(readFileSync(new URL(name, folder), 'utf8')) as unknown
    const keys = new Set(validateResource(example).map((issue) => issue.key))
    keys.delete('more-issues')
    expect([...keys].sort()).toEqual(trueErrors[name]?.keys ?? [])
  })
})

test('every R4 resource type can be compiled with all that stands in it, so that any may be contained', () => {
  const types = codesOf('http://hl7.org/fhir/ValueSet/resource-types').filter(
    (type) => type !== 'Resource' && type !== 'DomainResource',
  )
  const prepared = prepareValidation(types)
  expect(types).toHaveLength(146)
  expect(prepared).toEqual(
    expect.arrayContaining([...types, 'CarePlan.activity.detail', 'Timing.repeat', 'SimpleQuantity']),
  )
})

describe('Laws', () => {
  const anything = fc.jsonValue({ maxDepth: 4 }) as fc.Arbitrary<unknown>
  const paths = (tree: unknown, prefix: string[] = []): string[][] =>
    typeof tree === 'object' && tree !== null
      ? Object.entries(tree).flatMap(([name, child]) => [[...prefix, name], ...paths(child, [...prefix, name])])
      : []

  test('whatever is put wherever, there are issues or none, each with a key, a text and a place in the resource; nothing is thrown', () => {
    fc.assert(
      fc.property(fc.constantFrom(...Object.keys(valid)), fc.nat(), anything, (type, index, value) => {
        const tree = structuredClone(valid[type] as Tree)
        const all = paths(tree)
        const [node, name] = at(tree, (all[index % all.length] as string[]).join('.'))
        node[name] = value
        for (const issue of validateResource(tree)) {
          expect(issue.key).toMatch(/^[a-z0-9-]+$/)
          expect(issue.text.length).toBeGreaterThan(10)
          if (issue.expression !== undefined) expect(issue.expression).toMatch(/^[A-Za-z]+(\.[A-Za-z0-9]+|\[\d+\])*$/)
        }
      }),
      { numRuns: 1000 },
    )
  })

  test('no text of the record gets into a message', () => {
    const secret = 'Zebedee 9434765919'
    fc.assert(
      fc.property(
        fc.constantFrom(...Object.keys(valid)),
        fc.nat(),
        fc.constantFrom<unknown>(secret, [secret], { [secret]: secret }, { display: [secret] }),
        (type, index, value) => {
          const tree = structuredClone(valid[type] as Tree)
          const all = paths(tree).filter((path) => path.at(-1) !== 'resourceType')
          const [node, name] = at(tree, (all[index % all.length] as string[]).join('.'))
          node[name] = value
          expect(JSON.stringify(validateResource(tree))).not.toMatch(/Zebedee|9434765919/)
        },
      ),
      { numRuns: 1000 },
    )
  })

  test('removing an optional element of a valid resource adds no structural issue', () => {
    fc.assert(
      fc.property(fc.constantFrom(...Object.keys(valid)), fc.nat(), (type, index) => {
        const tree = structuredClone(valid[type] as Tree)
        const names = Object.keys(tree).filter((name) => name !== 'resourceType')
        delete tree[names[index % names.length] as string]
        for (const issue of validateResource(tree)) expect(['required', 'invariant', 'structure']).toContain(issue.code)
      }),
    )
  })
})

describe('What costs the sender little costs little', () => {
  const goal = (more: object) => ({
    resourceType: 'Goal',
    lifecycleStatus: 'proposed',
    description: { text: 'Words.' },
    subject: { reference: 'Patient/1' },
    ...more,
  })
  const contained = (count: number) =>
    Array.from({ length: count }, (_, index) => ({
      resourceType: 'Condition',
      id: `c${index}`,
      subject: { reference: 'Patient/1' },
    }))
  const times = (count: number, value: unknown) => Array(count).fill(value)
  /** Each of these took from half a minute to hours while it was checked to its end, or ended in a stack overflow. */
  const HEAVY: readonly [string, object, string][] = [
    [
      '30,000 references to none of 500 contained resources',
      goal({ contained: contained(500), addresses: times(30_000, { reference: '#zz' }) }),
      'ref-1',
    ],
    ['more contained resources than are taken', goal({ contained: contained(501) }), 'too-many-contained'],
    ['1.6 million empty objects', goal({ addresses: times(1_600_000, {}) }), 'ele-1'],
    ['900,000 nulls', { resourceType: 'Patient', name: [{ given: times(900_000, null) }] }, 'null-not-allowed'],
    [
      'an object of 400,000 properties',
      goal(Object.fromEntries(times(400_000, 0).map((_, index) => [`q${index}`, 0]))),
      'resource-too-wide',
    ],
    [
      'a code of 5 million characters',
      goal({ achievementStatus: { coding: [{ code: 'a '.repeat(2_400_000) }] } }),
      'invalid-value',
    ],
    [
      'an OID of 5 million characters',
      goal({ extension: [{ url: 'a', valueOid: `urn:oid:1${'.1'.repeat(2_400_000)}` }] }),
      'invalid-value',
    ],
  ]

  test.each(HEAVY)('%s', (_about, resource, key) => {
    let issues: ReturnType<typeof validateResource> = []
    const taken = processorTime(() => {
      issues = validateResource(resource)
    })
    expect(issues.map((found) => found.key)).toContain(key)
    expect(issues.length).toBeLessThanOrEqual(201)
    // A second on an idle machine; here it is the order of magnitude that counts.
    expect(taken).toBeLessThan(8_000)
  })

  test('a value beside 190,000 codes and a component with as many others is looked through once', () => {
    const codes = (code: string) => ({ coding: times(190_000, { code }) })
    const observation = {
      resourceType: 'Observation',
      status: 'final',
      code: codes('a'),
      valueString: 'x',
      component: [{ code: codes('b') }],
    }
    expect(validateResource(observation)).toEqual([])
    expect(validateResource({ ...observation, component: [{ code: codes('a') }] }).map(({ key }) => key)).toEqual([
      'obs-7',
    ])
  })

  test('what is wrong after very much else is never taken for right', () => {
    const names = times(5_000, { given: ['A'], _given: [{ id: 'x' }] })
    const last = [...names, { nonsense: 1 }]
    expect(validateResource({ resourceType: 'Patient', name: last }).map(({ key }) => key)).toEqual(['unknown-element'])
  })
})
