import { afterAll, beforeAll, expect, test } from '@jest/globals'
import type { Browser } from 'playwright-core'
import { startBrowser } from '../support/browser.ts'
import { startService, type TestService } from '../support/service.ts'

let service: TestService
let browser: Browser
beforeAll(async () => {
  service = await startService()
  browser = await startBrowser()
}, 120_000)
afterAll(async () => {
  await browser?.close()
  await service?.stop()
})

test.each([
  ['a wide screen', 1440, 900],
  ['a phone', 390, 844],
])(
  'the page of the contract fits %s and says nothing on the console',
  async (_name, width, height) => {
    const page = await browser.newPage({ viewport: { width, height } })
    const said: string[] = []
    page.on('console', (message) => said.push(message.text()))
    page.on('pageerror', (error) => said.push(String(error)))
    await page.goto(`${service.baseUrl}/docs`)
    expect(await page.title()).toContain('KeyPlan')
    const [content, screen] = await page.evaluate<[number, number]>(
      '[document.documentElement.scrollWidth, document.documentElement.clientWidth]',
    )
    expect(content).toBeLessThanOrEqual(screen)
    // It opens with what it is about; on a phone the long list of operations comes after it.
    expect((await page.getByRole('heading', { level: 1 }).boundingBox())?.y).toBeLessThan(200)
    await page.locator('nav a[href="#schemas"]').click()
    expect(page.url()).toContain('#schemas')
    expect(said).toEqual([])
    await page.close()
  },
  60_000,
)
