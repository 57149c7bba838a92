import { expect, test } from '@jest/globals'
import { type Check, check } from '../checker/checks.ts'
import { never } from '../figures.ts'
import { acknowledgementWithoutSequence, type Control, pollerById, queueWithoutFence } from './senders.ts'
import { createWorld } from './world.ts'

const CONTROLS: readonly (readonly [string, Control, readonly Check[]])[] = [
  ['a poller by id', pollerById, ['lost-withdrawal', 'not-the-truth']],
  ['a queue without fence', queueWithoutFence, ['went-back', 'lost-withdrawal', 'not-the-truth']],
  [
    'an acknowledgement without sequence',
    acknowledgementWithoutSequence,
    ['lost-withdrawal', 'not-the-truth', 'unlisted'],
  ],
]

test.each(CONTROLS)('%s fails a run', (_name, control, expected) => {
  const world = createWorld()
  control(world, false)
  const violations = check(world.facts())
  expect(new Set(violations.map((violation) => violation.check))).toEqual(new Set(expected))
  expect(never(violations).every(({ holds }) => holds)).toBe(false)
})

test.each(CONTROLS)('%s, mended, passes', (_name, control) => {
  const world = createWorld()
  control(world, true)
  expect(check(world.facts())).toEqual([])
})
