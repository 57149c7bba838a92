import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type { OperationDefinition } from 'fhir/r4.js'
import { loadPackage } from '../../src/definitions/package.ts'
import { filesOfArchive } from '../../src/definitions/packages/files.ts'
import { definitionPage, examplePage } from '../../src/pages/guide/definitions.ts'
import { homePage } from '../../src/pages/guide/home.ts'
import { type Definition, definitionsOfType, examples, profiles, runsOf } from '../../src/pages/guide/library.ts'
import { addressOf, partOf, sayingPage } from '../../src/pages/guide/say.ts'
import { SAYINGS } from '../../src/pages/guide/sayings.ts'
import { find } from '../../src/pages/guide/search.ts'
import { startService, type TestService } from '../support/service.ts'

const definitions = loadPackage()
  .types()
  .flatMap((type) => definitionsOfType(type))

/** Every page by its address below /guide/. */
const pages = new Map<string, string>([
  ...definitions.map((one) => [`${one.resourceType}/${one.id}`, definitionPage(one)] as const),
  ...[...examples().keys()].map((name) => [`example/${name}`, examplePage(name) as string] as const),
  ...SAYINGS.map((saying) => [`say/${addressOf(saying)}`, sayingPage(addressOf(saying)) as string] as const),
])

describe('the guide', () => {
  test('has a page for every definition, worked example and saying', () => {
    expect(pages.size).toBeGreaterThan(180)
    for (const html of pages.values()) expect(html).toMatch(/<h1>[^<]+<\/h1>/)
  })

  test('no link in it leads nowhere', () => {
    const files = [
      'package.tgz',
      ...profiles().map(({ id }) => `schema/${id}.schema.json`),
      ...definitions.map(({ resourceType, id }) => `${resourceType}/${id}.json`),
    ]
    const known = new Set([...pages.keys(), ...files])
    const lost = [...pages].flatMap(([from, html]) =>
      [...html.matchAll(/href="\.\.\/(?!\.\.\/)([^"#]+)"/g)]
        .map((match) => match[1] as string)
        .filter((target) => !known.has(target))
        .map((target) => `${from} → ${target}`),
    )
    expect(lost).toEqual([])
    const fromHome = [...homePage('').matchAll(/href="guide\/([^"]+)"/g)].map((match) => match[1] as string)
    expect(fromHome.length).toBeGreaterThan(150)
    expect(fromHome.filter((target) => !known.has(target))).toEqual([])
    const elsewhere = [...pages.values(), homePage('')].flatMap((html) =>
      [...html.matchAll(/href="((?:\.\.\/\.\.\/)?[a-z]+)"/g)].map((match) =>
        (match[1] as string).replace('../../', ''),
      ),
    )
    expect([...new Set(elsewhere)].sort()).toEqual(['docs', 'guide', 'validate'])
  })

  test.each(SAYINGS)(
    'each part that is shown is in the worked example: $say',
    ({ examples: names, profile, parts }) => {
      for (const name of names) expect(examples().has(name)).toBe(true)
      const first = examples().get(names[0] as string)
      expect(first?.meta?.profile).toContain(`https://keyplan.example/fhir/StructureDefinition/${profile}`)
      for (const [at] of parts) expect([at, partOf(first as never, at)]).toEqual([at, expect.anything()])
    },
  )

  test('the worked example of the saying about CPR says what it is to say', () => {
    const example = examples().get('Consent-margaret-not-for-cpr') as never
    expect(partOf(example, 'extension:recommendation')).toMatchObject({ valueCode: 'not-recommended' })
    expect(partOf(example, 'extension:review-date')).toMatchObject({ valueDate: expect.stringMatching(/^\d{4}-03/) })
    expect(JSON.stringify(partOf(example, 'extension:discussion'))).toContain('"family"')
    expect(examples().get('RelatedPerson-ailsa')).toMatchObject({ relationship: [{ text: 'Daughter' }] })
  })

  test.each([
    [
      'not for CPR, agreed with her daughter, review in March',
      'say/not-for-cpr-agreed-with-her-daughter-review-in-march',
    ],
    ['DNACPR', 'say/not-for-cpr-agreed-with-her-daughter-review-in-march'],
    ['do not resuscitate', 'say/not-for-cpr-agreed-with-her-daughter-review-in-march'],
    ['power of attorney', 'say/her-daughter-has-power-of-attorney'],
    ['where is the key', 'say/there-is-a-key-safe-by-the-back-door'],
    ['living will', 'say/she-refuses-a-ventilator-in-a-document-that-binds'],
    ['verify a printed plan', 'OperationDefinition/CarePlan-verify-current'],
    ['emergency view', 'OperationDefinition/Patient-emergency-view'],
  ])('somebody who looks for “%s” finds it first', (query, path) => {
    expect(find(query)[0]?.path).toBe(path)
  })

  test('what is looked for is shown as text, and what nobody has is said to be nowhere', () => {
    expect(homePage('"><script>alert(1)</script>')).not.toContain('<script')
    expect(homePage('zzzz')).toContain('Nothing was found')
    expect(find('the of and')).toEqual([])
  })

  test('loads nothing from anywhere and runs nothing', () => {
    for (const html of [...pages.values(), homePage('')])
      expect(html).not.toMatch(/<script|<img|<link|<iframe|\ssrc=|@import|url\(|\son\w+="|style="/)
  })

  test('a profile shows its elements, its rules, what systems must do, and a worked example', () => {
    const html = pages.get('StructureDefinition/emergency-recommendation') as string
    for (const part of ['extension:recommendation', 'must support', 'recommendation-1', 'ambulance', 'SHALL:display'])
      expect(html).toContain(part)
    expect(html).toContain('<h2 id="example">')
    const without = profiles().filter(
      ({ id }) => !pages.get(`StructureDefinition/${id}`)?.includes('<h2 id="example">'),
    )
    expect(without.map(({ id }) => id)).toEqual([])
  })

  test.each(definitionsOfType('OperationDefinition') as (Definition & OperationDefinition)[])(
    '$id shows a request that ran, and its answer',
    (operation) => {
      expect(runsOf(operation).filter(({ status }) => /^20[01]$/.test(status))).not.toEqual([])
      expect(pages.get(`OperationDefinition/${operation.id}`)).toContain('<h2 id="runs">')
    },
  )

  test('a map shows each code with what it becomes, what that is beside it, and why', () => {
    const html = pages.get('ConceptMap/recommendation') as string
    expect(html).toContain(
      '<th scope="row"><code>conditional</code> Recommended under a condition</th><td></td><td class="beside">none</td><td>There is only yes and no. A modified resuscitation must not be sent as either.</td>',
    )
    expect(html).toContain('../SearchParameter/CarePlan-review-date"')
    expect(find('record headings').map(({ path }) => path)).toContain('ConceptMap/record-headings')
  })

  test('a search parameter shows how it is asked for, and what it reads', () => {
    const html = pages.get('SearchParameter/CarePlan-review-date') as string
    expect(html).toContain('<h1>review-date of CarePlan</h1>')
    expect(html).toContain('<code>/fhir/CarePlan?review-date=…</code>')
    expect(html).toContain('<code>le</code>')
  })

  test('an operation shows its own requests, not those of another type', () => {
    const html = pages.get('OperationDefinition/Endpoint-sharing-status') as string
    expect(html).toContain('GET /fhir/Endpoint/hospital/$sharing-status')
    expect(html).not.toContain('/fhir/Patient/')
  })
})

describe('the guide is served, without a token', () => {
  let service: TestService
  beforeAll(async () => {
    service = await startService()
  })
  afterAll(() => service.stop())

  test.each([
    ['/guide', 'text/html; charset=utf-8', /How do I say/],
    ['/guide?q=ventilator', 'text/html; charset=utf-8', /She refuses a ventilator/],
    ['/guide/StructureDefinition/plan-patient', 'text/html; charset=utf-8', /Profile of Patient/],
    ['/guide/StructureDefinition/plan-patient.json', 'application/json; charset=utf-8', /"id":"plan-patient"/],
    ['/guide/schema/plan-patient.schema.json', 'application/schema+json; charset=utf-8', /"\$schema"/],
    ['/guide/example/Patient-margaret', 'text/html; charset=utf-8', /Worked example/],
  ])('%s', async (path, type, content) => {
    const answer = await fetch(`${service.baseUrl}${path}`)
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, type])
    expect(await answer.text()).toMatch(content)
    if (type.startsWith('text/html'))
      expect(answer.headers.get('content-security-policy')).toMatch(
        /^default-src 'none'; style-src 'sha256-[^']+'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'$/,
      )
  })

  test.each([
    '/guide/StructureDefinition/none',
    '/guide/schema/none.schema.json',
    '/guide/say/none',
    '/guide/example/..%2Fpackage',
    '/guide/Patient/1',
  ])('404 for %s', async (path) => {
    const answer = await fetch(`${service.baseUrl}${path}`)
    expect([answer.status, ((await answer.json()) as { resourceType: string }).resourceType]).toEqual([
      404,
      'OperationOutcome',
    ])
  })

  test('the package as a file that can be unpacked', async () => {
    const answer = await fetch(`${service.baseUrl}/guide/package.tgz`)
    expect(answer.headers.get('content-type')).toBe('application/gzip')
    expect(answer.headers.get('content-disposition')).toMatch(/filename="keyplan\.fhir\.r4-\d+\.\d+\.\d+\.tgz"/)
    const folder = mkdtempSync(join(tmpdir(), 'keyplan-guide-'))
    try {
      writeFileSync(join(folder, 'package.tgz'), Buffer.from(await answer.arrayBuffer()))
      const files = await filesOfArchive(join(folder, 'package.tgz'))
      expect([...files.keys()]).toEqual(
        expect.arrayContaining(['package/package.json', 'package/example/Patient-margaret.json']),
      )
    } finally {
      rmSync(folder, { recursive: true })
    }
  })

  test('and is found from the first page', async () => {
    expect(await (await fetch(service.baseUrl)).text()).toContain('href="./guide"')
  })
})
