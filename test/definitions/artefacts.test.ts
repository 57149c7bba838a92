import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from '@jest/globals'

const root = fileURLToPath(new URL('../../', import.meta.url))
const artefacts = `${root}src/definitions/artefacts`
const files = readdirSync(artefacts, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.json'))

describe('The compiled definitions', () => {
  test('are what the official package compiles to, byte for byte', () => {
    const { status, stderr } = spawnSync(process.execPath, ['src/definitions/build/compile.mjs', '--check'], {
      cwd: root,
      encoding: 'utf8',
    })
    expect(stderr).toBe('')
    expect(status).toBe(0)
  })

  test('are small: under 1 MB together, under 25 kB a resource type, so that start-up parses little', () => {
    const bytes = (names: readonly string[]): number =>
      names.reduce((sum, name) => sum + statSync(`${artefacts}/${name}`).size, 0)
    expect(bytes(files)).toBeLessThan(1_000_000)
    const resources = files
      .filter((name) => name.startsWith('resources'))
      .map((name) => statSync(`${artefacts}/${name}`).size)
    expect(resources.length).toBe(148)
    expect(Math.max(...resources)).toBeLessThan(25_000)
  })

  // Their lines are parsed one by one, when they are asked for.
  test.each([
    ['structures', 4_000_000],
    ['code-systems', 4_000_000],
    ['value-sets', 1_500_000],
  ])('%s.ndjson is under %i bytes, and each line begins with an address of its own', (name, most) => {
    const text = readFileSync(`${artefacts}/${name}.ndjson`, 'utf8')
    expect(text.length).toBeLessThan(most)
    const resources = text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { url: string })
    const urls = resources.map(({ url }) => url)
    expect(resources.every((resource) => Object.keys(resource)[0] === 'url')).toBe(true)
    expect(urls.every((url) => /^[!-~]+$/.test(url) && !url.includes('"'))).toBe(true)
    expect(new Set(urls).size).toBe(urls.length)
  })
})
