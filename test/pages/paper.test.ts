import { describe, expect, test } from '@jest/globals'
import type { Bundle, CarePlan } from 'fhir/r4.js'
import * as jsqr from 'jsqr'
import { printable } from '../../src/pages/paper/fonts.ts'
import { documentPdf } from '../../src/pages/paper/pdf.ts'
import { qrMatrix } from '../../src/pages/paper/qr.ts'
import { derive } from '../../src/plan/derive.ts'
import { editionCode, editionsOf, parseEditionCode } from '../../src/plan/edition.ts'
import { endPlan } from '../../src/plan/lifecycle.ts'
import { type PersonRecord, personRecord } from '../../src/plan/person.ts'
import { summaryHtml } from '../../src/plan/summary/html.ts'
import { planToShow, respectDocument } from '../../src/plan/summary/respect-document.ts'
import { summaryFor } from '../../src/plan/summary/roles.ts'
import { documentView } from '../../src/plan/summary/view.ts'
import { AT, emergencyPlan, example, goal, patient, recommendation, whatMattersPlan } from '../plan/summary/example.ts'
import { pagesOf, spokenText, squaresOf } from '../support/pdf.ts'

// A CommonJS module whose function is its default export's default.
const decode = ((jsqr as { default: unknown }).default as { default?: unknown }).default ?? jsqr.default
const scan = decode as (data: Uint8ClampedArray, width: number, height: number) => { data: string } | null

const plain = (bundle: Bundle) => documentPdf(bundle, { compress: false })
const person: PersonRecord = example().person
const planOf = (record: PersonRecord): CarePlan => planToShow(record, 'emergency') as CarePlan
const summary = derive(person, AT).summary as Bundle
const document = respectDocument(person, planOf(person), AT.now)

const ended = (code: 'superseded' | 'withdrawn'): Bundle => {
  const after = endPlan(person, planOf(person), { code, text: 'She asked for it', now: AT.now })
  const ids = new Set(after.map(({ id }) => id))
  const record = personRecord(person.patient, [
    ...[...person.resources.values()].filter(({ id }) => !ids.has(id)),
    ...after,
  ])
  return respectDocument(record, planOf(record), AT.now)
}

const draft = (): Bundle => {
  const cpr = recommendation('cpr', 'recommended')
  const plan = { ...emergencyPlan([cpr], 'Frailty', 'draft'), identifier: [] }
  return respectDocument(personRecord(patient(), [plan, cpr]), plan, AT.now)
}

/** What a camera sees of these dark modules. */
const seen = (modules: readonly { x: number; y: number }[]): string | undefined => {
  const size = Math.max(...modules.map(({ x }) => x)) + 1
  const scale = 4
  const side = (size + 8) * scale
  const pixels = new Uint8ClampedArray(side * side * 4).fill(255)
  for (const { x, y } of modules)
    for (let row = 0; row < scale; row++)
      for (let column = 0; column < scale; column++)
        pixels.fill(
          0,
          (((y + 4) * scale + row) * side + (x + 4) * scale + column) * 4,
          (((y + 4) * scale + row) * side + (x + 4) * scale + column) * 4 + 3,
        )
  return scan(pixels, side, side)?.data
}

describe('a document on paper', () => {
  test('the same document gives the same bytes', async () => {
    for (const bundle of [summary, document]) expect(await documentPdf(bundle)).toEqual(await documentPdf(bundle))
    const text = Buffer.from(await plain(document)).toString('latin1')
    expect([...text.matchAll(/\(D:(\d{8})/g)].map(([, day]) => day)).toEqual(['20260203'])
  })

  test('says what to do, who decided and whether it is in force, in this order, on the first page', async () => {
    const [first] = pagesOf(await plain(document))
    const text = (first ?? []).map((marked) => marked.text.replace(/\s+/g, ' ')).join('\n')
    const order = [
      'Testa Person',
      '12 March 1941',
      'In force when this was made',
      'Signed 3 February 2026 by Dr Una Testdoctor',
      'Review by 3 August 2026.',
      'CPR attempts: NOT RECOMMENDED',
      'Her heart would not start again',
      'Decided 3 February 2026 by Dr Una Testdoctor, General practitioner (GMC 9999001).',
      'Prioritise comfort.',
      'REFUSES: Blood transfusion.',
      'Hospital admission: recommended',
      'Antibiotic therapy: only under conditions',
    ]
    const places = order.map((line) => text.indexOf(line))
    expect(order.filter((_line, index) => places[index] === -1)).toEqual([])
    expect(places).toEqual(places.toSorted((one, other) => one - other))
  })

  test('says what the page says, section by section', async () => {
    for (const bundle of [summary, document, summaryFor('social-care', summary)]) {
      const text = spokenText(await plain(bundle)).replace(/\s/g, '')
      const page = summaryHtml(bundle)
      const paragraphs = [...page.slice(page.indexOf('<main')).matchAll(/<p[^>]*>(.*?)<\/p>/g)].map((match) =>
        (match[1] as string)
          .replace(/<br>/g, ' ')
          .replace(/<[^>]*>/g, '')
          .replaceAll('&#39;', "'")
          .replaceAll('&amp;', '&')
          .trim(),
      )
      expect(paragraphs.length).toBeGreaterThan(10)
      expect(paragraphs.filter((paragraph) => !text.includes(paragraph.replace(/\s/g, '')))).toEqual([])
    }
  })

  test('is tagged: title, language, one main heading, a heading a section, and furniture that is not read aloud', async () => {
    const pdf = await plain(document)
    const text = Buffer.from(pdf).toString('latin1')
    for (const mark of [
      '/Lang (en-GB)',
      '/MarkInfo',
      '/Marked true',
      '/DisplayDocTitle true',
      '/StructTreeRoot',
      'pdfuaid:part',
    ])
      expect(text).toContain(mark)
    const marked = pagesOf(pdf).flat()
    expect(marked.filter(({ tag }) => tag === 'H1').map((one) => one.text.trim())).toEqual(['Testa Person'])
    const sections = documentView(document).composition.section ?? []
    expect(marked.filter(({ tag }) => tag === 'H2')).toHaveLength(sections.length)
    expect(
      marked
        .filter(({ tag }) => tag === 'Artifact')
        .map((one) => one.text)
        .join(),
    ).toContain('Page 1 of')
    expect(spokenText(pdf)).not.toContain('Page 1 of')
  })

  test.each([
    ['WITHDRAWN', 'Do not act on this plan', () => ended('withdrawn')],
    ['SUPERSEDED', 'A newer plan has taken its place', () => ended('superseded')],
    ['DRAFT', 'Not signed off and not in force', draft],
  ])('a plan that is not in force is marked %s on every page, in words and across it', async (mark, words, make) => {
    const bundle = make()
    const pdf = await plain(bundle)
    expect(spokenText(pdf)).toContain(words)
    for (const page of pagesOf(pdf))
      expect(
        page
          .filter(({ tag }) => tag === 'Artifact')
          .map(({ text }) => text)
          .join(' '),
      ).toContain(mark)
    expect(summaryHtml(bundle)).toContain(`class="marked marked-${mark.toLowerCase()}"`)
    expect(spokenText(await plain(document))).not.toContain(words)
  })

  test('a plan that has ended shows what it said, with the check code that was printed', () => {
    const before = editionsOf(documentView(document).composition)
    for (const code of ['superseded', 'withdrawn'] as const) {
      const after = documentView(ended(code))
      expect(editionsOf(after.composition)).toEqual(before)
      expect(JSON.stringify(after.composition.section)).toContain('CPR attempts: NOT RECOMMENDED')
    }
  })

  test('a tombstone can be printed, and names nobody', async () => {
    const text = spokenText(await plain(derive(person, AT).tombstone))
    expect(text).toContain('Do not act on earlier copies.')
    expect(text).not.toContain('Testa')
  })

  test('what cannot be set is shown as missing, and the reader is told', async () => {
    const said = [goal('words', 'value', 'Мой сад, Ελλάδα, Łódź, שלום 🌻')]
    const bundle = derive(personRecord(patient(), [whatMattersPlan(said), ...said]), AT).summary as Bundle
    const text = spokenText(await plain(bundle))
    expect(text).toContain('Мой сад, Ελλάδα, Łódź, □□□□ □')
    expect(text).toContain('Some characters of this record cannot be printed')
    expect(spokenText(await plain(document))).not.toContain('cannot be printed')
  })

  test.each([
    ['Zoë', 'Zoë', true],
    ['Zoe\u0308', 'Zoë', true],
    ['a\nb\tc', 'a\nb c', true],
    ['\u0645\u0631', '□□', false],
    ['\ue000', '□', false],
  ])('%j is set as %j', (text, shown, complete) => {
    expect(printable(text, (codePoint) => codePoint < 0xe000)).toEqual({ text: shown, complete })
  })

  test('a long plan goes on over pages, none of them without its owner', async () => {
    const words = Array.from({ length: 60 }, (_, index) =>
      goal(`g${index}`, 'hope', `Hope ${index} ${'and more '.repeat(30)}`),
    )
    const bundle = derive(personRecord(patient(), [whatMattersPlan(words), ...words]), AT).summary as Bundle
    const pages = pagesOf(await plain(bundle))
    expect(pages.length).toBeGreaterThan(3)
    for (const page of pages) expect(page.map(({ text }) => text).join(' ')).toContain('Testa Person, CHI number')
    expect(spokenText(await plain(bundle))).toContain('Hope 59')
  })
})

describe('the QR code', () => {
  const { code, plan } = documentView(document)

  test('on paper and on the page holds what $verify-current understands, and names nobody', async () => {
    const matrix = await qrMatrix(code as string)
    const page = summaryHtml(document, matrix)
    const path = [...page.matchAll(/M(\d+) (\d+)h1v1h-1z/g)].map((match) => ({
      x: Number(match[1]) - 4,
      y: Number(match[2]) - 4,
    }))
    for (const modules of [matrix.dark, path, squaresOf(await plain(document))]) {
      const text = seen(modules)
      expect(text).toBe(code)
      expect(parseEditionCode(text as string)).toEqual(plan)
    }
    expect(code).toBe(editionCode(plan as NonNullable<typeof plan>))
    expect(code).toMatch(/^keyplan:lineage-emergency-care:2:[0-9a-f]{32}$/)
  })

  test('there is none on a draft, which has no version yet', async () => {
    expect(documentView(draft()).code).toBeUndefined()
    expect(squaresOf(await plain(draft()))).toEqual([])
  })
})
