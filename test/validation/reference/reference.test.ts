import { readFileSync } from 'node:fs'
import { describe, expect, test } from '@jest/globals'
import { JUDGED_SETS, judge } from './sets.ts'

/** Why our judgement is another one. `ours` is a fault to be mended. */
type Verdict = Readonly<{ verdict: 'theirs' | 'ours' | 'unsupported by intent'; why: string }>

/** The official examples have a test of their own, which names what is wrong with each. */
const SETS = JUDGED_SETS.filter(({ name }) => name !== 'official-examples')

describe.each(SETS)('$name: what others have judged', ({ name, missing, cases }) => {
  const listed = JSON.parse(readFileSync(new URL(`${name}.json`, import.meta.url), 'utf8')) as Record<string, Verdict>

  if (missing !== undefined) {
    test.skip(`not checked: ${missing}`, () => undefined)
    return
  }

  test('at least 95 % are judged alike, and every other one is listed with its reason', () => {
    const all = cases()
    const disagreeing = all.filter((one) => !judge(one).agrees).map(({ id }) => id)
    expect(disagreeing.sort()).toEqual(Object.keys(listed).sort())
    expect(disagreeing.length).toBeLessThanOrEqual(0.05 * all.length)
    for (const { verdict, why } of Object.values(listed)) {
      expect(['theirs', 'ours', 'unsupported by intent']).toContain(verdict)
      expect(why).toMatch(/^[a-z].{30,}/)
    }
  }, 120_000)
})
