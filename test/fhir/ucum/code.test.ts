/** Codes of units by the grammar of UCUM (https://ucum.org/ucum), and those that R4 lists as common. */
import { readFileSync } from 'node:fs'
import { describe, expect, test } from '@jest/globals'
import { BASE } from '../../../src/definitions/base.ts'
import { isUcumCode } from '../../../src/fhir/ucum/code.ts'

const { codes, others } = JSON.parse(readFileSync(new URL('cases.json', import.meta.url), 'utf8')) as Readonly<
  Record<'codes' | 'others', readonly string[]>
>

describe('UCUM', () => {
  test.each(codes)('a code: %s', (code) => expect(isUcumCode(code)).toBe(true))
  test.each(others)('no code: "%s"', (code) => expect(isUcumCode(code)).toBe(false))

  test('every unit that R4 lists as common is one', () => {
    const include = BASE.valueSet('http://hl7.org/fhir/ValueSet/ucum-common')?.compose?.include ?? []
    const common = include.flatMap(({ concept = [] }) => concept.map(({ code }) => code))
    expect(common.length).toBeGreaterThan(1_300)
    expect(common.filter((code) => !isUcumCode(code))).toEqual([])
  })

  test('nesting takes no time', () => {
    expect(isUcumCode(`${'('.repeat(128)}m${')'.repeat(127)}`)).toBe(false)
    expect(isUcumCode(`${'('.repeat(127)}m${')'.repeat(127)}`)).toBe(true)
  })
})
