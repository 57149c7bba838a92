import { readFileSync } from 'node:fs'
import { describe, expect, test } from '@jest/globals'
import type { CarePlan, Provenance } from 'fhir/r4.js'
import { SENIOR_RESPONSIBLE } from '../../src/plan/acts.ts'
import { completenessOf } from '../../src/plan/completeness.ts'
import { personRecord } from '../../src/plan/person.ts'
import { type Form, recordOf } from './support/form.ts'

type Case = { title: string; form: Partial<Form>; missing: string[]; score: number; blocking: string[] }
const cases = JSON.parse(readFileSync(new URL('./completeness.json', import.meta.url), 'utf8')) as Case[]

/** The record of a form; a signature with the role `senior` is by the senior responsible clinician. */
const record = ({ signatures, ...form }: Partial<Form>) => {
  const senior = signatures?.some(({ role }) => role === 'senior') === true
  const made = recordOf({
    ...form,
    ...(signatures === undefined ? {} : { signatures: signatures.map(({ role: _role, ...one }) => one) }),
  })
  if (!senior) return made
  return personRecord(
    made.patient,
    [...made.resources.values()].map((resource) =>
      resource.resourceType === 'Provenance'
        ? ({
            ...resource,
            agent: resource.agent.map((agent) => ({ ...agent, role: [{ text: SENIOR_RESPONSIBLE }] })),
          } as Provenance)
        : resource,
    ),
  )
}

describe('completeness', () => {
  test.each(cases)('$title: $score', ({ form, missing, score, blocking }) => {
    const person = record(form)
    const plan = person.resources.get('CarePlan/plan') as CarePlan
    const found = completenessOf(person, plan, new Date('2024-06-01T12:00:00Z'))
    expect(found.items.filter(({ met }) => !met).map(({ code }) => code)).toEqual(missing)
    expect(found.score).toBe(score)
    expect([...new Set(found.blocking.map(({ key }) => key))].sort()).toEqual(blocking)
  })
})
