/** Held against the snapshots that the publishers of R4 and the compiler of our own package made from the same differentials. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from '@jest/globals'
import type { ElementDefinition, StructureDefinition } from 'fhir/r4.js'
import { SnapshotFault, snapshotOf } from '../../src/definitions/snapshot.ts'

const CORE = dirname(createRequire(import.meta.url).resolve('hl7.fhir.r4.examples/package.json'))
const OURS = fileURLToPath(new URL('../../profiles/package', import.meta.url))
const UK_CORE = fileURLToPath(new URL('../../../shared/data/uk-core/structuredefinitions', import.meta.url))

const structuresIn = (folder: string): StructureDefinition[] =>
  readdirSync(folder)
    .filter((name) => /^StructureDefinition-.*\.json$/.test(name) || folder === UK_CORE)
    .sort()
    .map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')) as StructureDefinition)

const core = structuresIn(CORE)
const ours = structuresIn(OURS)
const known = new Map([...core, ...ours].map((one) => [one.url, one]))
const find = (canonical: string): StructureDefinition | undefined => known.get(canonical.split('|')[0] as string)

const withoutSnapshot = ({ snapshot: _, ...rest }: StructureDefinition): StructureDefinition => rest
const elementsOf = (profile: StructureDefinition): ElementDefinition[] => profile.snapshot?.element ?? []

/** What of an element decides what is valid. */
const essence = (element: ElementDefinition): Record<string, unknown> => ({
  path: element.path,
  number: `${element.min}..${element.max}`,
  type: element.type?.map(({ code, profile, targetProfile }) => ({ code, profile, targetProfile })),
  values: Object.entries(element)
    .filter(([name]) => /^(fixed|pattern|minValue|maxValue|maxLength)/.test(name))
    .sort(),
  binding: [element.binding?.strength, element.binding?.valueSet],
  slicing: element.slicing && {
    by: element.slicing.discriminator,
    rules: element.slicing.rules,
    ordered: element.slicing.ordered ?? false,
  },
  mustSupport: element.mustSupport ?? false,
  isModifier: element.isModifier ?? false,
  constraint: element.constraint?.map(({ key }) => key).sort(),
  contentReference: element.contentReference,
})

/** One line for each property of each element in which our snapshot is not the published one. */
const differences = (published: StructureDefinition): string[] => {
  const made = new Map(elementsOf(snapshotOf(withoutSnapshot(published), find)).map((one) => [one.id, one]))
  const theirs = elementsOf(published)
  const lines = theirs.flatMap((element) => {
    const mine = made.get(element.id)
    if (mine === undefined) return [`${published.id} ${element.id} missing`]
    const [our, their] = [essence(mine), essence(element)]
    return Object.keys(our)
      .filter((name) => JSON.stringify(our[name]) !== JSON.stringify(their[name]))
      .map((name) => `${published.id} ${element.id} ${name}`)
  })
  const listed = new Set(theirs.map(({ id }) => id))
  const added = [...made.keys()].filter((id) => !listed.has(id)).map((id) => `${published.id} ${id} added`)
  return [...lines, ...added]
}

/** Where ours differs from the published one, and why that is right. */
const REASONED: readonly Readonly<{ line: RegExp; why: string }>[] = [
  {
    line: /^bp Observation\.component:(SystolicBP|DiastolicBP)\.value\[x\]/,
    why: 'valueQuantity is a slice by type here, as it is elsewhere in R4; published with the constraints on value[x] itself, which allows the same',
  },
  {
    line: /^catalog Composition\.date(:IssueDate)? (missing|added)$/,
    why: 'a name for an element that cannot repeat makes no slice; published under that name',
  },
  {
    line: /^clinicaldocument Composition\.extension:versionNumber number$/,
    why: 'the extension itself says that it stands once',
  },
  {
    line: /^elementdefinition-de ElementDefinition\.extension:\w+\.(id|extension|url|value\[x\]:value\w+|value\[x\]) (missing|added)$/,
    why: 'published with the elements of an extension that the differential does not walk into; the profile of the extension says them',
  },
  {
    line: /^provenance-relevant-history Provenance\.agent:Author\.type binding$/,
    why: 'a slice obeys what is said of all agents; published with the binding of the base',
  },
  {
    line: /^provenance-relevant-history Provenance\.entity\.agent contentReference$/,
    why: 'published as a reference to one slice, which the differential does not say',
  },
]

/** Profiles of R4 that break the rules of profiling. */
const REFUSED: Readonly<Record<string, RegExp>> = {
  'codesystem-history': /extension:revision\.extension:date: max 1 allows more than the 0 of the base/,
  'familymemberhistory-genetic': /condition:Condition: condition is not sliced/,
}

describe('snapshots that others made from the same differentials', () => {
  const published = core.filter((one) => one.derivation === 'constraint' && one.snapshot !== undefined)

  test('every profile and extension of R4 has the published snapshot, but for what there are reasons for (profiling.html#snapshot)', () => {
    expect(published.length).toBeGreaterThan(400)
    const found = published.filter(({ id }) => !((id as string) in REFUSED)).flatMap(differences)
    expect(found.filter((line) => !REASONED.some((reason) => reason.line.test(line)))).toEqual([])
    const unused = REASONED.filter((reason) => !found.some((line) => reason.line.test(line)))
    expect(unused).toEqual([])
  })

  test.each(Object.entries(REFUSED))('%s of R4 breaks the rules of profiling and is refused', (id, message) => {
    const profile = core.find((one) => one.id === id) as StructureDefinition
    expect(() => snapshotOf(withoutSnapshot(profile), find)).toThrow(message)
  })

  test('every profile and extension of our own package has the snapshot of its compiler', () => {
    // The compiler makes a slice of a must-support element without that mark; R4's publishers keep it.
    const found = ours.flatMap(differences).filter((line) => !/:\w+ mustSupport$/.test(line))
    expect(found).toEqual([])
  })

  const withUkCore = existsSync(UK_CORE) ? test : test.skip
  withUkCore('every profile of UK Core, published without one, gets a snapshot (needs ../shared/data)', () => {
    const ukCore = structuresIn(UK_CORE)
    const all = new Map([...known, ...ukCore.map((one) => [one.url, one] as const)])
    const made = ukCore.map((one) => snapshotOf(one, (canonical) => all.get(canonical.split('|')[0] as string)))
    expect(made.length).toBeGreaterThan(100)
    for (const one of made) expect(elementsOf(one).length).toBeGreaterThan(4)
    const patient = made.find(({ id }) => id === 'UKCore-Patient') as StructureDefinition
    expect(elementsOf(patient).map(({ id }) => id)).toEqual(
      expect.arrayContaining(['Patient.identifier:nhsNumber.extension:nhsNumberVerificationStatus', 'Patient.photo']),
    )
  })
})

const profileOf = (
  name: string,
  differential: readonly ElementDefinition[],
  baseDefinition = 'http://hl7.org/fhir/StructureDefinition/Observation',
): StructureDefinition => ({
  resourceType: 'StructureDefinition',
  url: `https://other.example/${name}`,
  name,
  status: 'draft',
  kind: 'resource',
  abstract: false,
  type: 'Observation',
  baseDefinition,
  derivation: 'constraint',
  differential: { element: [...differential] },
})

/** The snapshot of the last of these profiles, each of which may build on those before it. */
const madeOf = (...profiles: readonly StructureDefinition[]): Map<string, ElementDefinition> => {
  const here = new Map(profiles.map((one) => [one.url, one]))
  const last = profiles.at(-1) as StructureDefinition
  const made = snapshotOf(last, (canonical) => here.get(canonical) ?? find(canonical))
  return new Map(elementsOf(made).map((one) => [one.id as string, one]))
}

const byCode = { discriminator: [{ type: 'value' as const, path: 'code' }], rules: 'open' as const }

describe('what a differential says (http://hl7.org/fhir/R4/elementdefinition.html)', () => {
  test('a slice of a slice starts as that slice and stands after it', () => {
    const made = madeOf(
      profileOf('a', [
        { id: 'Observation.component', path: 'Observation.component', slicing: byCode },
        { id: 'Observation.component:dose', path: 'Observation.component', sliceName: 'dose', min: 1, max: '5' },
        {
          id: 'Observation.component:dose.value[x]',
          path: 'Observation.component.value[x]',
          type: [{ code: 'Quantity' }],
        },
        { id: 'Observation.component:other', path: 'Observation.component', sliceName: 'other' },
      ]),
      profileOf(
        'b',
        [
          { id: 'Observation.component:dose', path: 'Observation.component', sliceName: 'dose', slicing: byCode },
          { id: 'Observation.component:dose/first', path: 'Observation.component', sliceName: 'dose/first', max: '1' },
        ],
        'https://other.example/a',
      ),
    )
    expect(made.get('Observation.component:dose/first')).toMatchObject({ min: 0, max: '1', sliceName: 'dose/first' })
    expect(made.get('Observation.component:dose/first.value[x]')?.type).toEqual([{ code: 'Quantity' }])
    const order = [...made.keys()].filter((id) => /^Observation\.component(:[^.]+)?$/.test(id))
    expect(order.map((id) => id.replace('Observation.component', ''))).toEqual(['', ':dose', ':dose/first', ':other'])
  })

  test('what repeats another element is written out where it is constrained', () => {
    const id = 'Observation.component.referenceRange.low.value'
    const made = madeOf(profileOf('a', [{ id, path: id, min: 1 }]))
    expect(made.get(id)).toMatchObject({ min: 1, max: '1' })
    expect(made.get('Observation.component.referenceRange')?.contentReference).toBeUndefined()
    expect(made.get('Observation.component.referenceRange')?.type).toEqual([{ code: 'BackboneElement' }])
    expect(made.get('Observation.referenceRange.low.value')).toBeUndefined()
  })

  test('an extension starts a slicing by url, and an element of several types has what all types have', () => {
    const made = madeOf(
      profileOf('a', [
        {
          path: 'Observation.extension',
          sliceName: 'why',
          type: [{ code: 'Extension', profile: ['http://hl7.org/fhir/StructureDefinition/data-absent-reason'] }],
        },
        { path: 'Observation.effective[x].extension', min: 1 },
      ]),
    )
    expect(made.get('Observation.extension')?.slicing?.discriminator).toEqual([{ type: 'value', path: 'url' }])
    expect(made.get('Observation.extension:why')).toMatchObject({
      min: 0,
      max: '1',
      short: 'unknown | asked | temp | notasked | masked | unsupported | astext | error',
    })
    expect(made.get('Observation.effective[x].extension')?.min).toBe(1)
  })

  test('rules, aliases and examples add to those of the base; a text that begins with dots goes on', () => {
    const made = madeOf(
      profileOf('a', [
        {
          path: 'Observation.code',
          comment: '...Ours as well.',
          alias: ['Question'],
          constraint: [{ key: 'our-1', severity: 'error', human: 'Ours', expression: 'true' }],
        },
      ]),
    )
    const code = made.get('Observation.code') as ElementDefinition
    expect(code.comment).toMatch(/^\*?All.*Ours as well\.$/s)
    expect(code.alias).toEqual(['Name', 'Question'])
    expect(code.constraint?.map(({ key, source }) => [key, source])).toContainEqual([
      'our-1',
      'https://other.example/a',
    ])
    expect(code.constraint?.map(({ key }) => key)).toContain('ele-1')
  })

  test('the profile of a type is walked into where more is said below', () => {
    const made = madeOf(
      profileOf('a', [
        {
          path: 'Observation.value[x]',
          type: [{ code: 'Quantity', profile: ['http://hl7.org/fhir/StructureDefinition/SimpleQuantity'] }],
        },
        { path: 'Observation.value[x].unit', min: 1 },
      ]),
    )
    expect(made.get('Observation.value[x].comparator')?.max).toBe('0')
    expect(made.get('Observation.value[x].unit')?.min).toBe(1)
  })
})

describe('profiles of which no snapshot can be made', () => {
  const root = 'Observation'
  test.each<[string, readonly StructureDefinition[], RegExp]>([
    [
      'an element that is not there',
      [profileOf('a', [{ path: 'Observation.colour' }])],
      /Observation\.colour: there is no element/,
    ],
    [
      'a wider number',
      [profileOf('a', [{ path: 'Observation.status', min: 0 }])],
      /Observation\.status: min 0 allows fewer/,
    ],
    ['more than the base allows', [profileOf('a', [{ path: 'Observation.status', max: '2' }])], /max 2 allows more/],
    ['a number that is none', [profileOf('a', [{ path: 'Observation.note', max: 'many' }])], /max is "many"/],
    [
      'another type',
      [profileOf('a', [{ path: 'Observation.subject', type: [{ code: 'string' }] }])],
      /type string is none/,
    ],
    [
      'a choice of no such type',
      [profileOf('a', [{ path: 'Observation.valueAddress' }])],
      /valueAddress is none of the types/,
    ],
    [
      'a slice of what is not sliced',
      [profileOf('a', [{ path: 'Observation.note', sliceName: 'x' }])],
      /note is not sliced/,
    ],
    [
      'a slice of no slice',
      [profileOf('a', [{ id: 'Observation.note:a/b', path: 'Observation.note' }])],
      /slice of a slice/,
    ],
    ['another root', [profileOf('a', [{ path: 'Patient.name' }])], /do not begin with Observation/],
    ['a base that is not loaded', [profileOf('a', [], 'https://other.example/none')], /none is not loaded/],
    [
      'a base of another type',
      [profileOf('a', [], 'http://hl7.org/fhir/StructureDefinition/Patient')],
      /base is a Patient/,
    ],
    ['one that builds on itself', [profileOf('a', [], 'https://other.example/a')], /builds on itself/],
    [
      'two that build on each other',
      [profileOf('b', [], 'https://other.example/a'), profileOf('a', [], 'https://other.example/b')],
      /builds on itself: https:\/\/other\.example\/a → https:\/\/other\.example\/b → https:\/\/other\.example\/a/,
    ],
    [
      'a chain that is too long',
      Array.from({ length: 40 }, (_, at) =>
        profileOf(`p${at}`, [], at === 0 ? undefined : `https://other.example/p${at - 1}`),
      ),
      /more than 32 profiles/,
    ],
    ['slices within slices without end', [profileOf('a', slicesWithin(root, 9, 9))], /more than 20000 elements/],
  ])('%s', (_name, profiles, message) => {
    expect(() => madeOf(...profiles)).toThrow(SnapshotFault)
    expect(() => madeOf(...profiles)).toThrow(message)
  })
})

/** Extensions within extensions, sliced from the innermost outwards, so that each slice holds all of those within. */
function slicesWithin(root: string, depth: number, slices: number): ElementDefinition[] {
  return Array.from({ length: depth }, (_, level) => {
    const path = `${root}${'.extension'.repeat(depth - level)}`
    return Array.from({ length: slices }, (_each, at) => ({ id: `${path}:s${at}`, path, sliceName: `s${at}` }))
  }).flat()
}
