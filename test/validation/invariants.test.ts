import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import type { ElementDefinitionConstraint } from 'fhir/r4.js'
import { BASE } from '../../src/definitions/base.ts'
import { R4_MODEL } from '../../src/definitions/path-model.ts'
import { codesOf, propertiesOf } from '../../src/definitions/tables.ts'
import { compile, FhirPathFault, holds } from '../../src/fhir/fhirpath/fhirpath.ts'
import { corrected, ERRATA } from '../../src/validation/invariants/errata.ts'
import { INVARIANTS } from '../../src/validation/invariants/index.ts'

const TYPES = [
  ...codesOf('http://hl7.org/fhir/ValueSet/resource-types'),
  ...[
    'ElementDefinition',
    'Timing',
    'Reference',
    'Period',
    'Quantity',
    'Range',
    'Attachment',
    'ContactPoint',
    'Extension',
  ],
]

/** Every constraint of R4 with the type or backbone element that it is about. */
const CONSTRAINTS = TYPES.flatMap((type) =>
  (BASE.structure(`http://hl7.org/fhir/StructureDefinition/${type}`)?.snapshot?.element ?? []).flatMap(
    ({ path, constraint = [] }) =>
      constraint
        .filter(({ key, expression }) => expression !== undefined && key !== 'ele-1')
        .map((one) => ({ path, ...one }) as ElementDefinitionConstraint & { path: string; expression: string }),
  ),
)

describe('Rules of R4 whose published expressions are wrong', () => {
  test.each(ERRATA)('$reason', ({ published, corrected: meant }) => {
    const vitalSigns = BASE.structure('http://hl7.org/fhir/StructureDefinition/vitalsigns')?.snapshot?.element ?? []
    const all = [...CONSTRAINTS, ...vitalSigns.flatMap(({ constraint = [] }) => constraint)]
    expect(all.some(({ expression }) => expression === published)).toBe(true)
    expect(corrected(published)).toBe(meant)
    expect(() => compile(meant, R4_MODEL)).not.toThrow()
  })
})

/** Anything, below properties that the type has. */
const holder = (path: string): fc.Arbitrary<Record<string, unknown>> => {
  const names = [...propertiesOf(path).keys()].flatMap((name) => [name, `_${name}`])
  return fc.dictionary(fc.constantFrom(...names), fc.anything({ maxDepth: 4, withNullPrototype: true }), {
    maxKeys: 12,
  })
}

const compiled = CONSTRAINTS.filter(({ path }) => {
  try {
    propertiesOf(path)
    return true
  } catch {
    return false
  }
}).map((one) => ({ ...one, expression: compile(corrected(one.expression), R4_MODEL), any: holder(one.path) }))

test('a constraint asked of anything at all is true, false, not known or a fault that says why', () => {
  expect(compiled.length).toBeGreaterThan(500)
  for (const { path, expression, any } of compiled)
    fc.assert(
      fc.property(any, (value) => {
        const item = { value, type: path }
        try {
          expect([true, false, 'unknown']).toContain(holds(expression, item, { resource: item }))
        } catch (error) {
          if (!(error instanceof FhirPathFault)) throw error
        }
      }),
      { numRuns: 5, seed: 2026 },
    )
})

describe('Rules that need not be asked where an element is missing', () => {
  const rules = INVARIANTS.flatMap((rule) =>
    rule.onlyWith === undefined ? [] : [{ ...rule, onlyWith: rule.onlyWith }],
  )

  test.each(rules)('$path $key holds of whatever has none of $onlyWith', ({ path, onlyWith, holds: isKept }) => {
    const all = [...propertiesOf(path).values()]
    expect(all.map(({ element }) => element.name)).toEqual(expect.arrayContaining([...onlyWith]))
    const others = all
      .filter(({ element }) => !onlyWith.includes(element.name))
      .flatMap(({ property }) => [property, `_${property}`])
    const value = fc.oneof(
      fc.jsonValue(),
      fc.constantFrom(-1, '2024-01-01', { system: 'a', code: 'b' }, [{ code: 'a' }]),
    )
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom(...others), value), (element) => {
        expect(isKept(element, element)).toBe(true)
      }),
    )
  })
})
