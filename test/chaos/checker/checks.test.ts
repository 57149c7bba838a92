import { expect, test } from '@jest/globals'
import type { Application, Facts, Observation, State, Write } from '../facts.ts'
import { check } from './checks.ts'

const submitted = (plan: string, at: number, replaces?: string): Write => ({
  patient: 'ann',
  kind: 'submit',
  plan,
  sent: at,
  known: at + 1,
  outcome: 'acknowledged',
  ...(replaces === undefined ? {} : { replaces }),
})
const withdrawn = (plan: string, at: number): Write => ({ ...submitted(plan, at), kind: 'withdraw' })
const applied = (sequence: number, at: number, plan?: string): Application => ({
  patient: 'ann',
  at,
  epoch: 1,
  sequence,
  state: plan === undefined ? 'withdrawn' : 'current',
  plans: plan === undefined ? [] : [plan],
})
const said = (at: number, state: State, sequence: number, inStep: boolean): Observation => ({
  patient: 'ann',
  asked: at,
  answered: at + 1,
  recipients: [{ id: 'gp', inStep, wanted: { state, sequence }, confirmed: undefined }],
})

/** Two plans, the second withdrawn, everything as it must be. */
const right: Facts = {
  writes: [submitted('one', 10), submitted('two', 20, 'one'), withdrawn('two', 30)],
  applications: { gp: [applied(1, 12, 'one'), applied(2, 22, 'two'), applied(3, 32)] },
  observations: [said(15, 'current', 1, true), said(31, 'withdrawn', 3, false), said(40, 'withdrawn', 3, true)],
  stored: [
    {
      patient: 'ann',
      plans: [
        { id: 'one', status: 'revoked' },
        { id: 'two', status: 'revoked' },
      ],
    },
  ],
  settled: true,
}

const found = (change: Partial<Facts>): string[] =>
  check({ ...right, ...change })
    .map((violation) => violation.check)
    .sort()

test('nothing is found where everything is as it must be', () => {
  expect(check(right)).toEqual([])
})

test('a state that was overtaken need never have been shown', () => {
  expect(found({ applications: { gp: [applied(1, 12, 'one'), applied(3, 32)] } })).toEqual([])
})

test('a lower sequence, or epoch, after a higher one is found', () => {
  const back = [applied(1, 12, 'one'), applied(3, 32), applied(2, 41, 'two'), applied(4, 42)]
  expect(found({ applications: { gp: back }, observations: [] })).toEqual(['went-back'])
  const epochs = [{ ...applied(1, 12, 'one'), epoch: 2 }, applied(3, 32)]
  expect(found({ applications: { gp: epochs }, observations: [] })).toEqual(['went-back'])
})

test('an earlier plan under a higher number is found', () => {
  const renumbered = [applied(1, 12, 'one'), applied(2, 22, 'two'), applied(3, 23, 'one'), applied(4, 32)]
  expect(found({ applications: { gp: renumbered }, observations: [] })).toEqual(['went-back'])
})

test('the same edition applied twice is found', () => {
  const twice = [applied(1, 12, 'one'), applied(3, 32), applied(3, 41)]
  expect(found({ applications: { gp: twice } })).toEqual(['double-effect'])
})

test('a plan that is there though nobody submitted it is found', () => {
  const plans = [...(right.stored[0]?.plans ?? []), { id: 'three', status: 'active' }]
  expect(found({ stored: [{ patient: 'ann', plans }] })).toEqual(['double-effect'])
})

test('a withdrawal that never arrived is found, and not while there may still be time', () => {
  const gp = [applied(1, 12, 'one'), applied(2, 22, 'two')]
  expect(found({ applications: { gp }, observations: [] })).toEqual(['lost-withdrawal', 'not-the-truth'])
  expect(found({ applications: { gp }, observations: [], settled: false })).toEqual([])
})

test('a recipient that was never told of a plan in force is found', () => {
  const writes = [submitted('one', 10)]
  const stored = [{ patient: 'ann', plans: [{ id: 'one', status: 'active' }] }]
  expect(found({ writes, stored, applications: { gp: [] }, observations: [] })).toEqual(['not-the-truth'])
})

test('a recipient that holds another edition than is wanted last is found', () => {
  expect(found({ observations: [said(40, 'withdrawn', 4, false)] })).toEqual(['not-the-truth'])
})

test('an acknowledged write that is gone, or without its effect, is found', () => {
  const stored = (plans: readonly { id: string; status: string }[]) => [{ patient: 'ann', plans }]
  expect(found({ stored: stored([{ id: 'two', status: 'revoked' }]) })).toEqual(['lost-write'])
  const undone = stored([
    { id: 'one', status: 'revoked' },
    { id: 'two', status: 'active' },
  ])
  expect(found({ stored: undone })).toEqual(['lost-write'])
  expect(found({ observations: [said(40, 'current', 3, false)] })).toEqual(['lost-write'])
})

test('withdrawn for the author, shown by the recipient, and not listed as unacknowledged is found', () => {
  const gp = [applied(1, 12, 'one'), applied(2, 22, 'two'), applied(3, 50)]
  expect(found({ applications: { gp }, observations: [said(40, 'withdrawn', 3, true)] })).toEqual(['unlisted'])
  expect(found({ applications: { gp }, observations: [said(40, 'withdrawn', 3, false)] })).toEqual([])
  const nobody = { ...said(40, 'withdrawn', 3, true), recipients: [] }
  expect(found({ applications: { gp }, observations: [nobody] })).toEqual(['unlisted'])
})

test('a write that did not happen is not expected, and one that was only found to have happened is', () => {
  const attempt: Write = {
    patient: 'ann',
    kind: 'submit',
    plan: undefined,
    sent: 50,
    known: 51,
    outcome: 'did-not-happen',
  }
  expect(found({ writes: [...right.writes, attempt] })).toEqual([])
  const happened: Write = { ...attempt, plan: 'three', outcome: 'found' }
  expect(found({ writes: [...right.writes, happened] })).toEqual(['lost-write', 'not-the-truth'])
})
