import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import type { Browser, Page } from 'playwright-core'
import { startBrowser } from '../support/browser.ts'
import { startService, type TestService } from '../support/service.ts'

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

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

/** What a check of accessibility finds (WCAG 2.2 A and AA, and good practice). */
const barriers = async (page: Page): Promise<string[]> => {
  await page.evaluate(AXE)
  return page.evaluate<string[]>(
    `axe.run().then(({ violations }) => violations.map(({ id, nodes }) => id + ': ' + nodes[0].html.slice(0, 200)))`,
  )
}

const PLACES = [
  '/guide',
  '/guide?q=cpr',
  '/guide/say/not-for-cpr-agreed-with-her-daughter-review-in-march',
  '/guide/StructureDefinition/emergency-recommendation',
  '/guide/OperationDefinition/CarePlan-submit',
  '/guide/ValueSet/preferred-place',
  '/guide/Questionnaire/respect-v3',
  '/guide/ConceptMap/record-headings',
  '/guide/SearchParameter/CarePlan-review-date',
]

test.each([
  ['a wide screen, light', 1440, 900, 'light'],
  ['a phone, dark', 390, 844, 'dark'],
] as const)(
  'the guide fits %s, says nothing on the console and has no barriers',
  async (_name, width, height, colorScheme) => {
    const context = await browser.newContext({ viewport: { width, height }, colorScheme })
    const page = await context.newPage()
    const said: string[] = []
    page.on('console', (message) => said.push(message.text()))
    page.on('pageerror', (error) => said.push(String(error)))
    for (const place of PLACES) {
      await page.goto(`${service.baseUrl}${place}`)
      const [content, screen] = await page.evaluate<[number, number]>(
        '[document.documentElement.scrollWidth, document.documentElement.clientWidth]',
      )
      expect([place, content]).toEqual([place, screen])
      expect([place, await barriers(page)]).toEqual([place, []])
    }
    expect(said).toEqual([])
    await context.close()
  },
  120_000,
)

test('a newcomer finds how to say it in two steps, without scripts', async () => {
  const context = await browser.newContext({ javaScriptEnabled: false })
  const page = await context.newPage()
  await page.goto(`${service.baseUrl}/guide`)
  await page.getByRole('searchbox').fill('not for CPR, agreed with her daughter, review in March')
  await page.getByRole('button', { name: 'Find' }).click()
  await page.locator('main .found a').first().click()
  await page.waitForURL('**/guide/say/not-for-cpr-*')
  const text = (await page.locator('main').textContent()) ?? ''
  for (const part of ['"not-recommended"', '"family"', '-03-']) expect(text).toContain(part)
  await page.getByRole('link', { name: 'emergency-recommendation' }).first().click()
  expect(await page.locator('h1').textContent()).toBe('Emergency recommendation')
  await context.close()
}, 60_000)
