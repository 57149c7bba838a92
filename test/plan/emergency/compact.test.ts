import { fileURLToPath } from 'node:url'
import { describe, expect, test } from '@jest/globals'
import { bundle, createConfig } from '@redocly/openapi-core'
import { Ajv2020 } from 'ajv/dist/2020.js'
import fc from 'fast-check'
import type { Parameters, ParametersParameter } from 'fhir/r4.js'
import { compactAnswer } from '../../../src/plan/emergency/compact.ts'
import { ambiguous, notFound, unavailable } from '../../../src/plan/emergency/no-answer.ts'
import { emergencyAnswer } from '../../../src/plan/emergency.ts'
import { personRecord } from '../../../src/plan/person.ts'
import { fixturePerson, people } from '../../profiles/fixture-person.ts'
import { generated, resourcesOf, wildText } from '../summary/arbitrary.ts'
import { AT, example, patient } from '../summary/example.ts'

const NOW = new Date('2026-11-21T22:31:00Z')

const { bundle: bundled } = await bundle({
  ref: fileURLToPath(new URL('../../../openapi/keyplan.yaml', import.meta.url)),
  config: await createConfig({}),
})
const { components } = bundled.parsed as { components: { schemas: { CompactEmergencyAnswer: object } } }
const valid = new Ajv2020({ strict: false, validateFormats: false }).compile(components.schemas.CompactEmergencyAnswer)

const leaves = (value: unknown): unknown[] =>
  typeof value === 'object' && value !== null ? Object.values(value).flatMap(leaves) : [value]

/** The values of an answer that the compact form keeps: marks only as far as they hold, of codings not the system. */
const valuesOf = (named: readonly ParametersParameter[] = []): unknown[] =>
  named.flatMap(({ name, part, valueCoding, ...value }) =>
    name === 'mark' || name === 'issue' ? [] : [valueCoding?.code ?? leaves({ ...value }), ...valuesOf(part)].flat(),
  )

const answers = (): [string, Parameters][] => [
  ...people.map((file): [string, Parameters] => [file, emergencyAnswer(fixturePerson(file), AT).answer]),
  ['example', emergencyAnswer(example().person, AT).answer],
  ['no plan', emergencyAnswer(personRecord(patient(), []), AT).answer],
  ['not found', notFound('demographics', NOW)],
  ['ambiguous', ambiguous(NOW)],
  ['unavailable', unavailable(NOW, { resourceType: 'OperationOutcome', issue: [] })],
]

describe('the compact emergency answer', () => {
  test.each(answers())('is as its schema says, loses nothing and says nothing else: %s', (_name, answer) => {
    const compact = compactAnswer(answer, NOW)
    expect([valid(compact), valid.errors]).toEqual([true, null])
    const kept = leaves(compact)
    expect(kept).toEqual(expect.arrayContaining(valuesOf(answer.parameter)))
    const known = [...leaves(answer), NOW.toISOString()]
    expect(kept.filter((value) => !known.includes(value))).toEqual([])
  })

  test('is as its schema says whatever a plan holds', () => {
    fc.assert(
      fc.property(generated, fc.infiniteStream(wildText), (plan, texts) => {
        const { patient: who, resources } = resourcesOf(plan, () => texts.next().value)
        const compact = compactAnswer(emergencyAnswer(personRecord(who, resources), AT).answer, NOW)
        expect([valid(compact), valid.errors]).toEqual([true, null])
      }),
      { numRuns: 60 },
    )
  })

  test('is flat, CPR by one word', () => {
    expect(compactAnswer(emergencyAnswer(example().person, AT).answer, NOW)).toMatchObject({
      outcome: 'current-plan',
      readAt: '2026-11-21T22:31:00.000Z',
      name: 'Testa Person',
      cpr: 'not-recommended',
      cprRecorded: true,
      cprDecidedOn: '2026-02-03',
      focus: 'comfort',
      contacts: [{ primary: true, name: 'Ann Example', phones: ['01632 960001'] }, {}, {}],
      refusals: [{ treatment: 'Blood transfusion', legalForce: 'persuasive' }],
    })
  })

  test('has the marks that hold at the moment of reading, and no others', () => {
    const { answer } = emergencyAnswer(example().person, AT)
    const codes = (now: string) =>
      (compactAnswer(answer, new Date(now))['marks'] as { code: string }[]).map(({ code }) => code)
    expect(codes('2026-08-03T12:00:00Z')).toEqual([])
    expect(codes('2026-08-04T12:00:00Z')).toEqual(['review-overdue'])
  })
})
