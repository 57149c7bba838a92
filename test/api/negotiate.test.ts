import { readFileSync } from 'node:fs'
import { describe, expect, test } from '@jest/globals'
import { checkFormType, failureRendering, negotiate, resourceFormat, takeRendering } from '../../src/api/negotiate.ts'
import { Problem } from '../../src/fhir/outcome.ts'

type Case = {
  about: string
  accept?: string
  format?: string
  html?: boolean
  compact?: boolean
  pdf?: boolean
  expected: string
}
const cases = JSON.parse(readFileSync(new URL('./negotiate.cases.json', import.meta.url), 'utf8')) as Case[]

const kindOf = (act: () => unknown): unknown => {
  try {
    return act() ?? 'passes'
  } catch (error) {
    return error instanceof Problem ? error.kind : error
  }
}

describe('what format an answer has (http.html#mime-type)', () => {
  test.each(cases)('$about', ({ accept, format, html = false, compact = false, pdf = false, expected }) => {
    expect(kindOf(() => negotiate(accept, format, { html, compact, pdf }))).toBe(expected)
  })
})

describe('what bodies are read (http.html#mime-type)', () => {
  test.each([
    ['application/fhir+json', 'json'],
    ['application/json', 'json'],
    ['application/fhir+json; charset=UTF-8', 'json'],
    ['application/fhir+json; fhirVersion="4.0"', 'json'],
    ['text/json', 'json'],
    ['application/fhir+xml', 'xml'],
    ['application/xml; charset=utf-8', 'xml'],
    ['text/xml', 'xml'],
    ['application/fhir+json; fhirVersion=3.0', 'unsupported-media-type'],
    ['application/fhir+json; charset=iso-8859-1', 'unsupported-media-type'],
    ['application/fhir+xml; fhirVersion=3.0', 'unsupported-media-type'],
    ['application/xml; charset=utf-16', 'unsupported-media-type'],
    ['text/turtle', 'unsupported-media-type'],
    ['text/plain', 'unsupported-media-type'],
    ['json', 'unsupported-media-type'],
    ['xml', 'unsupported-media-type'],
    ['', 'unsupported-media-type'],
    [undefined, 'unsupported-media-type'],
  ])('a resource as %s: %s', (contentType, expected) => {
    expect(kindOf(() => resourceFormat(contentType))).toBe(expected)
  })

  test('a search form is application/x-www-form-urlencoded', () => {
    expect(kindOf(() => checkFormType('application/x-www-form-urlencoded'))).toBe('passes')
    expect(kindOf(() => checkFormType('application/fhir+json'))).toBe('unsupported-media-type')
  })
})

describe('how a failure is told (http.html#Status-Codes)', () => {
  test.each<[string | undefined, string, boolean, boolean]>([
    [undefined, '', false, false],
    ['application/fhir+xml', '', true, false],
    ['application/fhir+json', '_format=xml&_pretty=true', true, true],
    ['application/fhir+xml', '_format=json', false, false],
    ['text/turtle', '', false, false],
    ['application/fhir+xml', '_format=turtle', false, false],
    ['application/fhir+xml', '_pretty=yes', false, false],
  ])('Accept %s with ?%s', (accept, query, xml, pretty) => {
    expect(failureRendering(accept, query)).toEqual({ xml, pretty })
  })
})

describe('_format and _pretty (http.html#parameters)', () => {
  test('are taken out of the query, all else stays in its order', () => {
    const query = [
      ['status', 'active'],
      ['_pretty', 'true'],
      ['_id', '1'],
      ['_format', 'json'],
    ] as const
    expect(takeRendering(query)).toEqual({
      query: [
        ['status', 'active'],
        ['_id', '1'],
      ],
      shown: [
        ['_pretty', 'true'],
        ['_format', 'json'],
      ],
      format: 'json',
      pretty: true,
    })
  })

  test('are refused when repeated or malformed', () => {
    expect(kindOf(() => takeRendering([['_pretty', 'yes']]))).toBe('bad-request')
    expect(
      kindOf(() =>
        takeRendering([
          ['_format', 'json'],
          ['_format', 'xml'],
        ]),
      ),
    ).toBe('bad-request')
  })
})
