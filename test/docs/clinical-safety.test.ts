import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from '@jest/globals'

const root = new URL('../../', import.meta.url)
const read = (path: string): string => readFileSync(new URL(path, root), 'utf8')
const log = read('docs/clinical-safety.md')

/** Each hazard: its heading, and all that stands below it. */
const hazards = [...log.matchAll(/^## (H-\d\d) (.+)\n([\s\S]*?)(?=^## )/gm)].map(
  ([, id = '', title = '', text = '']) => ({
    id,
    title,
    text,
  }),
)

const LEVELS = ['Minor', 'Significant', 'Considerable', 'Major', 'Catastrophic']
/** The table of the page: risk by likelihood, then severity. */
const RISK = new Map(
  [...log.matchAll(/^\| (Very high|High|Medium|Low|Very low) \|((?: \d \|){5})$/gm)].map(
    ([, likelihood = '', row = '']) => [likelihood, [...row.matchAll(/\d/g)].map(([digit]) => Number(digit))],
  ),
)

/** Tests that are named as proofs: `file` › `title`. */
const proofs = [...log.matchAll(/`(test\/[^`]+)` › `([^`]+)`/g)].map(([, file = '', title = '']) => ({ file, title }))

test('the hazards are numbered without a gap, and there are those that the domain model names', () => {
  expect(hazards.map(({ id }) => id)).toEqual(hazards.map((_, index) => `H-${String(index + 1).padStart(2, '0')}`))
  expect(hazards.length).toBeGreaterThanOrEqual(9)
  expect(RISK.size).toBe(5)
})

describe.each(hazards)('$id $title', ({ text }) => {
  test('has cause, effect, controls with proofs, and what is not there yet', () => {
    expect(text).toMatch(/^- \*\*Cause\*\*: .+\.$/m)
    expect(text).toMatch(/^- \*\*Effect\*\*: .+\.$/m)
    expect(text).toMatch(/^\*\*Not there yet\*\*: .+\.$/m)
    const controls = text.split('\n').filter((line) => line.startsWith('| ') && !/^\| (?:control|---)/.test(line))
    expect(controls.length).toBeGreaterThan(0)
    for (const control of controls) expect(control).toMatch(/\| `test\/[^`]+` › `/)
  })

  test('has the risk that follows from severity and likelihood, and no higher one with the controls', () => {
    const rated = [...text.matchAll(/^- \*\*(?:Before|With the controls)\*\*: (\w+), ([\w ]+), risk (\d)$/gm)]
    expect(rated).toHaveLength(2)
    const risks = rated.map(([, severity = '', likelihood = '', risk]) => {
      expect(Number(risk)).toBe(RISK.get(likelihood)?.[LEVELS.indexOf(severity)])
      return Number(risk)
    })
    expect(risks[1]).toBeLessThanOrEqual(risks[0] as number)
  })
})

test.each(proofs)('the proof exists: $file › $title', ({ file, title }) => {
  expect(existsSync(new URL(file, root))).toBe(true)
  const titles = read(file).replaceAll("\\'", "'")
  expect(titles).toMatch(new RegExp(`['"\`]${title.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')}`))
})

test('the seeded cases that controls name exist', () => {
  const files = ['contradictions', 'valid'].flatMap((folder) => readdirSync(new URL(`fixtures/${folder}/`, root)))
  const named = [...log.matchAll(/(?:seeded cases?|`fixtures\/valid`,)((?:,?(?: and)? `[a-z0-9*-]+`)+)/g)].flatMap(
    ([, list = '']) => [...list.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name),
  )
  expect(named.length).toBeGreaterThan(20)
  for (const name of named) {
    const stem = name.replace('*', '')
    expect([
      name,
      files.some((file) => (name.endsWith('*') ? file.startsWith(stem) : file === `${stem}.json`)),
    ]).toEqual([name, true])
  }
})
