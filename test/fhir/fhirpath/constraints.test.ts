import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from '@jest/globals'
import type { ElementDefinition, Resource, StructureDefinition } from 'fhir/r4.js'
import reference, { type Model } from 'fhirpath'
import r4 from 'fhirpath/fhir-context/r4/index.js'
import { BASE } from '../../../src/definitions/base.ts'
import { R4_MODEL } from '../../../src/definitions/path-model.ts'
import { compile, type Expression, evaluate, FhirPathFault } from '../../../src/fhir/fhirpath/fhirpath.ts'
import { childrenNamed } from '../../../src/validation/children.ts'
import { rootOf, type Spot, wholeSpot } from '../../../src/validation/spot.ts'

const EXAMPLES = new URL('../../../node_modules/hl7.fhir.r4.examples/', import.meta.url)
const PROFILES = new URL('../../../profiles/package/', import.meta.url)
const OWN = new URL('../../../fixtures/examples/', import.meta.url)
/** UK Core, which nobody here wrote: where a checkout has no ../shared, its rules and examples are left out. */
const UK_CORE = new URL('../../../../shared/data/uk-core/', import.meta.url)
const UK_CORE_PROFILES = new URL('structuredefinitions/', UK_CORE)
const UK_CORE_EXAMPLES = new URL('examples/', UK_CORE)

const read = <T>(folder: URL, name: string): T => JSON.parse(readFileSync(new URL(name, folder), 'utf8')) as T

/** Definitions of definitions are many and alike: they say nothing more of the engine than clinical resources do. */
const CONFORMANCE =
  /^(?:StructureDefinition|ValueSet|CodeSystem|SearchParameter|OperationDefinition|ConceptMap|package|NamingSystem|Bundle|\.)/
const LARGEST = 60_000

const jsonIn = (folder: URL): readonly string[] =>
  existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.json')) : []

const examples = (): readonly Resource[] =>
  [
    ...jsonIn(EXAMPLES)
      .filter((name) => !CONFORMANCE.test(name))
      .map((name) => [EXAMPLES, name] as const),
    ...[OWN, UK_CORE_EXAMPLES].flatMap((folder) => jsonIn(folder).map((name) => [folder, name] as const)),
  ]
    .map(([folder, name]) => readFileSync(new URL(name, folder), 'utf8'))
    .filter((text) => text.length < LARGEST)
    .map((text) => JSON.parse(text) as Resource)
    .filter(({ resourceType }) => resourceType !== undefined)

/** What the reference cannot be asked, or answers otherwise, with the reason. */
const OTHERWISE: Readonly<Record<string, string>> = {
  'ctm-1': 'it resolves references only where it may wait for an answer',
  'dom-3': 'it takes as() of more than one item for an error, as later versions of FHIRPath do; R4 asks it of many',
  'function-2': 'it evaluates the right side of "implies" where the left is false, and a concept has no order',
  'function-3': 'it evaluates the right side of "implies" where the left is false, and mod of a Quantity fails',
  'que-7': 'a FHIR boolean is no System.Boolean for it, so the rule could never hold',
}

const ours = new Map<string, Expression>()
const theirs = new Map<string, (value: unknown, variables: Record<string, unknown>) => unknown[]>()

const once = <T>(known: Map<string, T>, key: string, make: () => T): T => {
  const found = known.get(key) ?? make()
  known.set(key, found)
  return found
}

const ourAnswer = (text: string, spot: Spot): unknown => {
  try {
    const environment = { resource: spot.resource, rootResource: rootOf(spot), isAllowedHtml: () => true }
    return evaluate(
      once(ours, text, () => compile(text, R4_MODEL)),
      spot,
      environment,
    ).map(({ value }) => value)
  } catch (error) {
    if (error instanceof FhirPathFault) return 'error'
    throw error
  }
}

const theirAnswer = (text: string, spot: Spot): unknown => {
  try {
    const evaluateTheirs = once(
      theirs,
      `${spot.type} ${text}`,
      () =>
        reference.compile({ base: spot.type, expression: text }, r4 as unknown as Model, {
          traceFn: () => {},
          userInvocationTable: { htmlChecks: { fn: () => [true], arity: { 0: [] } } },
        }) as never,
    )
    // It marks what it is given.
    return evaluateTheirs(structuredClone(spot.value), {
      resource: structuredClone(spot.resource.value),
      rootResource: structuredClone(rootOf(spot).value),
    })
  } catch {
    return 'error'
  }
}

const elements = new Map<string, ReadonlyMap<string, readonly ElementDefinition[]>>()
/** The elements of a type by their paths, each named once without its slices. */
const elementsOf = (type: string): ReadonlyMap<string, readonly ElementDefinition[]> =>
  once(elements, type, () => {
    const found = new Map<string, ElementDefinition[]>()
    for (const element of BASE.structure(`http://hl7.org/fhir/StructureDefinition/${type}`)?.snapshot?.element ?? []) {
      const path = element.path.replace(/\[x\]$/, '')
      found.set(path, [...(found.get(path) ?? []), element])
    }
    return found
  })

/** What profiles of our own and of UK Core say of an element, by its path: asked of every such element, whatever it conforms to. */
const ofProfiles = new Map<string, { key: string; expression: string }[]>()
for (const folder of [PROFILES, UK_CORE_PROFILES])
  for (const name of jsonIn(folder).filter((each) => each.startsWith('StructureDefinition-') || folder !== PROFILES))
    for (const { path, constraint = [] } of read<StructureDefinition>(folder, name).differential?.element ?? [])
      for (const { key, expression } of constraint)
        if (expression !== undefined) ofProfiles.set(path, [...(ofProfiles.get(path) ?? []), { key, expression }])

type Asked = Readonly<{ key: string; expression: string; spot: Spot }>

/** The constraints at an element. ele-1 stands on every element and is checked with the structure. */
const constraintsAt = (spot: Spot): readonly Asked[] =>
  [
    ...(elementsOf(spot.type.split('.')[0] as string).get(spot.type) ?? []).flatMap(
      ({ constraint }) => constraint ?? [],
    ),
    ...(ofProfiles.get(spot.type) ?? []),
  ].flatMap(({ key, expression }) =>
    expression === undefined || key === 'ele-1' || typeof spot.value !== 'object' ? [] : [{ key, expression, spot }],
  )

const isAnsweredOtherwise = ({ expression, spot }: Asked): boolean =>
  JSON.stringify(ourAnswer(expression, spot)) !== JSON.stringify(theirAnswer(expression, spot))

const walk = (spot: Spot, visit: (spot: Spot) => void): void => {
  visit(spot)
  if (typeof spot.value !== 'object' || spot.value === null) return
  const names = new Set(
    Object.keys(spot.value)
      .map((property) => (R4_MODEL.typeOf(spot.type, property) === undefined ? undefined : property))
      .filter((property) => property !== undefined),
  )
  const elementNames = new Set<string>()
  for (const [path] of elementsOf(spot.type.split('.')[0] as string))
    if (path.startsWith(`${spot.type}.`) && !path.slice(spot.type.length + 1).includes('.'))
      elementNames.add(path.slice(spot.type.length + 1))
  for (const name of elementNames)
    if ([...names].some((property) => property.startsWith(name)))
      for (const child of childrenNamed(spot, name)) walk(child, visit)
}

describe('The expressions of constraints, held against the reference implementation (fhirpath 4.11.0)', () => {
  test('those of R4, of our profiles and of UK Core find in all examples what it finds, but where a reason is given', () => {
    const asked: Asked[] = []
    for (const resource of examples())
      walk(wholeSpot(resource as never), (spot) => {
        asked.push(...constraintsAt(spot))
      })
    expect(asked.length).toBeGreaterThan(9_000)
    const different = asked.filter((one) => !(one.key in OTHERWISE) && isAnsweredOtherwise(one))
    expect(different.map(({ key, spot }) => `${key} ${spot.type}`)).toEqual([])
  })

  test('what is listed with a reason does differ', () => {
    const differing = new Set<string>()
    for (const resource of examples())
      walk(wholeSpot(resource as never), (spot) => {
        for (const one of constraintsAt(spot))
          if (one.key in OTHERWISE && !differing.has(one.key) && isAnsweredOtherwise(one)) differing.add(one.key)
      })
    expect([...differing].sort()).toEqual(Object.keys(OTHERWISE).sort())
  })

  test('every constraint of R4 and of our own package can be read', () => {
    const structures = [
      ...jsonIn(EXAMPLES)
        .filter((name) => name.startsWith('StructureDefinition-'))
        .map((name) => read<StructureDefinition>(EXAMPLES, name)),
      ...jsonIn(PROFILES)
        .filter((name) => name.startsWith('StructureDefinition-'))
        .map((name) => read<StructureDefinition>(PROFILES, name)),
    ]
    const texts = new Set(
      structures.flatMap(({ snapshot, differential }) =>
        [...(snapshot?.element ?? []), ...(differential?.element ?? [])].flatMap(({ constraint = [] }) =>
          constraint.map(({ expression }) => expression),
        ),
      ),
    )
    texts.delete(undefined)
    expect(texts.size).toBeGreaterThan(230)
    for (const text of texts) expect(() => compile(text as string, R4_MODEL)).not.toThrow()
  })
})
