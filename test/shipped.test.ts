import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from '@jest/globals'

const src = fileURLToPath(new URL('../src/', import.meta.url))
const sources = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'))

/** By what a program finds out that it is being tested. */
const ASKS = /NODE_ENV|JEST_|import\.meta\.jest|process\.env\[?['".]*(?:CI|TEST)\b/

test('what is tested is what is shipped: no code asks whether it is being tested', () => {
  expect(sources.length).toBeGreaterThan(200)
  expect(ASKS.test("if (process.env['NODE_ENV'] === 'test') skip()")).toBe(true)
  expect(sources.filter((name) => ASKS.test(readFileSync(`${src}${name}`, 'utf8')))).toEqual([])
})
