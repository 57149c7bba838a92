import { describe, expect, test } from '@jest/globals'
import { isThere, namedTests, readPage, tableLines } from './named-tests.ts'

const page = readPage('docs/lessons.md')

/** The lines of the tables, by the section in which they stand. */
const sections = [...page.matchAll(/^## (.+)\n([\s\S]*?)(?=^## |(?![\s\S]))/gm)].map(([, title = '', text = '']) => ({
  title,
  lines: tableLines(text),
}))

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

test.each(namedTests(page))('the test exists: $file › $title', (named) => {
  expect(isThere(named)).toBe(true)
})
