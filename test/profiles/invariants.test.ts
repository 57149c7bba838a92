import { readFileSync } from 'node:fs'
import { describe, expect, test } from '@jest/globals'
import type { ElementDefinitionConstraint, FhirResource } from 'fhir/r4.js'
import fhirpath, { type Model } from 'fhirpath'
import r4 from 'fhirpath/fhir-context/r4/index.js'
import { invalidCases, type ProfileCase, validCases } from './cases.ts'
import { allOf } from './package-files.ts'

type Case = Readonly<{ key: string; holds: FhirResource[]; fails: FhirResource[] }>

const cases = JSON.parse(readFileSync(new URL('./invariants.json', import.meta.url), 'utf8')) as Case[]

type Invariant = ElementDefinitionConstraint & Readonly<{ profile: string; path: string }>

const invariants = new Map<string, Invariant>(
  allOf('StructureDefinition').flatMap(({ id = '', url, snapshot }) =>
    (snapshot?.element ?? []).flatMap(({ constraint, path }) =>
      (constraint ?? [])
        .filter(({ source }) => source === url)
        .map((one): [string, Invariant] => [one.key, { ...one, profile: id, path }]),
    ),
  ),
)

const evaluate = (key: string, resource: FhirResource): unknown =>
  fhirpath.evaluate(resource, invariants.get(key)?.expression ?? '', { resource }, r4 as Model)

/** Whether an invariant holds for each value of the element on which it stands. */
const holdsIn = (key: string, { resource }: ProfileCase): boolean => {
  const { path = '', expression = '' } = invariants.get(key) ?? {}
  const values = fhirpath.evaluate(resource, path, {}, r4 as Model, { async: false }) as object[]
  return values.every(
    (value) => fhirpath.evaluate(value, expression, { resource }, r4 as Model, { async: false })[0] === true,
  )
}

describe('the invariants of the profiles, as FHIRPath', () => {
  test('each has cases that obey it and cases that do not', () => {
    const broken = [...cases.map(({ key }) => key), ...invalidCases.flatMap(({ issue }) => issue?.rule ?? [])]
    expect([...new Set(broken)].toSorted()).toEqual([...invariants.keys()].toSorted())
    for (const { holds, fails } of cases) expect(Math.min(holds.length, fails.length)).toBeGreaterThan(0)
  })

  test.each([...invariants.values()])('$key holds in every case that conforms to its profile', ({ key, profile }) => {
    const conforming = validCases.filter((one) => one.profile === profile)
    expect(conforming.filter((one) => !holdsIn(key, one)).map(({ title }) => title)).toEqual([])
  })

  test.each([...invariants.values()])(
    '$key is broken in the cases of its profile that say so',
    ({ key, profile, severity }) => {
      const said = invalidCases.filter((one) => one.profile === profile && one.issue?.rule === key)
      expect(said.filter((one) => holdsIn(key, one)).map(({ title }) => title)).toEqual([])
      for (const { issue } of said) expect(issue?.severity ?? 'error').toBe(severity)
    },
  )

  test.each([...invariants.values()])(
    '$key says in words what it asks for, and whether breaking it is an error',
    ({ human, severity }) => {
      expect(human).toMatch(/^[A-Z].{20,}\.$/)
      expect(['error', 'warning']).toContain(severity)
    },
  )

  test.each(cases.flatMap(({ key, holds }) => holds.map((resource, index) => ({ key, index, resource }))))(
    '$key holds, case $index',
    ({ key, resource }) => {
      expect(evaluate(key, resource)).toEqual([true])
    },
  )

  test.each(cases.flatMap(({ key, fails }) => fails.map((resource, index) => ({ key, index, resource }))))(
    '$key is broken, case $index',
    ({ key, resource }) => {
      expect(evaluate(key, resource)).toEqual([false])
    },
  )
})
