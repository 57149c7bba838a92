import { describe, expect, test } from '@jest/globals'
import type { Application, Observation, Write } from '../facts.ts'
import { createRandom } from '../random.ts'
import { deliveryTimes } from './deliveries.ts'
import { latencies, untilAcknowledged } from './latencies.ts'
import { medianWithInterval, ratioOfP99 } from './ratio.ts'

const withdrawal: Write = {
  patient: 'ann',
  kind: 'withdraw',
  plan: 'one',
  sent: 100,
  known: 120,
  outcome: 'acknowledged',
}

const looked = (confirmed: readonly (number | undefined)[]): Observation => ({
  patient: 'ann',
  asked: 500,
  answered: 501,
  recipients: confirmed.map((since, index) => ({
    id: String(index),
    inStep: since !== undefined,
    wanted: { state: 'withdrawn', sequence: 2 },
    confirmed: since === undefined ? undefined : { state: 'withdrawn', sequence: 2, since },
  })),
})

test('a withdrawal is as late as the last recipient, and infinitely late where one is missing', () => {
  expect(untilAcknowledged(withdrawal, looked([150, 400]), 2)).toBe(300)
  expect(untilAcknowledged(withdrawal, looked([150, undefined]), 2)).toBe(Number.POSITIVE_INFINITY)
  expect(untilAcknowledged(withdrawal, looked([150]), 2)).toBe(Number.POSITIVE_INFINITY)
})

test('percentiles are values that were measured, and of nothing there are none', () => {
  const hundred = Array.from({ length: 100 }, (_, index) => 100 - index)
  expect(latencies(hundred)).toEqual({ count: 100, p50: 50, p99: 99, most: 100 })
  expect(latencies([])).toEqual({ count: 0, p50: Number.NaN, p99: Number.NaN, most: Number.NaN })
})

test('a delivery takes until a recipient shows what the author did, and what never came took for ever', () => {
  const shown = (at: number, plan?: string): Application => ({
    patient: 'ann',
    at,
    epoch: 1,
    sequence: at,
    state: plan === undefined ? 'withdrawn' : 'current',
    plans: plan === undefined ? [] : [plan],
  })
  const applications = { gp: [shown(90, 'one'), shown(130)], hospital: [shown(95, 'one')] }
  const span = { from: 100, to: 200 }
  const facts = { writes: [withdrawal], applications }
  expect(deliveryTimes(facts, ['gp', 'hospital'], span)).toEqual([30, Number.POSITIVE_INFINITY])
  expect(deliveryTimes(facts, ['gp'], { from: 200, to: 300 })).toEqual([])
})

test('the interval of a median holds it, and is the same for the same seed', () => {
  const values = [0.8, 0.9, 1, 1.1, 1.3, 0.95, 1.05]
  const estimate = medianWithInterval(values, createRandom(1))
  expect(estimate.median).toBe(1)
  expect(estimate.low).toBeGreaterThanOrEqual(0.8)
  expect(estimate.low).toBeLessThan(1)
  expect(estimate.high).toBeGreaterThan(1)
  expect(medianWithInterval(values, createRandom(1))).toEqual(estimate)
})

describe('a p99 beside another', () => {
  const groups = (values: readonly number[]): number[][] =>
    Array.from({ length: 40 }, (_, second) => values.map((value) => value + (second % 5)))
  const tenToFifty = groups(Array.from({ length: 36 }, (_, index) => 10 + index))
  const compare = (during: number[][]) => ratioOfP99(tenToFifty, during, { random: createRandom(1), confidence: 0.995 })

  test('is surely no more where both are alike, and the same for the same seed', () => {
    const { value, low, high } = compare(tenToFifty)
    expect(value).toBe(1)
    expect(low).toBeLessThanOrEqual(1)
    expect(high).toBeLessThan(1.1)
    expect(compare(tenToFifty)).toEqual({ value, low, high })
  })

  test('is surely more where two of a hundred are half as late again at all times', () => {
    const late = tenToFifty.map((group) => group.map((value, index) => (index === 35 ? value * 1.5 : value)))
    expect(compare(late).low).toBeGreaterThan(1.1)
  })

  test('is not surely more where a single second was bad', () => {
    const once = tenToFifty.map((group, second) => (second === 7 ? group.map((value) => value * 10) : group))
    const { value, low, high } = compare(once)
    expect(value).toBeGreaterThan(1.1)
    expect(low).toBeLessThanOrEqual(1.1)
    expect(high).toBeGreaterThan(1.1)
  })
})
