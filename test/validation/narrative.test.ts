import { readFileSync } from 'node:fs'
import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { narrativeFault, readNarrative } from '../../src/validation/narrative/narrative.ts'
import type { NarrativeReading } from '../../src/validation/narrative/reader.ts'
import { processorTime } from '../support/processor-time.ts'

type Cases = Record<'allowed' | 'unsafe' | 'nesting' | 'malformed', string[]>
const cases = JSON.parse(readFileSync(new URL('narrative-cases.json', import.meta.url), 'utf8')) as Cases

const found = ({ faults, links, targets }: NarrativeReading): NarrativeReading => ({ faults, links, targets })

const inDiv = (inner: string): string => `<div xmlns="http://www.w3.org/1999/xhtml">${inner}</div>`

describe('Narrative (narrative.html#xhtml, txt-1, txt-2)', () => {
  test.each(cases.allowed)('allowed: %s', (inner) => {
    expect(narrativeFault(inDiv(inner))).toBeUndefined()
  })

  test.each(cases.unsafe)('unsafe: %s', (inner) => {
    expect(narrativeFault(inDiv(inner))?.key).toBe('narrative-unsafe')
  })

  test.each(cases.nesting)('a block within a paragraph: %s', (inner) => {
    expect(narrativeFault(inDiv(inner))?.key).toBe('narrative-nesting')
  })

  test.each(cases.malformed)('malformed: %s', (inner) => {
    expect(narrativeFault(inDiv(inner))?.key).toBe('narrative-malformed')
  })

  test('runs of plain markup are read as they are element by element', () => {
    const pieces = 'x, ,<p>,</p>,<b>,</b>,<div>,</div>,<td>,</td>,<h1>,</h1>,<map>,</map>,<i>y</i>,<script>,&amp;,&,<'
    const plain = fc.array(
      fc.constantFrom(
        ...pieces.split(','),
        ...'<p><b>k</b>: v</p>,<td>a</td>,<p>a<div>z</div></p>,<p><p>z</p></p>'.split(','),
      ),
      {
        maxLength: 30,
      },
    )
    // A space before the end of each tag: what is no run any more, and means the same.
    const apart = (xhtml: string): string => xhtml.replace(/(<\/?[a-z]\w*)>/g, '$1 >')
    fc.assert(
      fc.property(plain, fc.integer({ min: 1, max: 70 }), (parts, times) => {
        const xhtml = `x${'<b>x</b>'.repeat(times)}${parts.join('')}`
        expect(readNarrative(inDiv(xhtml), 20)).toMatchObject(found(readNarrative(inDiv(apart(xhtml)), 20)))
      }),
      { numRuns: 500 },
    )
  })

  test.each([
    '',
    'text',
    '<div>no namespace</div>',
    '<p xmlns="http://www.w3.org/1999/xhtml">x</p>',
    `${inDiv('x')}${inDiv('y')}`,
    `${inDiv('x')} after`,
    `before ${inDiv('x')}`,
  ])('is one div in the namespace of XHTML, not: %s', (xhtml) => {
    expect(narrativeFault(xhtml)?.key).toBe('narrative-malformed')
  })

  test.each(['', '  \n', '<p> </p>', '<!-- only a comment -->'])('has content, not: "%s"', (inner) => {
    expect(narrativeFault(inDiv(inner))?.key).toBe('txt-2')
  })

  test('what it says of a fault does not repeat text', () => {
    expect(narrativeFault(inDiv('<jean.sample>x</jean.sample>'))?.what).not.toContain('jean')
  })

  test('1 MB of anything takes less than a second', () => {
    for (const part of ['<', '<p ', '<p a="', '&', '<!--', '<p>', '<div>', '&amp;x', ' a="b"', '</', '<a href="&#']) {
      const taken = processorTime(() => {
        narrativeFault(inDiv(part.repeat(1_000_000 / part.length)))
        narrativeFault(inDiv(`<p${part.repeat(1_000_000 / part.length)}`))
      })
      expect(taken).toBeLessThan(1000)
    }
  })

  test('escaped text is always allowed', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1 }), (text) => {
        const escaped = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
        expect(narrativeFault(inDiv(`<p>x${escaped}</p>`))).toBeUndefined()
      }),
    )
  })
})
