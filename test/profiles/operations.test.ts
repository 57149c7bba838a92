import { describe, expect, test } from '@jest/globals'
import type { OperationDefinitionParameter, ParametersParameter } from 'fhir/r4.js'
import { OPERATIONS } from '../../src/api/operations/index.ts'
import { loadPackage } from '../../src/definitions/package.ts'
import { emergencyAnswer } from '../../src/plan/emergency.ts'
import { fixturePerson, people } from './fixture-person.ts'
import { allOf } from './package-files.ts'

const definition = (code: string, type?: string) => loadPackage().operationDefinition(code, type)

/** What the type of a parameter is called in Parameters.parameter. */
const element = ({ type }: OperationDefinitionParameter): string =>
  /^[A-Z]/.test(type ?? '') && !['Identifier', 'Reference', 'Coding', 'CodeableConcept', 'Meta'].includes(type ?? '')
    ? 'resource'
    : `value${type?.charAt(0).toUpperCase()}${type?.slice(1)}`

describe('the operations that are served', () => {
  test.each(OPERATIONS.map(({ code, type, level }) => ({ code, type, level })))(
    '$type/$$code at $level level is described by an OperationDefinition',
    ({ code, type, level }) => {
      expect(definition(code, type)).toMatchObject({
        kind: 'operation',
        resource: [type],
        [level]: true,
      })
    },
  )

  test('no OperationDefinition describes an operation, or a level of one, that is not served', () => {
    const described = allOf('OperationDefinition').flatMap(({ code, system, type, instance, resource = [] }) => [
      ...(system ? [`${resource} ${code} system`] : []),
      ...(type ? [`${resource} ${code} type`] : []),
      ...(instance ? [`${resource} ${code} instance`] : []),
    ])
    expect(described.toSorted()).toEqual(
      OPERATIONS.map(({ type, code, level }) => `${type} ${code} ${level}`).toSorted(),
    )
  })

  test('the in-parameters of each are those that its OperationDefinition names, and of the same type', () => {
    for (const { code, type } of OPERATIONS) {
      const served = Object.assign(
        {},
        ...OPERATIONS.filter((one) => one.code === code && one.type === type).map(({ input }) => input),
      )
      const described = definition(code, type)?.parameter?.filter(({ use }) => use === 'in') ?? []
      expect([code, Object.fromEntries(described.map((one) => [one.name, element(one)]))]).toEqual([code, served])
    }
  })
})

/** What in these parameters is not as described: not known, missing, too many, of another type. */
const departures = (
  given: readonly ParametersParameter[],
  described: readonly OperationDefinitionParameter[],
  where: string,
): string[] => [
  ...given
    .filter(({ name }) => !described.some((one) => one.name === name))
    .map(({ name }) => `${where}.${name}: not described`),
  ...described.flatMap((one) => {
    const found = given.filter(({ name }) => name === one.name)
    const most = one.max === '*' ? Number.POSITIVE_INFINITY : Number(one.max)
    const values = found.flatMap((parameter) =>
      Object.keys(parameter).filter((key) => key !== 'name' && key !== 'part'),
    )
    return [
      ...(found.length < one.min || found.length > most ? [`${where}.${one.name}: ${found.length} times`] : []),
      ...values
        .filter((key) => one.type !== 'Element' && key !== element(one))
        .map((key) => `${where}.${one.name}: ${key}`),
      ...found.flatMap(({ part }) => departures(part ?? [], one.part ?? [], `${where}.${one.name}`)),
    ]
  }),
]

const answerFor = (file: string, withForms: boolean) =>
  emergencyAnswer(fixturePerson(file, withForms), { now: new Date('2026-03-20T10:00:00Z'), sequence: 1, epoch: 1 })

describe('the answer of $emergency-view', () => {
  const out = definition('emergency-view')?.parameter?.filter(({ use }) => use === 'out') ?? []

  test.each(people.flatMap((file) => [true, false].map((withForms) => ({ file, withForms }))))(
    'has only described parameters, of the described type, as often as described: $file, forms $withForms',
    ({ file, withForms }) => {
      const { answer } = answerFor(file, withForms)
      expect(departures(answer.parameter ?? [], out, 'answer')).toEqual([])
    },
  )

  test('is seen with all three outcomes that a known person can have', () => {
    const outcomes = people.flatMap((file) => [answerFor(file, true).outcome, answerFor(file, false).outcome])
    expect(new Set(outcomes)).toEqual(new Set(['current-plan', 'no-plan', 'withheld']))
  })

  test('a parameter that is not described would be noticed', () => {
    expect(departures([{ name: 'outcome', valueString: 'no-plan' }, { name: 'guess' }], out, 'answer')).toEqual([
      'answer.guess: not described',
      'answer.outcome: valueString',
    ])
  })
})
