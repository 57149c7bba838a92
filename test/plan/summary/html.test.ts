import { createHash } from 'node:crypto'
import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import type { Bundle } from 'fhir/r4.js'
import { derive } from '../../../src/plan/derive.ts'
import { personRecord } from '../../../src/plan/person.ts'
import { SUMMARY_PAGE_POLICY, safeNarrative, summaryHtml } from '../../../src/plan/summary/html.ts'
import { generated, resourcesOf, wildText } from './arbitrary.ts'
import { AT, example } from './example.ts'

const page = summaryHtml(derive(example().person, AT).summary as Bundle)

describe('summary as a page', () => {
  test('says whose it is, which edition, and CPR first of all that is clinical', () => {
    const order = [
      '<h1>Testa Person</h1>',
      '12 March 1941',
      '120341\u00a01049',
      'as at 5 June 2026, 14:05, sequence 7',
      'CPR attempts: NOT RECOMMENDED',
      'Prioritise comfort',
      'Blood transfusion',
    ]
    const places = order.map((text) => page.indexOf(text))
    expect(places).not.toContain(-1)
    expect(places).toEqual(places.toSorted((one, other) => one - other))
  })

  test('loads nothing and runs nothing: its policy allows its own style only, by its hash', () => {
    const style = /<style>([\s\S]*?)<\/style>/.exec(page)?.[1] ?? ''
    expect(SUMMARY_PAGE_POLICY).toContain(`style-src 'sha256-${createHash('sha256').update(style).digest('base64')}'`)
    expect(SUMMARY_PAGE_POLICY).toMatch(/^default-src 'none';/)
    expect(page).not.toMatch(/<(?:script|link|img|iframe|object|form)\b| on\w+=| style=|https?:/)
  })

  test('whatever people write, the page has no other elements and attributes than KeyPlan’s own', () => {
    const elements = new Set([...page.matchAll(/<(\/?[a-z0-9]+)/g)].map(([, name]) => name).concat('br'))
    fc.assert(
      fc.property(generated, fc.infiniteStream(wildText), (form, texts) => {
        const { patient, resources } = resourcesOf(
          { ...form, emergency: 'active', wishes: 'active' },
          () => texts.next().value,
        )
        const html = summaryHtml(derive(personRecord(patient, resources), AT).summary as Bundle)
        const body = html.slice(html.indexOf('<body>'))
        for (const [tag, name] of body.matchAll(/<([^\s>]*)[^>]*>/g)) {
          expect(elements).toContain(name)
          expect(tag).toMatch(/^<\/?[a-z0-9]+(?: class="[a-z -]+")?>$/)
        }
      }),
      { numRuns: 100 },
    )
  })

  test('a tombstone is a page too, and names nobody', () => {
    const html = summaryHtml(derive(example().person, AT).tombstone)
    expect(html).toContain(
      'This summary was withdrawn on 5 June 2026. Do not act on earlier copies. Ask the GP practice.',
    )
    expect(html).not.toContain('Testa')
  })

  test('a Bundle that is no document is refused', () => {
    expect(() => summaryHtml({ resourceType: 'Bundle', type: 'document' })).toThrow(/begin with a Composition/)
  })
})

describe('narrative that came from elsewhere is made safe', () => {
  test.each([
    [
      'what KeyPlan writes goes through',
      '<div xmlns="http://www.w3.org/1999/xhtml"><p class="source">a &amp; b<br/>c</p></div>',
      '<div><p class="source">a &amp; b<br>c</p></div>',
    ],
    ['a script is text', '<div><script>alert(1)</script></div>', '<div>&lt;script&gt;alert(1)&lt;/script&gt;</div>'],
    ['an attribute makes its element text', '<p onclick="x()">a</p>', '&lt;p onclick="x()"&gt;a&lt;/p&gt;'],
    ['a class of other characters makes its element text', '<p class="a&quot;b">a', '&lt;p class="a&quot;b"&gt;a'],
    ['a style is text', '<p style="a:url(b)">a</p>', '&lt;p style="a:url(b)"&gt;a&lt;/p&gt;'],
    ['an end without its beginning is text', 'a</div></p>', 'a&lt;/div&gt;&lt;/p&gt;'],
    ['a beginning without its end is ended', '<div><p><strong>a', '<div><p><strong>a</strong></p></div>'],
    ['wrong nesting does not get out', '<p><strong>a</p></strong>', '<p><strong>a&lt;/p&gt;</strong></p>'],
    ['other references are text', '&nbsp;&#x3c;&lt;', '&amp;nbsp;&amp;#x3c;&lt;'],
    ['a comment is text', '<!-- a -->', '&lt;!-- a --&gt;'],
  ])('%s', (_case, xhtml, html) => {
    expect(safeNarrative(xhtml)).toBe(html)
  })
})
