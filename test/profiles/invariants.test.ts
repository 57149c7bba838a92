import { readFileSync } from 'node:fs'
import { describe, expect, test } from '@jest/globals'
import type { ElementDefinitionConstraint, FhirResource } from 'fhir/r4.js'
import fhirpath, { type Model } from 'fhirpath'
import r4 from 'fhirpath/fhir-context/r4/index.js'
import { allOf } from './package-files.ts'

type Case = Readonly<{ key: string; holds: FhirResource[]; fails: FhirResource[] }>

const cases = JSON.parse(readFileSync(new URL('./invariants.json', import.meta.url), 'utf8')) as Case[]

const invariants = new Map<string, ElementDefinitionConstraint>(
  allOf('StructureDefinition')
    .flatMap(({ url, snapshot }) =>
      (snapshot?.element ?? []).flatMap(({ constraint }) => constraint?.filter(({ source }) => source === url) ?? []),
    )
    .map((constraint) => [constraint.key, constraint]),
)

const evaluate = (key: string, resource: FhirResource): unknown =>
  fhirpath.evaluate(resource, invariants.get(key)?.expression ?? '', { resource }, r4 as Model)

describe('the invariants of the profiles, as FHIRPath', () => {
  test('each has cases that obey it and cases that do not', () => {
    expect(cases.map(({ key }) => key).toSorted()).toEqual([...invariants.keys()].toSorted())
    for (const { holds, fails } of cases) expect(Math.min(holds.length, fails.length)).toBeGreaterThan(0)
  })

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
