import { readFileSync } from 'node:fs'
import { expect, test } from '@jest/globals'
import { EXAMPLES_PAGE, examplesPage } from '../support/examples.ts'
import { startService } from '../support/service.ts'

test('docs/examples.md shows what the service answers', async () => {
  const service = await startService()
  try {
    expect(readFileSync(EXAMPLES_PAGE, 'utf8')).toBe(await examplesPage(service.baseUrl))
  } finally {
    await service.stop()
  }
}, 120_000)
