import { describe, expect, test } from '@jest/globals'
import { holds } from '../../src/search/holds.ts'
import { parseSearch } from '../../src/search/query/parse.ts'
import { NO_VALUES } from '../../src/search/values.ts'

const UCUM = 'http://unitsofmeasure.org'

/** Whether an amount is found by what is asked for. */
const isFound = (asked: string, value: string, code: string, system = UCUM): boolean => {
  const { query } = parseSearch({
    types: ['Observation'],
    parameters: [['value-quantity', asked]],
    lenient: false,
    base: undefined,
    now: new Date(0),
    isBuilding: () => false,
  })
  const quantities = [{ parameter: 'value-quantity', system, code, low: value, high: value }]
  const subject = {
    type: 'Observation',
    id: '1',
    lastUpdated: '2026-01-01T00:00:00Z',
    values: { ...NO_VALUES, quantities },
  }
  return (query.branches[0]?.conditions ?? []).every((condition) => holds(condition, subject))
}
const of = (number: string, code: string): string => `${number}|${UCUM}|${code}`

describe('an amount is found in whichever unit it is written (search.html#quantity, canonical units)', () => {
  test.each<[asked: string, value: string, code: string, found: boolean]>([
    [of('5.4', 'mg'), '0.0054', 'g', true],
    // 5.4 stands for 5.35 up to 5.45, in its own unit.
    [of('5.4', 'mg'), '0.00535', 'g', true],
    [of('5.4', 'mg'), '0.00545', 'g', false],
    [of('5.40e-3', 'g'), '5.4', 'mg', true],
    [of('5.40e-3', 'g'), '5.41', 'mg', false],
    [of('gt70', 'kg'), '70000.001', 'g', true],
    [of('gt70', 'kg'), '70000', 'g', false],
    [of('ge70', 'kg'), '70000', 'g', true],
    [of('lt70', 'kg'), '69999.999', 'g', true],
    [of('le70', 'kg'), '70000.001', 'g', false],
    [of('sa70', 'kg'), '70001', 'g', true],
    [of('eb70', 'kg'), '70000', 'g', false],
    [of('ne70', 'kg'), '70400', 'g', false],
    [of('ne70', 'kg'), '71000', 'g', true],
    [of('ap70', 'kg'), '76000', 'g', true],
    [of('ap70', 'kg'), '78000', 'g', false],
    [of('11', '[stone_av]'), '70', 'kg', false],
    [of('154.32', '[lb_av]'), '70', 'kg', true],
    [of('1', 'h'), '60', 'min', true],
    // A third of an hour has no last digit.
    [of('ge20', 'min'), '0.33333333333333333333', 'h', false],
    [of('ge20', 'min'), '0.33333333333333333334', 'h', true],
    [of('37.0', 'Cel'), '98.6', '[degF]', true],
    [of('ge38', 'Cel'), '100.4', '[degF]', true],
    [of('gt38', 'Cel'), '100.4', '[degF]', false],
    [of('lt-39', '[degF]'), '-40', 'Cel', true],
    [of('72', '/min'), '72', '{beats}/min', true],
    [of('16', 'kPa'), '120', 'mm[Hg]', true],
    [of('97', '%'), '0.97', '1', true],
    [of('1', 'wk'), '7', 'd', true],
    // Neither is of a fixed length.
    [of('1', 'mo'), '30', 'd', false],
    [of('1', 'mg'), '1', 'mL', false],
    [of('1', 'mmol/L'), '18', 'mg/dL', false],
  ])('%s finds %s %s: %s', (asked, value, code, found) => {
    expect(isFound(asked, value, code)).toBe(found)
  })

  test('what is not of UCUM, or has a unit in words, is looked for as it is written', () => {
    expect(isFound('5||kg', '5000', 'g')).toBe(false)
    expect(isFound('5||kg', '5', 'kg', '')).toBe(true)
    expect(isFound('5|urn:units|kg', '5000', 'g', 'urn:units')).toBe(false)
    expect(isFound('5', '5', 'g')).toBe(true)
    expect(isFound(`5|${UCUM}|`, '5', 'g')).toBe(true)
    expect(isFound(`5|${UCUM}|`, '5', 'g', 'urn:units')).toBe(false)
  })
})
