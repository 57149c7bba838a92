import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, test } from '@jest/globals'

const root = new URL('../../', import.meta.url)
const read = (path: string): string => readFileSync(new URL(path, root), 'utf8')
const page = read('docs/lessons.md')

/** The lines of the tables, their heads left out, by the section in which they stand. */
const sections = [...page.matchAll(/^## (.+)\n([\s\S]*?)(?=^## |(?![\s\S]))/gm)].map(([, title = '', text = '']) => ({
  title,
  lines: text.split('\n').filter((line) => line.startsWith('| ') && !/^\| (?:what went wrong|---) /.test(line)),
}))

/** Tests that are named: `file` › `title`. */
const proofs = [...page.matchAll(/`(test\/[^`]+)` › `([^`]+)`/g)].map(([, file = '', title = '']) => ({ file, title }))

test('the sections are those of the faults that are known, and none is without lines', () => {
  expect(sections.map(({ title }) => title)).toEqual([
    'Storage and speed',
    'Correctness',
    'Access',
    'Push',
    'Validation',
  ])
  for (const { title, lines } of sections) expect([title, lines.length > 2]).toEqual([title, true])
})

describe.each(sections)('$title', ({ lines }) => {
  test.each(lines)('each line says what went wrong, what is done, and names a test: %s', (line) => {
    expect(line.split(' | ')).toHaveLength(3)
    expect(line).toMatch(/^\| .+ \| .+ \| `test\/[^`]+` › `[^`]+`(?:, `test\/[^`]+` › `[^`]+`)* \|$/)
  })
})

test.each(proofs)('the test exists: $file › $title', ({ file, title }) => {
  expect(existsSync(new URL(file, root))).toBe(true)
  const titles = read(file).replaceAll("\\'", "'")
  expect(titles).toMatch(new RegExp(`['"\`]${title.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')}`))
})
