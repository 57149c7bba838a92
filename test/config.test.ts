import { readFileSync } from 'node:fs'
import { describe, expect, test } from '@jest/globals'
import { ConfigError, isLoopback, localBaseUrl, readConfig } from '../src/config.ts'

type Environment = Record<string, string>
const { accepted, refused } = JSON.parse(readFileSync(new URL('./config.cases.json', import.meta.url), 'utf8')) as {
  accepted: { name: string; environment: Environment; config: object; warnings: string[] }[]
  refused: { name: string; environment: Environment; findings: string[] }[]
}

const findingsOf = (environment: Environment): readonly string[] => {
  try {
    readConfig(environment)
    return []
  } catch (error) {
    if (error instanceof ConfigError) return error.findings
    throw error
  }
}

describe('settings that are accepted', () => {
  test.each(accepted)('$name', ({ environment, config, warnings }) => {
    const read = readConfig(environment)
    expect(read).toMatchObject(config)
    expect(read.warnings).toEqual(warnings.map((warning) => expect.stringContaining(warning)))
  })

  test('folders and files are made absolute', () => {
    expect(readConfig({ KEYPLAN_DATA: 'data', KEYPLAN_CLIENTS: 'clients' })).toMatchObject({
      dataFolder: `${process.cwd()}/data`,
      packages: `${process.cwd()}/data/packages`,
      clients: `${process.cwd()}/clients`,
    })
  })
})

describe('settings that are refused name the variable, what was found and what is expected', () => {
  test.each(refused)('$name', ({ environment, findings }) => {
    expect([...findingsOf(environment)].sort()).toEqual(
      [...findings].sort().map((finding) => expect.stringContaining(finding)),
    )
  })

  test('no finding quotes a secret', () => {
    const all = refused.flatMap(({ environment }) => findingsOf(environment)).join('\n')
    expect(all).not.toContain('secret-word')
  })
})

test.each([
  ['127.0.0.1', true],
  ['127.8.8.8', true],
  ['localhost', true],
  ['::1', true],
  ['0.0.0.0', false],
  ['::', false],
  ['192.168.1.4', false],
  ['127.0.0.1.example', false],
])('%s is an address of this machine alone: %s', (host, expected) => {
  expect(isLoopback(host)).toBe(expected)
})

test.each([
  ['127.0.0.1', 'http://localhost:80'],
  ['::1', 'http://[::1]:80'],
  ['127.0.0.2', 'http://127.0.0.2:80'],
])('a service on %s is at %s', (host, expected) => {
  expect(localBaseUrl(host, 80)).toBe(expected)
})
