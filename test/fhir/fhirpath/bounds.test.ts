import { describe, expect, test } from '@jest/globals'
import { R4_MODEL } from '../../../src/definitions/path-model.ts'
import { compile, evaluate, FhirPathFault, type Item } from '../../../src/fhir/fhirpath/fhirpath.ts'
import { processorTime } from '../../support/processor-time.ts'

const wide: Item = {
  type: 'Patient',
  value: {
    resourceType: 'Patient',
    name: Array.from({ length: 3_000 }, (_, index) => ({ family: `f${index}`, given: [`g${index}`, 'x'] })),
  },
}

const faultOf = (run: () => unknown): FhirPathFault => {
  try {
    run()
  } catch (error) {
    if (error instanceof FhirPathFault) return error
    throw error
  }
  throw new Error('There is no fault.')
}

describe('FHIRPath that never ends', () => {
  test.each([
    'name.all(%resource.name.all(%resource.name.all(true)))',
    'name.select(%resource.name).select(%resource.name).count()',
    'name.given.aggregate($total & $total & $this)',
    "name.given.aggregate($total.replace('g', 'gg'), 'g')",
    'name.where(%resource.descendants().where(%resource.descendants().exists($this = 1)).exists()).exists()',
    'repeat($this | (0).combine($this)).count() + name.repeat(%resource.name).repeat(%resource.descendants()).select(%resource.descendants()).count()',
    "name.given.where(matches('g')).select(%resource.name.given.where(matches('(.*)*y'))).count()",
  ])('is ended: %s', (text) => {
    let fault: FhirPathFault | undefined
    const taken = processorTime(() => {
      fault = faultOf(() => evaluate(compile(text, R4_MODEL), wide, { resource: wide }))
    })
    expect(fault?.kind).toBe('too-costly')
    expect(taken).toBeLessThan(5_000)
  })

  test('evaluations that share a budget end together', () => {
    const budget = { steps: 10_000 }
    const count = compile('name.given.count()', R4_MODEL)
    const run = () => evaluate(count, wide, { budget })
    expect(run()[0]?.value).toBe(6_000)
    expect(faultOf(() => [run(), run(), run(), run()]).kind).toBe('too-costly')
  })

  test.each([
    '('.repeat(5_000),
    `${'('.repeat(500)}1${')'.repeat(500)}`,
    `1${' + 1'.repeat(6_000)}`,
    `a${'.a'.repeat(9_000)}`,
    '-'.repeat(19_000),
    'x'.repeat(30_000),
  ])('is not even read where it nests or goes on too far (%#)', (text) => {
    expect(faultOf(() => compile(text, R4_MODEL)).kind).toBe('syntax')
  })

  test('what is evaluated is not changed, and may be frozen', () => {
    const frozen: Item = Object.freeze({
      type: 'Patient',
      value: Object.freeze({
        resourceType: 'Patient',
        active: true,
        name: Object.freeze([Object.freeze({ family: 'A' })]),
      }),
    })
    const before = JSON.stringify(frozen.value)
    expect(evaluate(compile("name.where(family = 'A').exists() and active", R4_MODEL), frozen)[0]?.value).toBe(true)
    expect(JSON.stringify(frozen.value)).toBe(before)
  })

  test('a fault says where in the expression it is', () => {
    expect(faultOf(() => compile('name.nonsense()', R4_MODEL))).toMatchObject({ kind: 'unknown', position: 5 })
    expect(faultOf(() => compile('name.sort()', R4_MODEL))).toMatchObject({ kind: 'not-supported', position: 5 })
    expect(faultOf(() => compile('name.where(use = )', R4_MODEL))).toMatchObject({ kind: 'syntax', position: 17 })
  })
})
