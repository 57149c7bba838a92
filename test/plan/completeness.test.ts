import { readFileSync } from 'node:fs'
import { describe, expect, test } from '@jest/globals'
import type { CarePlan } from 'fhir/r4.js'
import { completenessOf } from '../../src/plan/completeness.ts'
import { type Form, recordOf } from './support/form.ts'

type Case = { title: string; form: Partial<Form>; missing: string[]; score: number; blocking: string[] }
const cases = JSON.parse(readFileSync(new URL('./completeness.json', import.meta.url), 'utf8')) as Case[]

describe('completeness', () => {
  test.each(cases)('$title: $score', ({ form, missing, score, blocking }) => {
    const person = recordOf(form)
    const plan = person.resources.get('CarePlan/plan') as CarePlan
    const found = completenessOf(person, plan, new Date('2024-06-01T12:00:00Z'))
    expect(found.items.filter(({ met }) => !met).map(({ code }) => code)).toEqual(missing)
    expect(found.score).toBe(score)
    expect([...new Set(found.blocking.map(({ key }) => key))].sort()).toEqual(blocking)
  })
})
