import { describe, expect, test } from '@jest/globals'
import { PROFILE } from '../../src/plan/codes.ts'
import { build } from '../support/submissions/build.ts'
import { type SubmissionCase, submissionCases } from '../support/submissions/cases.ts'
import { createNumbers } from '../support/submissions/numbers.ts'
import { errorsIn } from './conformance.ts'

/** Written in the shape of other guides, and stored in ours: what is on the root provision moves to where R4 has it. */
const OTHER_SHAPE = new Set(['root-shape', 'root-type-given', 'sharing-exception'])

/** Plans that say all by themselves: nothing was stored before. */
const cases = submissionCases('valid').filter(({ before }) => before === undefined)

const errorsOf = ({ submission }: SubmissionCase) => {
  const { bundle } = build(submission, createNumbers(), (name) => {
    throw new Error(`Nothing is stored as ${name}.`)
  })
  return errorsIn(bundle, { profiles: [PROFILE.submission], now: new Date() })
}

describe('the profile of what is submitted accepts what CarePlan/$submit accepts', () => {
  test.each(cases.filter(({ file }) => !OTHER_SHAPE.has(file)))('$file: $title', (one) => {
    expect(errorsOf(one)).toEqual([])
  })

  test.each(cases.filter(({ file }) => OTHER_SHAPE.has(file)))(
    'a decision in the shape of others is all that it has against $file: $title',
    (one) => {
      const errors = errorsOf(one)
      expect(errors).not.toEqual([])
      for (const { expression, text } of errors) {
        expect(expression).toMatch(/^Bundle\.entry\[\d+\]\.resource(?:\.provision\.(?:type|provision))?$/)
        expect(text).toContain('Consent.provision.')
      }
    },
  )
})
