import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, test } from '@jest/globals'

const root = new URL('../../', import.meta.url)
const read = (path: string): string => readFileSync(new URL(path, root), 'utf8')
const [, tables = ''] = read('docs/sign-in.md').split('## What is required, and the test that shows it\n')

const lines = tables.split('\n').filter((line) => line.startsWith('| ') && !/^\| (?:requirement|---) /.test(line))
const proofs = [...tables.matchAll(/`(test\/[^`]+)` › `([^`]+)`/g)].map(([, file = '', title = '']) => ({
  file,
  title,
}))

test('there are requirements of signing in, of patients, of sessions and of apps', () => {
  expect([...tables.matchAll(/^### (.+)$/gm)].map(([, title]) => title)).toEqual([
    'Signing in (OpenID Connect Core 1.0, RFC 9700)',
    'Patients, and who speaks for them',
    'Sessions',
    'SMART App Launch 2.2',
  ])
  expect(lines.length).toBeGreaterThan(25)
})

test.each(lines)('a requirement names its tests: %s', (line) => {
  expect(line).toMatch(/^\| .+ \| `test\/[^`]+` › `[^`]+`(?:, `test\/[^`]+` › `[^`]+`)* \|$/)
})

describe('the tests', () => {
  test.each(proofs)('exist: $file › $title', ({ file, title }) => {
    expect(existsSync(new URL(file, root))).toBe(true)
    const titles = read(file).replaceAll("\\'", "'")
    const quoted = title.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')
    expect(titles).toMatch(new RegExp(`['"\`]${quoted}['"\`]`))
  })
})

test('every capability that can be claimed is in the table', () => {
  const claimed = [
    ...read('src/auth/people/discovery.ts').matchAll(/'((?:launch|context|client|sso|permission|authorize)-[a-z-]+)'/g),
  ]
  expect(claimed.length).toBeGreaterThan(8)
  for (const [, capability] of claimed) expect(tables).toContain(`\`${capability}\``)
})
