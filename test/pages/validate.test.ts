import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type { Browser, Page } from 'playwright-core'
import { startBrowser } from '../support/browser.ts'
import { startService, type TestService } from '../support/service.ts'
import { until } from '../support/until.ts'

const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js')

/** Milliseconds: the first check of a service starts its thread, which takes long on a machine with much else to do. */
const PATIENCE = 100_000

const BROKEN = `{
  "resourceType": "Goal",
  "lifecycleStatus": "dreamt",
  "description": { "text": "<script>alert(1)</script>" },
  "subject": { "reference": "Patient/1" }
}`

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

const open = async (width: number, height: number) => {
  const page = await browser.newPage({ viewport: { width, height } })
  page.setDefaultTimeout(PATIENCE)
  const said: string[] = []
  page.on('console', (message) => said.push(message.text()))
  page.on('pageerror', (error) => said.push(String(error)))
  await page.goto(`${service.baseUrl}/validate`)
  return { page, said }
}

/** Sends the form, and waits for what was found. */
const check = async (page: Page): Promise<void> => {
  await page.getByRole('button', { name: 'Check' }).click()
  await page.locator('.verdict').waitFor()
}

const widthsOf = (page: Page): Promise<[number, number]> =>
  page.evaluate('[document.documentElement.scrollWidth, document.documentElement.clientWidth]')

test.each([
  ['a wide screen', 1440, 900],
  ['a phone', 390, 844],
])(
  'on %s a resource is pasted, and what is wrong stands beside its line',
  async (_name, width, height) => {
    const { page, said } = await open(width, height)
    await page.getByLabel('A resource, as JSON or XML').fill(BROKEN)
    await check(page)
    expect(await page.locator('.verdict').textContent()).toMatch(/^Not valid\. \d+ error/)
    const found = page.locator('.findings li.error', { hasText: 'Goal.lifecycleStatus' })
    expect(await found.textContent()).toContain('line 3, column 3')
    expect(await page.locator('#line-3').getAttribute('class')).toBe('error')
    expect(await page.getByLabel('A resource, as JSON or XML').inputValue()).toBe(BROKEN)
    const [content, screen] = await widthsOf(page)
    expect(content).toBeLessThanOrEqual(screen)
    expect(said).toEqual([])
    await page.close()
  },
  240_000,
)

test('a file and a profile are chosen, and nothing is wrong with either for who cannot see (axe-core)', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'keyplan-test-page-'))
  const file = join(folder, 'goal.json')
  writeFileSync(file, BROKEN.replace('dreamt', 'active'))
  const { page } = await open(1200, 900)
  const faults = async (): Promise<unknown> => {
    // In a frame of its own: the policy of the page lets no script run in it, and none is weakened for the test.
    const html = (await page.content()).replace(/<meta http-equiv[^>]*>/g, '')
    const copy = await browser.newPage({ viewport: { width: 1200, height: 900 } })
    await copy.setContent(html)
    await copy.addScriptTag({ path: AXE })
    const found = await copy.evaluate<{ id: string }[]>(
      'axe.run().then(({ violations }) => violations.map(({ id, nodes }) => ({ id, nodes: nodes.map((node) => node.html) })))',
    )
    await copy.close()
    return found
  }
  expect(await faults()).toEqual([])
  await page.getByLabel('Or a file').setInputFiles(file)
  await page.getByLabel('Profile').selectOption('https://keyplan.example/fhir/StructureDefinition/what-matters-goal')
  await check(page)
  expect(await page.locator('main').textContent()).toContain('what-matters-goal')
  expect(await page.locator('.findings li').count()).toBeGreaterThan(0)
  expect(await faults()).toEqual([])
  await page.close()
  rmSync(folder, { recursive: true, force: true })
}, 240_000)

describe('the page, asked directly', () => {
  const send = (text: string, more: Record<string, string> = {}) => {
    const form = new FormData()
    for (const [name, value] of Object.entries({ text, ...more })) form.set(name, value)
    return fetch(`${service.baseUrl}/validate`, { method: 'POST', body: form })
  }

  test('runs nothing and loads nothing, and writes what it was sent as text', async () => {
    const answer = await until(
      () => send(BROKEN),
      ({ status }) => status === 200,
      50,
    )
    expect(answer.headers.get('content-security-policy')).toMatch(
      /^default-src 'none'; style-src 'sha256-[^']+'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'$/,
    )
    expect(answer.headers.get('cache-control')).toBe('no-store')
    const html = await answer.text()
    expect(html).not.toMatch(/<script/)
    expect(html).toContain('&lt;script&gt;alert(1)')
  })

  test.each([
    ['nothing', '', 400],
    ['more than 1 MB', 'x'.repeat(1_100_000), 413],
  ])('%s is refused on the page itself', async (_name, text, status) => {
    const answer = await send(text)
    expect([answer.status, await answer.text()]).toEqual([status, expect.stringContaining('role="alert"')])
  })

  test('what is no form is refused', async () => {
    const answer = await fetch(`${service.baseUrl}/validate`, { method: 'POST', body: '{}' })
    expect(answer.status).toBe(400)
  })

  test('stores nothing and writes nothing of it to the log', () => {
    expect(JSON.stringify(service.logged)).not.toContain('dreamt')
  })

  test('too much at once is refused for a while, and the service goes on', async () => {
    const answers = await Promise.all(Array.from({ length: 30 }, () => send(BROKEN)))
    expect(answers.map(({ status }) => status)).toContain(429)
    expect((await fetch(`${service.baseUrl}/health/ready`)).status).toBe(200)
  })
})
