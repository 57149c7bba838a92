import { describe, expect, test } from '@jest/globals'
import { Ajv2020 } from 'ajv/dist/2020.js'
import type { StructureDefinition } from 'fhir/r4.js'
import { BASE } from '../../src/definitions/base.ts'
import { jsonSchemaOf } from '../../src/definitions/json-schema.ts'
import { loadPackage } from '../../src/definitions/package.ts'
import { examples, invalidCases, validCases } from '../profiles/cases.ts'

const ajv = new Ajv2020({ strict: true, allowUnionTypes: true, strictTypes: false, strictRequired: false })

const compiled = new Map(
  loadPackage()
    .profiles()
    .map(({ url }) => {
      const profile = BASE.structure(url) as StructureDefinition
      return [profile.id as string, ajv.compile(jsonSchemaOf(profile, BASE, `https://plans.example/${profile.id}`))]
    }),
)

const faults = (profile: string, resource: unknown): string[] => {
  const validate = compiled.get(profile)
  if (validate === undefined) throw new Error(`There is no schema of ${profile}.`)
  return validate(resource) ? [] : (validate.errors ?? []).map((error) => `${error.instancePath} ${error.message}`)
}

/** What a schema can say; the rules in FHIRPath, where references lead and the order of slices it cannot. */
const SAID = new Set([
  'code-not-in-value-set',
  'fixed-value',
  'not-allowed',
  'pattern',
  'required-element',
  'slice-cardinality',
  'value-out-of-range',
  'wrong-cardinality',
  'wrong-type',
])

describe('the JSON Schema of each profile (draft 2020-12)', () => {
  test('there is one for every profile', () => {
    expect(compiled.size).toBeGreaterThan(20)
  })

  test('every worked example conforms to those of the profiles that it claims', () => {
    const claimed = [...examples.values()].flatMap((resource) =>
      (resource.meta?.profile ?? []).map((url) => [url.split('/').at(-1) as string, resource] as const),
    )
    expect(claimed.length).toBeGreaterThan(40)
    expect(
      claimed.flatMap(([profile, resource]) =>
        faults(profile, resource).map((fault) => `${profile} ${resource.id} ${fault}`),
      ),
    ).toEqual([])
  })

  test('every resource that conforms to a profile conforms to its schema', () => {
    expect(validCases.length).toBeGreaterThan(60)
    expect(
      validCases.flatMap(({ profile, title, resource }) =>
        faults(profile, resource).map((fault) => `${profile}, ${title}: ${fault}`),
      ),
    ).toEqual([])
  })

  const said = invalidCases.filter(({ issue }) => SAID.has(issue?.key ?? ''))
  test('most of what is wrong in the cases is of a kind that a schema can say', () => {
    expect(said.length).toBeGreaterThan(80)
  })
  test.each(said)('$profile: $title', ({ profile, resource }) => {
    expect(faults(profile, resource)).not.toEqual([])
  })
})
