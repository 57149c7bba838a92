import { createHash } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { type Contract, contractOf } from '../../src/pages/contract/document.ts'
import { contractPage } from '../../src/pages/contract/page.ts'
import { words } from '../../src/pages/words.ts'
import { startService, type TestService } from '../support/service.ts'

describe('the page of the contract', () => {
  const contract = contractOf('https://plans.example')
  const page = contractPage(contract)
  const ids = [...page.matchAll(/\bid="([^"]+)"/g)].map((match) => match[1])

  test('has a section for every operation, and a link to it', () => {
    const operations = Object.values(contract.paths).flatMap((item) =>
      Object.values(item).flatMap((each) => ('operationId' in each ? [each.operationId] : [])),
    )
    expect(operations.length).toBeGreaterThan(60)
    for (const id of operations) {
      expect(ids).toContain(id)
      expect(page).toContain(`<a href="#${id}"`)
    }
  })

  test('no link in it leads nowhere, and no id stands twice', () => {
    const targets = [...page.matchAll(/href="#([^"]+)"/g)].map((match) => match[1])
    expect(targets.length).toBeGreaterThan(100)
    expect(targets.filter((target) => !ids.includes(target))).toEqual([])
    expect(ids.length).toBe(new Set(ids).size)
  })

  test('says what this service is called by, and loads nothing from anywhere', () => {
    expect(page).toContain('https://plans.example/fhir/metadata')
    expect(page).not.toMatch(/<script|<img|<link|<iframe|\bsrc=|@import|url\(|\bon\w+="/)
  })

  test('writes text as text', () => {
    const hostile = '<script>alert(1)</script> [x](javascript:alert(1)) `<b>` https://a.example/?a=1&b="2"'
    expect(words(hostile)).toBe(
      '<p>&lt;script&gt;alert(1)&lt;/script&gt; [x](javascript:alert(1)) <code>&lt;b&gt;</code> <a href="https://a.example/?a=1&amp;b=">https://a.example/?a=1&amp;b=</a>&quot;2&quot;</p>',
    )
  })
})

describe('the contract is served (OpenAPI 3.1)', () => {
  let service: TestService
  beforeAll(async () => {
    service = await startService()
  })
  afterAll(() => service.stop())

  test('as a page, under a policy that lets nothing run and loads nothing but its own style', async () => {
    const answer = await fetch(`${service.baseUrl}/docs`)
    const text = await answer.text()
    const style = /<style>([\s\S]*)<\/style>/.exec(text)?.[1] ?? ''
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8'])
    expect(answer.headers.get('content-security-policy')).toBe(
      `default-src 'none'; style-src 'sha256-${createHash('sha256').update(style).digest('base64')}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
    )
  })

  test('as JSON, for the address at which it is asked', async () => {
    const answer = await fetch(`${service.baseUrl}/openapi.json`)
    const contract = (await answer.json()) as Contract & { openapi: string }
    expect(answer.headers.get('content-type')).toContain('application/json')
    expect([contract.openapi, contract.servers]).toEqual([
      '3.1.0',
      [{ url: service.baseUrl, description: 'This service' }],
    ])
    expect(contract).toEqual(JSON.parse(JSON.stringify(contractOf(service.baseUrl))))
  })

  test('as YAML, as it stands in the repository', async () => {
    const answer = await fetch(`${service.baseUrl}/openapi.yaml`)
    expect(answer.headers.get('content-type')).toContain('application/yaml')
    expect(await answer.text()).toMatch(/^openapi: 3\.1\.0\n/)
  })

  test('from the first page', async () => {
    const text = await (await fetch(service.baseUrl)).text()
    for (const place of ['/docs', '/openapi.json']) {
      expect(text).toContain(`href=".${place}"`)
      expect((await fetch(`${service.baseUrl}${place}`)).status).toBe(200)
    }
  })
})
