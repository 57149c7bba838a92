/** Definitions that lead in rings or ask for more than anybody can wait for: each is answered. */
import { describe, expect, test } from '@jest/globals'
import type { ElementDefinition, FhirResource, StructureDefinition, ValueSetComposeInclude } from 'fhir/r4.js'
import { BASE } from '../../../src/definitions/base.ts'
import { bringing } from '../../../src/definitions/brought.ts'
import { createValidator, type Outcome } from '../../../src/validation/validator.ts'

const OWN = 'https://keyplan.example/test/StructureDefinition/'
const CORE = 'http://hl7.org/fhir/StructureDefinition/'

const profile = (name: string, type: string, element: ElementDefinition[]): StructureDefinition => ({
  resourceType: 'StructureDefinition',
  url: OWN + name,
  name,
  status: 'active',
  kind: 'resource',
  abstract: false,
  type,
  baseDefinition: CORE + type,
  derivation: 'constraint',
  differential: { element: [{ id: type, path: type }, ...element] },
})

const validate = (definitions: readonly FhirResource[], resource: unknown, name: string): Outcome =>
  createValidator(bringing(BASE, definitions).definitions).validate(resource, { profiles: [OWN + name] })

const keysOf = ({ findings }: Outcome): string[] =>
  findings.filter(({ severity }) => severity === 'error').map(({ key }) => key)

describe('definitions that lead in rings', () => {
  test('a profile that builds on itself is not known', () => {
    const ring = { ...profile('ring', 'Patient', []), baseDefinition: `${OWN}ring` }
    expect(validate([ring], { resourceType: 'Patient' }, 'ring').unchecked.profiles).toEqual([`${OWN}ring`])
  })

  test('a profile whose snapshot is empty, with nothing to make one of, is not known', () => {
    const { differential: _, baseDefinition: __, ...bare } = profile('bare', 'Patient', [])
    const empty: StructureDefinition = { ...bare, snapshot: { element: [] } }
    expect(validate([empty], { resourceType: 'Patient' }, 'bare').unchecked.profiles).toEqual([`${OWN}bare`])
  })

  test('profiles of references that lead to each other end with the resources', () => {
    const linked = (name: string, other: string): StructureDefinition =>
      profile(name, 'Patient', [
        {
          id: 'Patient.link.other',
          path: 'Patient.link.other',
          type: [{ code: 'Reference', targetProfile: [OWN + other] }],
        },
        { id: 'Patient.gender', path: 'Patient.gender', min: 1 },
      ])
    const urls = [0, 1, 2].map((index) => `urn:uuid:00000000-0000-4000-8000-00000000000${index}`)
    const bundle = {
      resourceType: 'Bundle',
      type: 'collection',
      entry: urls.map((fullUrl, index) => ({
        fullUrl,
        resource: {
          resourceType: 'Patient',
          meta: { profile: [`${OWN}a`] },
          gender: 'other',
          link: [{ other: { reference: urls[(index + 1) % urls.length] }, type: 'seealso' }],
        },
      })),
    }
    const definitions = [linked('a', 'b'), linked('b', 'a')]
    const outcome = createValidator(bringing(BASE, definitions).definitions).validate(bundle)
    expect(keysOf(outcome)).toEqual([])
    expect(outcome.checked.profiles).toEqual([`${OWN}a`])
  })

  test('a value set that includes itself cannot be told', () => {
    const url = 'https://keyplan.example/test/ValueSet/ring'
    const ring: FhirResource = {
      resourceType: 'ValueSet',
      url,
      status: 'active',
      compose: { include: [{ valueSet: [url] }] },
    }
    const bound = profile('bound', 'Patient', [
      { id: 'Patient.maritalStatus', path: 'Patient.maritalStatus', binding: { strength: 'required', valueSet: url } },
    ])
    const coded = { resourceType: 'Patient', maritalStatus: { coding: [{ system: 'urn:x:y', code: '1' }] } }
    expect(validate([ring, bound], coded, 'bound').unchecked.valueSets).toEqual([url])
  })
})

describe('definitions that ask for very much', () => {
  test('value sets that each include the next one twice: each is looked at once', () => {
    const url = (index: number): string => `https://keyplan.example/test/ValueSet/doubled-${index}`
    const doubled = (leaf: ValueSetComposeInclude): FhirResource[] =>
      Array.from({ length: 41 }, (_, index): FhirResource => {
        const next = { valueSet: [url(index + 1)] }
        const include = index === 40 ? [leaf] : [next, next]
        return { resourceType: 'ValueSet', url: url(index), status: 'active', compose: { include } }
      })
    const bound = profile('bound', 'Patient', [
      {
        id: 'Patient.maritalStatus',
        path: 'Patient.maritalStatus',
        binding: { strength: 'required', valueSet: url(0) },
      },
    ])
    const coded = { resourceType: 'Patient', maritalStatus: { coding: [{ system: 'urn:x:y', code: '1' }] } }
    const listed = doubled({ system: 'urn:x:y', concept: [{ code: '2' }] })
    expect(keysOf(validate([bound, ...listed], coded, 'bound'))).toEqual(['code-not-in-value-set'])
    const notListed = doubled({ system: 'urn:x:y' })
    expect(validate([bound, ...notListed], coded, 'bound').unchecked.valueSets).toEqual([url(0)])
  })

  test('a thousand slices and a thousand items', () => {
    const slices = Array.from(
      { length: 1_000 },
      (_, index): ElementDefinition => ({
        id: `Patient.identifier:s${index}`,
        path: 'Patient.identifier',
        sliceName: `s${index}`,
        max: '1',
        patternIdentifier: { system: `urn:system:${index}` },
      }),
    )
    const sliced = profile('sliced', 'Patient', [
      {
        id: 'Patient.identifier',
        path: 'Patient.identifier',
        slicing: { discriminator: [{ type: 'pattern', path: '$this' }], rules: 'closed' },
      },
      ...slices,
    ])
    const identifier = Array.from({ length: 1_001 }, (_, index) => ({ system: `urn:system:${index}`, value: '1' }))
    expect(keysOf(validate([sliced], { resourceType: 'Patient', identifier }, 'sliced'))).toEqual(['slice-unmatched'])
  })

  test('slices told apart by profiles that are told apart by profiles: each is looked at once for each element', () => {
    const level = (index: number): StructureDefinition =>
      profile(`level${index}`, 'Patient', [
        {
          id: 'Patient.contained',
          path: 'Patient.contained',
          slicing: { discriminator: [{ type: 'profile', path: '$this' }], rules: 'open' },
        },
        ...['x', 'y'].map(
          (sliceName): ElementDefinition => ({
            id: `Patient.contained:${sliceName}`,
            path: 'Patient.contained',
            sliceName,
            max: '1',
            type: [{ code: 'Patient', profile: [`${OWN}level${index + 1}`] }],
          }),
        ),
      ])
    const levels = Array.from({ length: 25 }, (_, index) => level(index))
    const last = profile('level25', 'Patient', [{ id: 'Patient.gender', path: 'Patient.gender', min: 1 }])
    let resource: Record<string, unknown> = { resourceType: 'Patient' }
    for (let depth = 0; depth < 25; depth++) resource = { resourceType: 'Patient', contained: [resource] }
    const outcome = validate([...levels, last], resource, 'level0')
    expect(keysOf(outcome)).toContain('dom-2')
  })

  test('hundreds of profiles that nobody knows: of each, the others are not looked at', () => {
    const readsWith = (count: number): number => {
      let reads = 0
      const claims = Array.from({ length: count }, (_, index) => `${OWN}unknown-${index}`)
      const profile = new Proxy(claims, {
        get(target, name, receiver) {
          reads++
          return Reflect.get(target, name, receiver)
        },
      })
      const { findings } = createValidator().validate({ resourceType: 'Patient', meta: { profile } })
      expect(findings.filter(({ key }) => key === 'profile-unknown')).toHaveLength(count)
      return reads
    }
    expect(readsWith(400)).toBeLessThan(5 * readsWith(100))
  })
})
