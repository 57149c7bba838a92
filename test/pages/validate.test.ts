import { createHash } from 'node:crypto'
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

const open = async (width: number, height: number, more: { javaScriptEnabled?: boolean } = {}) => {
  const page = await browser.newPage({ viewport: { width, height }, ...more })
  page.setDefaultTimeout(PATIENCE)
  const said: string[] = []
  page.on('console', (message) => said.push(message.text()))
  page.on('pageerror', (error) => said.push(String(error)))
  await page.goto(`${service.baseUrl}/validate`)
  return { page, said }
}

/** Sends the form, and waits for what was found. */
const check = async (page: Page): Promise<void> => {
  await page.getByRole('button', { name: 'Check', exact: true }).click()
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
  await page.getByLabel('Profile').fill('what matters to me')
  await check(page)
  expect(await page.locator('main').textContent()).toContain('what-matters-goal')
  expect(await page.locator('.findings li').count()).toBeGreaterThan(0)
  expect(await faults()).toEqual([])
  await page.close()
  rmSync(folder, { recursive: true, force: true })
}, 240_000)

test.each([
  ['with scripts', true],
  ['without them', false],
])(
  'the first thing a newcomer presses shows a plan that is valid and one that is not, and each finding leads to its line and back: %s',
  async (_name, javaScriptEnabled) => {
    const { page, said } = await open(1200, 900, { javaScriptEnabled })
    await page.getByRole('button', { name: 'a valid plan' }).click()
    await page.locator('.verdict').waitFor()
    expect(await page.locator('.verdict').textContent()).toMatch(/^Valid\./)
    await page.getByRole('button', { name: 'a broken plan' }).click()
    await page.locator('.verdict.not').waitFor()
    const errors = await page.locator('.findings > li.error').allTextContents()
    for (const mistake of [/exactly one/, /CHI number/, /"activ"/, /needs lifecycleStatus/])
      expect(errors).toEqual(expect.arrayContaining([expect.stringMatching(mistake)]))
    // What only follows from these comes after them.
    expect(errors.findIndex((text) => text.includes('does not conform to'))).toBe(4)
    const status = page.locator('.findings > li', { hasText: '"activ"' })
    await status.getByRole('link').click()
    expect(await page.locator('.text span:target').textContent()).toContain('"activ"')
    await page.locator('.text span:target a').click()
    expect(await page.locator('.findings > li:target').textContent()).toContain('"activ"')
    expect(said).toEqual([])
    await page.close()
  },
  240_000,
)

test('a file may be dropped anywhere on the page, and the page says that it is checking', async () => {
  const { page, said } = await open(1200, 900)
  const drop = async (): Promise<void> => {
    const files = await page.evaluateHandle(
      '(() => { const all = new DataTransfer(); all.items.add(new File([\'{"resourceType":"Patient"}\'], \'<b>plan.json\')); return all })()',
    )
    await page.dispatchEvent('h1', 'drop', { dataTransfer: files })
  }
  await drop()
  expect(await page.getByRole('status').textContent()).toBe('<b>plan.json is chosen.')
  await page.evaluate("document.getElementById('check').addEventListener('submit', (event) => event.preventDefault())")
  await page.keyboard.press('Enter')
  expect(await page.getByRole('status').textContent()).toBe('Checking …')
  await page.reload()
  await drop()
  await check(page)
  expect(await page.getByLabel('A resource, as JSON or XML').inputValue()).toBe('{"resourceType":"Patient"}')
  expect(said).toEqual([])
  await page.close()
}, 240_000)

describe('the page, asked directly', () => {
  const send = (text: string, more: Record<string, string> = {}) => {
    const form = new FormData()
    for (const [name, value] of Object.entries({ text, ...more })) form.set(name, value)
    return fetch(`${service.baseUrl}/validate`, { method: 'POST', body: form })
  }

  test('runs its own script alone and loads nothing, and writes what it was sent as text', async () => {
    const answer = await until(
      () => send(BROKEN),
      ({ status }) => status === 200,
      50,
    )
    const html = await answer.text()
    const [script, ...others] = [...html.matchAll(/<script\b[^>]*>(.*?)<\/script>/gs)].map(
      ([, inside]) => inside as string,
    )
    expect([html.match(/<script/g)?.length, others]).toEqual([1, []])
    const hash = createHash('sha256')
      .update(script as string)
      .digest('base64')
    expect(answer.headers.get('content-security-policy')).toMatch(
      /^default-src 'none'; style-src 'sha256-[^']+'; script-src 'sha256-[^']+'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'$/,
    )
    expect(answer.headers.get('content-security-policy')).toContain(`script-src 'sha256-${hash}';`)
    expect(answer.headers.get('cache-control')).toBe('no-store')
    expect(html).toContain('&lt;script&gt;alert(1)')
  })

  test('offers the profiles of its packages, ours first, and says where one is not known', async () => {
    const start = await (await fetch(`${service.baseUrl}/validate`)).text()
    const options = [...start.matchAll(/<option value="([^"]+)">([^<]+)</g)].map(([, url, said]) => [url, said])
    expect(options[0]).toEqual([
      expect.stringMatching(/^https:\/\/keyplan\.example\/fhir\//),
      expect.stringMatching(/, keyplan\.fhir\.r4#/),
    ])
    expect(options.map(([url]) => url)).toContain('https://keyplan.example/fhir/StructureDefinition/plan-bundle')
    const answer = await until(
      () => send(BROKEN, { profile: `"><img src=x>${'y'.repeat(10_000)}` }),
      ({ status }) => status === 200,
      50,
    )
    const html = await answer.text()
    expect(html).toMatch(/The profile &quot;&gt;&lt;img src=x&gt;y+ is not known here/)
    expect(html.length).toBeLessThan(100_000)
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
