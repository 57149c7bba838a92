import { describe, expect, test } from '@jest/globals'
import type { FhirResource } from 'fhir/r4.js'
import { PROFILE } from '../../src/plan/codes.ts'
import { examples, invalidCases, validCases } from './cases.ts'
import { uncovered } from './coverage.ts'
import { allOf } from './package-files.ts'

const claims = (resource: FhirResource): readonly string[] => resource.meta?.profile ?? []
const idOf = (profile: string): string => profile.slice(profile.lastIndexOf('/') + 1)

const profiles = allOf('StructureDefinition').filter(({ type }) => type !== 'Extension')

/** Every literal reference in a resource. */
const referencesIn = (value: unknown): string[] => {
  if (typeof value !== 'object' || value === null) return []
  const { reference } = value as { reference?: unknown }
  return [...(typeof reference === 'string' ? [reference] : []), ...Object.values(value).flatMap(referencesIn)]
}

describe('the worked examples', () => {
  test('each is named after its type and id, and claims one profile of the package', () => {
    for (const [name, resource] of examples) {
      expect(name).toBe(`${resource.resourceType}-${resource.id}`)
      expect([name, claims(resource)]).toEqual([name, [expect.stringContaining('https://keyplan.example/fhir/')]])
      expect(Object.values(PROFILE) as string[]).toContain(claims(resource)[0])
    }
  })

  test('each profile has one', () => {
    const shown = new Set([...examples.values()].flatMap(claims))
    expect(Object.values(PROFILE).filter((url) => !shown.has(url))).toEqual([])
  })

  test('each element that must be supported stands in one', () => {
    const missing = profiles.flatMap((profile) =>
      uncovered(
        profile,
        [...examples.values()].filter((resource) => claims(resource).includes(profile.url)),
      ),
    )
    expect(missing).toEqual([])
  })

  test('an element that stands in none is noticed', () => {
    const patient = profiles.find(({ url }) => url === PROFILE.patient)
    const [first] = [...examples.values()].filter((resource) => claims(resource).includes(PROFILE.patient))
    expect(patient && first && uncovered(patient, [first])).toContain('Patient.identifier:hcNumber')
  })

  test('whatever one refers to is another', () => {
    const known = new Set([...examples.values()].map(({ resourceType, id }) => `${resourceType}/${id}`))
    for (const resource of examples.values()) {
      const inside = resource.resourceType === 'Bundle' ? (resource.entry ?? []).map(({ fullUrl }) => fullUrl) : []
      const missing = referencesIn(resource).filter((reference) => {
        const [literal] = reference.split('/_history/')
        return !known.has(literal as string) && !inside.includes(reference)
      })
      expect([resource.id, missing]).toEqual([resource.id, []])
    }
  })
})

describe('the cases of the profiles', () => {
  test.each(profiles.map(({ url }) => idOf(url)))('%s has at least three that conform and five that do not', (id) => {
    const of = (cases: readonly { profile: string }[]) => cases.filter(({ profile }) => profile === id).length
    expect([of(validCases) >= 3, of(invalidCases) >= 5]).toEqual([true, true])
  })

  test('each is made from an example of its profile, and no two of a profile are the same', () => {
    for (const { profile, example, title } of [...validCases, ...invalidCases])
      expect([title, claims(examples.get(example) as FhirResource).map(idOf)]).toEqual([title, [profile]])
    const texts = [...validCases, ...invalidCases].map(({ profile, resource }) => profile + JSON.stringify(resource))
    expect(new Set(texts).size).toBe(texts.length)
  })
})
