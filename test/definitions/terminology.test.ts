import { readFileSync } from 'node:fs'
import { describe, expect, test } from '@jest/globals'
import type { CodeSystem, ValueSet, ValueSetComposeInclude } from 'fhir/r4.js'
import { loadPackage } from '../../src/definitions/package.ts'
import { codesOf } from '../../src/definitions/tables.ts'
import { loadCodeSystem } from '../../src/definitions/terminology/code-system.ts'
import { expand } from '../../src/definitions/terminology/expansion.ts'
import { isMember, type Library, membersOf } from '../../src/definitions/terminology/value-set.ts'
import { codesAbove, codesBelow, codesOfValueSet, LIBRARY, libraryForOne } from '../../src/definitions/terminology.ts'
import type { Problem } from '../../src/fhir/outcome.ts'

const valueSetsOfR4 = (): ValueSet[] =>
  readFileSync(new URL('../../src/definitions/artefacts/value-sets.ndjson', import.meta.url), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as ValueSet)
const HL7 = 'http://hl7.org/fhir/ValueSet/'
const KEYPLAN = 'https://keyplan.example/fhir'
const SNOMED = 'http://snomed.info/sct'

const COLOURS = 'https://keyplan.example/test/colours'
const colours: CodeSystem = {
  resourceType: 'CodeSystem',
  url: COLOURS,
  version: '2',
  status: 'active',
  content: 'complete',
  hierarchyMeaning: 'is-a',
  concept: [
    {
      code: 'warm',
      property: [{ code: 'notSelectable', valueBoolean: true }],
      concept: [
        { code: 'red', display: 'Red', concept: [{ code: 'crimson' }, { code: 'pink' }] },
        { code: 'orange', property: [{ code: 'mixed', valueBoolean: true }] },
      ],
    },
    { code: 'white', property: [{ code: 'child', valueCode: 'pink' }] },
    { code: 'mauve', property: [{ code: 'status', valueCode: 'retired' }] },
  ],
}

const valueSet = (include: ValueSetComposeInclude[], exclude?: ValueSetComposeInclude[], url?: string): ValueSet => ({
  resourceType: 'ValueSet',
  ...(url === undefined ? {} : { url }),
  status: 'active',
  compose: { include, ...(exclude === undefined ? {} : { exclude }) },
})

const libraryOf = (valueSets: readonly ValueSet[] = []): Library => {
  const loaded = loadCodeSystem(colours)
  return {
    codeSystem: (url, version) => (url === COLOURS && (version ?? '2') === '2' ? loaded : undefined),
    valueSet: (canonical) => valueSets.find(({ url }) => url === canonical),
    spend: () => {},
  }
}

const codes = (set: ValueSet, library = libraryOf()): unknown => {
  const members = membersOf(library, set)
  return 'why' in members ? members : members.map(({ code }) => code)
}

describe('What a value set holds (http://hl7.org/fhir/R4/valueset.html#compositions)', () => {
  const filtered = (property: string, op: string, value: string): ValueSet =>
    valueSet([{ system: COLOURS, filter: [{ property, op: op as 'is-a', value }] }])

  test('a whole code system, each code before those below it', () => {
    expect(codes(valueSet([{ system: COLOURS }]))).toEqual([
      'warm',
      'red',
      'crimson',
      'pink',
      'orange',
      'white',
      'mauve',
    ])
  })

  test('none that is no longer in use, where those are left out, listed or not', () => {
    for (const include of [{ system: COLOURS }, { system: COLOURS, concept: [{ code: 'white' }, { code: 'mauve' }] }]) {
      const all = valueSet([include])
      const inUse: ValueSet = { ...all, compose: { include: [include], inactive: false } }
      expect(codes(all)).toContain('mauve')
      expect(codes(inUse)).not.toContain('mauve')
      expect(codes(inUse)).toContain('white')
      expect(isMember(libraryOf(), inUse, { system: COLOURS, code: 'mauve' })).toBe(false)
      expect(isMember(libraryOf(), inUse, { system: COLOURS, code: 'white' })).toBe(true)
    }
  })

  test.each([
    ['concept', 'is-a', 'red', ['red', 'crimson', 'pink']],
    ['concept', 'is-a', 'white', ['pink', 'white']],
    ['concept', 'descendent-of', 'warm', ['red', 'crimson', 'pink', 'orange']],
    ['concept', 'is-not-a', 'warm', ['white', 'mauve']],
    ['concept', 'generalizes', 'pink', ['warm', 'red', 'pink', 'white']],
    ['concept', 'in', 'red,white', ['red', 'white']],
    ['concept', 'not-in', 'warm,red,crimson,pink,orange', ['white', 'mauve']],
    ['mixed', '=', 'true', ['orange']],
    ['mixed', 'exists', 'true', ['orange']],
    ['code', 'regex', '[a-r].*d', ['red']],
  ])('a filter %s %s %s', (property, op, value, expected) => {
    expect(codes(filtered(property, op, value))).toEqual(expected)
  })

  test('an expression that could take long is not understood, rather than run', () => {
    for (const value of ['(a+)+b', 'a*b*c*d', '(?=x)', 'a|b', '[a', 'x{1,9}'])
      expect(codes(filtered('code', 'regex', value))).toMatchObject({ key: 'value-set-not-understood' })
  })

  test('several includes together, each code once, without what is excluded', () => {
    const both = [
      { system: COLOURS, concept: [{ code: 'pink' }] },
      filtered('concept', 'is-a', 'red').compose?.include[0],
    ]
    expect(codes(valueSet(both as ValueSetComposeInclude[]))).toEqual(['pink', 'red', 'crimson'])
    expect(
      codes(
        valueSet(
          [{ system: COLOURS }],
          [{ system: COLOURS, filter: [{ property: 'concept', op: 'is-a', value: 'warm' }] }],
        ),
      ),
    ).toEqual(['white', 'mauve'])
  })

  test('a value set that is imported narrows what stands beside it, several narrow each other', () => {
    const reds = { ...filtered('concept', 'is-a', 'red'), url: 'urn:reds' }
    const pale = valueSet([{ system: COLOURS, concept: [{ code: 'pink' }, { code: 'white' }] }], undefined, 'urn:pale')
    const library = libraryOf([reds, pale])
    expect(codes(valueSet([{ valueSet: ['urn:reds', 'urn:pale'] }]), library)).toEqual(['pink'])
    expect(codes(valueSet([{ system: COLOURS, valueSet: ['urn:pale'] }]), library)).toEqual(['pink', 'white'])
    expect(codes(valueSet([{ valueSet: ['urn:none'] }]), library)).toMatchObject({ key: 'value-set-not-loaded' })
  })

  test('one that includes itself by a detour has no meaning, and ends', () => {
    const a = valueSet([{ valueSet: ['urn:b'] }], undefined, 'urn:a')
    const b = valueSet([{ valueSet: ['urn:a'] }], undefined, 'urn:b')
    expect(codes(a, libraryOf([a, b]))).toMatchObject({ key: 'value-set-cyclic' })
    expect(isMember(libraryOf([a, b]), a, { system: COLOURS, code: 'red' })).toMatchObject({ key: 'value-set-cyclic' })
  })

  test('a code system that is not loaded, or not in that version, cannot be listed, and that is said', () => {
    expect(codes(valueSet([{ system: SNOMED }]))).toMatchObject({ key: 'code-system-not-loaded' })
    expect(codes(valueSet([{ system: COLOURS, version: '3' }]))).toMatchObject({ key: 'code-system-not-loaded' })
    expect(codes(valueSet([{ system: SNOMED, concept: [{ code: '264362003' }] }]))).toEqual(['264362003'])
  })
})

describe('Whether a code is in a value set: yes, no, or it cannot be told', () => {
  const mixed = valueSet(
    [{ system: SNOMED, filter: [{ property: 'concept', op: 'is-a', value: '404684003' }] }, { system: COLOURS }],
    [{ system: COLOURS, concept: [{ code: 'red' }] }],
  )
  const library = libraryOf()

  test('one part that cannot be told hides nothing of what another part says', () => {
    expect(isMember(library, mixed, { system: COLOURS, code: 'white' })).toBe(true)
    expect(isMember(library, mixed, { system: COLOURS, code: 'red' })).toBe(false)
    expect(isMember(library, mixed, { system: COLOURS, code: 'green' })).toBe(false)
    expect(isMember(library, mixed, { system: 'urn:other', code: 'white' })).toBe(false)
  })

  test('a code of what is not loaded is neither', () => {
    expect(isMember(library, mixed, { system: SNOMED, code: '1' })).toMatchObject({ key: 'code-system-not-loaded' })
  })

  test('what a value set lists agrees with what it is said to hold, for every value set that can be listed', () => {
    let listed = 0
    const all = new Set([...LISTED, `${KEYPLAN}/ValueSet/preferred-place`, `${HL7}relatedperson-relationshiptype`])
    for (const url of all) {
      const set = LIBRARY.valueSet(url) as ValueSet
      for (const { system, code } of codesOfValueSet(url)) {
        expect(isMember(LIBRARY, set, { system, code })).toBe(true)
        listed += 1
      }
      expect(isMember(LIBRARY, set, { system: 'urn:nobody', code: 'x' })).toBe(false)
    }
    expect(listed).toBeGreaterThan(100)
  })
})

/** Value sets that elements of type code are bound to: their codes are compiled a second time, for the validation of structure. */
const LISTED = [
  'administrative-gender',
  'request-status',
  'goal-status',
  'task-status',
  'consent-state-codes',
  'link-type',
].map((name) => `${HL7}${name}`)

describe('What is loaded', () => {
  test('the codes of R4 agree with those by which resources are validated', () => {
    for (const url of LISTED)
      expect(
        codesOfValueSet(url)
          .map(({ code }) => code)
          .sort(),
      ).toEqual([...codesOf(url)].sort())
  })

  test('codes carry their displays and definitions, and what groups others is marked', () => {
    expect(codesOfValueSet(`${HL7}administrative-gender`)[0]).toEqual({
      system: 'http://hl7.org/fhir/administrative-gender',
      version: '4.0.1',
      code: 'male',
      display: 'Male',
      definition: 'Male.',
    })
    const relationships = codesOfValueSet(`${HL7}relatedperson-relationshiptype`)
    expect(relationships.find(({ code }) => code === 'DAU')).toMatchObject({ display: 'natural daughter' })
    expect(relationships.find(({ code }) => code === '_PersonalRelationshipRoleType')).toMatchObject({ abstract: true })
  })

  test("every value set of KeyPlan's own can be listed; of R4's, each that needs nothing from elsewhere", () => {
    const valueSets = valueSetsOfR4()
    const reasons = valueSets.flatMap(({ url = '' }) => {
      const members = membersOf(LIBRARY, LIBRARY.valueSet(url) as ValueSet)
      return 'why' in members ? [members.key] : []
    })
    expect(valueSets.length - reasons.length).toBeGreaterThan(1_000)
    expect(new Set(reasons)).toEqual(new Set(['code-system-not-loaded', 'value-set-not-loaded']))
    for (const { url = '' } of loadPackage().all('ValueSet') as ValueSet[])
      expect([url, codesOfValueSet(url).length > 0]).toEqual([url, true])
  })

  test('is read once and kept', () => {
    const url = `${HL7}administrative-gender`
    const system = 'http://hl7.org/fhir/administrative-gender'
    expect(LIBRARY.valueSet(url)).toBe(LIBRARY.valueSet(url))
    expect(LIBRARY.codeSystem(system)).toBe(LIBRARY.codeSystem(system))
    expect(LIBRARY.codeSystem('urn:none')).toBeUndefined()
    expect(LIBRARY.valueSet('urn:none')).toBeUndefined()
  })

  test("KeyPlan's own, by address and version", () => {
    const url = `${KEYPLAN}/ValueSet/recommendation`
    expect(codesOfValueSet(url).map(({ code }) => code)).toContain('not-recommended')
    expect(codesOfValueSet(`${url}|${LIBRARY.valueSet(url)?.version}`)).toEqual(codesOfValueSet(url))
    expect(() => codesOfValueSet(`${url}|9.9`)).toThrow('is not loaded here')
  })

  test('what is below and above a code, by nesting and by property (http://hl7.org/fhir/R4/codesystem.html#hierarchy)', () => {
    const ROLE = 'http://terminology.hl7.org/CodeSystem/v3-RoleCode'
    expect(codesBelow(ROLE, 'CHILD')).toContain('DAU')
    expect(codesAbove(ROLE, 'DAU')).toContain('CHILD')
    expect(codesBelow(ROLE, 'DAU')).toEqual(new Set(['DAU']))
    expect(() => codesBelow(SNOMED, '404684003')).toThrow('cannot be checked')
    expect(() => codesBelow(ROLE, 'NOBODY')).toThrow('has no code')
  })
})

describe('what one question may take', () => {
  test('is enough to list and search each value set that is loaded, the largest too', () => {
    const valueSets = valueSetsOfR4()
    const tooCostly = valueSets.filter((one) => {
      try {
        expand(libraryForOne(), one, { count: 10, filter: 'two words' }, new Date())
        return false
      } catch (error) {
        return (error as Problem).issues[0]?.key === 'terminology-too-costly'
      }
    })
    expect([valueSets.length > 1_000, tooCostly.map(({ url }) => url)]).toEqual([true, []])
  })

  test('and to filter the largest code system by a word in its definitions', () => {
    const filter = [{ property: 'definition', op: 'regex', value: '.*medication.*' }] as const
    const sent = valueSet([{ system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', filter: [...filter] }])
    expect(expand(libraryForOne(), sent, {}, new Date()).expansion?.total).toBeGreaterThan(5)
  })
})
