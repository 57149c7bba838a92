import { expect, test } from '@jest/globals'
import { loadClients } from '../../src/auth/clients.ts'
import { smartConfiguration } from '../../src/auth/smart-configuration.ts'
import { TEST_CLIENTS } from '../../src/config.ts'
import { isThere, namedTests, readPage, tableLines } from './named-tests.ts'

const [, requirements = ''] = readPage('docs/smart.md').split('## What is asked, and the test that shows it')
const lines = tableLines(requirements)

test('there are requirements of each kind', () => {
  expect([...requirements.matchAll(/^### (.+)$/gm)].map(([, title]) => title)).toEqual([
    'Registration and keys',
    'The assertion',
    'The token request and its answer',
    'Scopes',
    'The token at the FHIR API',
    'Discovery',
  ])
  expect(lines.length).toBeGreaterThan(35)
})

test.each(lines)('each says what is asked and names a test: %s', (line) => {
  expect(line).toMatch(/^\| .+ \| `test\/[^`]+` › `[^`]+`(?:, `test\/[^`]+` › `[^`]+`)* \|$/)
})

test.each(namedTests(requirements))('the test exists: $file › $title', (named) => {
  expect(isThere(named)).toBe(true)
})

test('each capability that the SMART configuration names for systems has its line', async () => {
  const { capabilities } = smartConfiguration(await loadClients(TEST_CLIENTS), 'https://plans.example')
  expect(capabilities.length).toBeGreaterThan(0)
  for (const capability of capabilities)
    expect(lines.filter((line) => line.startsWith(`| \`${capability}\`: `))).toHaveLength(1)
})
