import { readFileSync } from 'node:fs'
import { describe, expect, jest, test } from '@jest/globals'
import reference, { type Model } from 'fhirpath'
import r4 from 'fhirpath/fhir-context/r4/index.js'
import { R4_MODEL } from '../../../src/definitions/path-model.ts'
import { compile, evaluate, FhirPathFault } from '../../../src/fhir/fhirpath/fhirpath.ts'

/** What an expression finds, as its values in JSON; or the kind of fault that it is. */
type Expected = readonly unknown[] | FhirPathFault['kind']

const { resource, sections, otherInTheReference } = JSON.parse(
  readFileSync(new URL('cases.json', import.meta.url), 'utf8'),
) as {
  resource: { resourceType: string }
  sections: Record<string, [string, Expected][]>
  /** Expressions of which the reference says something else, with the reason. */
  otherInTheReference: Record<string, string>
}

const NOW = new Date()

const ours = (expression: string): Expected => {
  try {
    return evaluate(compile(expression, R4_MODEL), { value: resource, type: resource.resourceType }, { now: NOW }).map(
      ({ value }) => value ?? null,
    )
  } catch (error) {
    if (error instanceof FhirPathFault) return error.kind
    throw error
  }
}

const theirs = (expression: string): readonly unknown[] | 'error' => {
  try {
    return reference
      .evaluate(
        structuredClone(resource),
        expression,
        { resource: structuredClone(resource) },
        r4 as unknown as Model,
        {
          traceFn: () => {},
        },
      )
      .map((value: unknown) => value ?? null)
  } catch {
    return 'error'
  }
}

describe('FHIRPath by the sections of its specification (http://hl7.org/fhirpath/N1)', () => {
  for (const [section, cases] of Object.entries(sections)) {
    test.each(cases)(`${section}: %s`, (expression, expected) => {
      expect(ours(expression)).toEqual(expected)
    })
  }

  test('the reference implementation says the same, but where a reason is given', () => {
    // It warns of a wrong number of parameters, which one case is about.
    jest.spyOn(console, 'warn').mockImplementation(() => {})
    const other = Object.values(sections)
      .flat()
      .filter(([expression, expected]) => {
        const found = theirs(expression)
        return JSON.stringify(found) !== JSON.stringify(typeof expected === 'string' ? 'error' : expected)
      })
      .map(([expression]) => expression)
    expect(other.sort()).toEqual(Object.keys(otherInTheReference).sort())
  })
})
