import { spawnSync } from 'node:child_process'
import { readdirSync, statSync } from 'node:fs'
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
    const isTerminology = (name: string): boolean => name.startsWith('terminology')
    const bytes = (names: readonly string[]): number =>
      names.reduce((sum, name) => sum + statSync(`${artefacts}/${name}`).size, 0)
    expect(bytes(files.filter((name) => !isTerminology(name)))).toBeLessThan(1_000_000)
    // Read when the first value set or code system is asked for.
    expect(bytes(files.filter(isTerminology))).toBeLessThan(2_500_000)
    const resources = files
      .filter((name) => name.startsWith('resources'))
      .map((name) => statSync(`${artefacts}/${name}`).size)
    expect(resources.length).toBe(148)
    expect(Math.max(...resources)).toBeLessThan(25_000)
  })
})
