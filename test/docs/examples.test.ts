import { readFileSync } from 'node:fs'
import { expect, test } from '@jest/globals'
import { EXAMPLES_PAGE, examplesPage } from '../support/examples.ts'

test('docs/examples.md shows what the service answers', async () => {
  expect(readFileSync(EXAMPLES_PAGE, 'utf8')).toBe(await examplesPage())
}, 240_000)
