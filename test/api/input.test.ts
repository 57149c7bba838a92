import { describe, expect, test } from '@jest/globals'
import { OPERATIONS } from '../../src/api/operations/index.ts'
import { inputOf } from '../../src/api/operations/input.ts'
import { loadPackage } from '../../src/definitions/package.ts'
import { isResourceType } from '../../src/definitions/tables.ts'
import { Problem } from '../../src/fhir/outcome.ts'

const SHAPE = {
  identifier: 'valueIdentifier',
  activate: 'valueBoolean',
  text: 'valueString',
  resource: 'resource',
} as const

const parameters = (...parameter: unknown[]) => ({ resourceType: 'Parameters', parameter }) as never

const keysOf = (act: () => unknown): unknown => {
  try {
    return act()
  } catch (error) {
    return error instanceof Problem ? error.issues.map(({ key, expression }) => `${key} ${expression}`) : error
  }
}

describe('the parameters of an operation (operations.html#request)', () => {
  test('are taken by name', () => {
    const input = inputOf(
      parameters({ name: 'activate', valueBoolean: false }, { name: 'text', valueString: 'why' }),
      SHAPE,
    )
    expect(input).toEqual({ activate: false, text: 'why' })
  })

  test('may be none, where none is required', () => {
    expect(inputOf(undefined, SHAPE)).toEqual({})
    expect(inputOf({ resourceType: 'Parameters' }, SHAPE)).toEqual({})
  })

  test.each([
    ['unknown', [{ name: 'force', valueBoolean: true }], ['parameter-unknown Parameters.parameter[0].name']],
    [
      'named like a property of every object',
      [{ name: 'constructor', valueBoolean: true }],
      ['parameter-unknown Parameters.parameter[0].name'],
    ],
    ['without a name', [{ valueBoolean: true }], ['parameter-unknown Parameters.parameter[0].name']],
    ['no object', [null], ['parameter-unknown Parameters.parameter[0].name']],
    ['of another type', [{ name: 'activate', valueString: 'true' }], ['parameter-malformed Parameters.parameter[0]']],
    [
      'with a value that is not of its type',
      [{ name: 'activate', valueBoolean: 'true' }],
      ['parameter-malformed Parameters.parameter[0]'],
    ],
    [
      'with two values',
      [{ name: 'activate', valueBoolean: true, valueString: 'x' }],
      ['parameter-malformed Parameters.parameter[0]'],
    ],
    ['blank', [{ name: 'text', valueString: ' ' }], ['parameter-malformed Parameters.parameter[0]']],
    ['a list', [{ name: 'identifier', valueIdentifier: [] }], ['parameter-malformed Parameters.parameter[0]']],
    [
      'given twice',
      [
        { name: 'activate', valueBoolean: true },
        { name: 'activate', valueBoolean: false },
      ],
      ['parameter-repeated Parameters.parameter[1]'],
    ],
  ])('are refused, not passed over, when one is %s', (_about, list, expected) => {
    expect(keysOf(() => inputOf(parameters(...list), SHAPE))).toEqual(expected)
  })

  test('are refused with every fault at once', () => {
    const found = keysOf(() => inputOf(parameters({ name: 'x' }, { name: 'activate' }), SHAPE, ['identifier', 'text']))
    expect(found).toEqual([
      'parameter-unknown Parameters.parameter[0].name',
      'parameter-malformed Parameters.parameter[1]',
      'parameter-missing Parameters.parameter',
      'parameter-missing Parameters.parameter',
    ])
  })

  test('where an operation takes none, that is said', () => {
    expect(() => inputOf(parameters({ name: 'patient', valueId: 'x' }), {})).toThrow('It takes none.')
  })

  test('a canonical is taken for a uri, and a uri is not taken for text', () => {
    const shape = { questionnaire: 'valueUri' } as const
    expect(inputOf(parameters({ name: 'questionnaire', valueCanonical: 'urn:a|1' }), shape)).toEqual({
      questionnaire: 'urn:a|1',
    })
    expect(inputOf(parameters({ name: 'questionnaire', valueUri: 'urn:a' }), shape)).toEqual({ questionnaire: 'urn:a' })
    for (const wrong of [{ valueString: 'urn:a' }, { valueUri: 'urn:a', valueCanonical: 'urn:a' }, { valueUri: ' ' }]) {
      expect(keysOf(() => inputOf(parameters({ name: 'questionnaire', ...wrong }), shape))).toEqual([
        'parameter-malformed Parameters.parameter[0]',
      ])
    }
  })

  test('come in a Parameters resource', () => {
    expect(keysOf(() => inputOf({ resourceType: 'Goal' }, SHAPE))).toEqual(['parameters-expected resourceType'])
    expect(keysOf(() => inputOf({ resourceType: 'Parameters', parameter: {} } as never, SHAPE))).toEqual([
      'parameters-expected Parameters.parameter',
    ])
  })
})

describe('an operation and its OperationDefinition', () => {
  const elementOf = (type: string): string =>
    isResourceType(type) ? 'resource' : `value${type[0]?.toUpperCase()}${type.slice(1)}`

  /** Parameters that say at type level what the path says at instance level. */
  const NAMED_BY_THE_PATH: Readonly<Record<string, readonly string[]>> = {
    extract: ['questionnaire-response'],
    populate: ['questionnaire', 'canonical'],
  }

  test.each(
    OPERATIONS.map((operation) => [`${operation.type} $${operation.code} (${operation.level})`, operation] as const),
  )('%s agree about type, level and parameters', (_name, { code, type, level, input }) => {
    const definition = loadPackage().operationDefinition(code, type)
    expect(definition?.resource).toEqual([type])
    expect(definition?.[level]).toBe(true)
    const defined = (definition?.parameter ?? []).filter(({ use }) => use === 'in')
    const named = level === 'instance' ? (NAMED_BY_THE_PATH[code] ?? []) : []
    const expected = defined.filter(({ name }) => !named.includes(name))
    expect(input).toEqual(Object.fromEntries(expected.map(({ name, type: of = '' }) => [name, elementOf(of)])))
  })

  test.each(OPERATIONS.filter(({ methods }) => methods.includes('GET')).map(({ code, type }) => [code, type]))(
    '$%s of %s answers GET, so it changes nothing (operations.html#executing)',
    (code, type) => {
      expect(loadPackage().operationDefinition(code as string, type)?.affectsState).toBe(false)
    },
  )
})
