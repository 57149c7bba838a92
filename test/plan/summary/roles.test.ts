import { readFileSync } from 'node:fs'
import { describe, expect, test } from '@jest/globals'
import type { Bundle, Composition, FhirResource } from 'fhir/r4.js'
import { findReferences, resourceKey } from '../../../src/fhir/resource.ts'
import { derive } from '../../../src/plan/derive.ts'
import { sectionsOf, seesEverything, summaryFor } from '../../../src/plan/summary/roles.ts'
import { SECTIONS } from '../../../src/plan/summary/sections.ts'
import { AT, example } from './example.ts'

const { summary, tombstone } = derive(example().person, AT)
const full = summary as Bundle

const composition = (bundle: Bundle): Composition => bundle.entry?.[0]?.resource as Composition
const codes = (bundle: Bundle): string[] =>
  (composition(bundle).section ?? []).map(({ code }) => code?.coding?.[0]?.code ?? '')
const keys = (bundle: Bundle): string[] =>
  (bundle.entry ?? []).slice(1).map(({ resource }) => resourceKey(resource as FhirResource))

const ALL = SECTIONS.map(({ code }) => code)

describe('a summary fits the role of its reader (model.md section 6)', () => {
  test.each(['ambulance', 'out-of-hours', 'gp-practice', 'hospital', 'hospice', 'community-nurse', 'integrator'])(
    '%s gets all of it, what decides first',
    (role) => {
      const given = summaryFor(role, full)
      expect(seesEverything(role)).toBe(true)
      expect(codes(given).slice(0, 5)).toEqual(ALL.slice(0, 5))
      expect(codes(given).toSorted()).toEqual(ALL.toSorted())
      expect(keys(given)).toEqual(keys(full))
      expect(composition(given).section).toEqual(expect.arrayContaining(composition(full).section ?? []))
    },
  )

  test('only roles that get all of it can be registered as recipients, for they are pushed the whole summary', () => {
    const source = readFileSync(new URL('../../../src/sync/recipients.ts', import.meta.url), 'utf8')
    const roles = /role: \{ enum: \[([^\]]*)\]/.exec(source)?.[1]?.match(/[a-z-]+/g) ?? []
    expect(roles.length).toBeGreaterThan(3)
    expect(roles.filter((role) => !seesEverything(role))).toEqual([])
  })

  test('roles differ in the order of the rest', () => {
    expect(codes(summaryFor('ambulance', full))).toEqual(ALL)
    expect(codes(summaryFor('out-of-hours', full))[5]).toBe('medicines')
    expect(codes(summaryFor('gp-practice', full))[5]).toBe('what-matters')
    expect(codes(summaryFor('hospital', full))[5]).toBe('shared-understanding')
  })

  const social = summaryFor('social-care', full)

  test('social care gets what is not clinical, and is told what is withheld', () => {
    const shown = sectionsOf('social-care')
    expect(codes(social).toSorted()).toEqual(ALL.toSorted())
    for (const section of composition(social).section ?? []) {
      const code = section.code?.coding?.[0]?.code ?? ''
      if (shown.includes(code)) expect(section.text?.div).not.toContain('Withheld')
      else {
        expect(section.text?.div).toMatch(/Withheld: .* It is not said whether anything is recorded/)
        expect(section).toMatchObject({ emptyReason: { coding: [{ code: 'withheld' }] } })
        expect(section.entry).toBeUndefined()
      }
    }
    expect(social.meta?.security).toMatchObject([{ code: 'REDACTED' }])
  })

  test('nothing clinical is left anywhere in the bytes that social care gets', () => {
    const text = JSON.stringify(social)
    for (const secret of [
      'NOT RECOMMENDED',
      'Her heart would not start again',
      'By mouth only',
      'Blood transfusion',
      'Heart failure',
      'She cannot weigh what follows',
      'comfort',
    ]) {
      expect(JSON.stringify(full)).toContain(secret)
      expect([secret, text.includes(secret)]).toEqual([secret, false])
    }
    for (const said of ['My cat', 'At home', 'Ann Example', '01632 960001']) expect(text).toContain(said)
  })

  test('every reference of a section of a partial summary resolves inside it', () => {
    for (const role of ['social-care', 'community-pharmacy', 'nobody-we-know']) {
      const given = summaryFor(role, full)
      const held = new Set(keys(given))
      for (const { entry } of composition(given).section ?? [])
        for (const { reference } of entry ?? []) expect(held).toContain(reference)
      expect(findReferences(composition(given)).length).toBeGreaterThan(0)
    }
  })

  test('what is withheld looks the same whether or not anything is recorded', () => {
    const bare = derive(example().person, AT).summary as Bundle
    const emptied = {
      ...bare,
      entry: (bare.entry ?? []).map((entry, index) =>
        index > 0
          ? entry
          : {
              ...entry,
              resource: {
                ...composition(bare),
                section: (composition(bare).section ?? []).map((section) =>
                  section.code?.coding?.[0]?.code === 'cpr'
                    ? { ...section, text: { status: 'generated' as const, div: '<div/>' }, entry: [] }
                    : section,
                ),
              },
            },
      ),
    } as Bundle
    const cpr = (bundle: Bundle) =>
      composition(summaryFor('social-care', bundle)).section?.find(({ code }) => code?.coding?.[0]?.code === 'cpr')
    expect(cpr(emptied)).toEqual(cpr(full))
  })

  test('a role that is not in the table learns who it is about, and no more', () => {
    expect(sectionsOf('constructor')).toEqual(['identity', 'verify'])
    expect(JSON.stringify(summaryFor('somebody', full))).not.toContain('My cat')
  })

  test('a tombstone goes to everyone as it is', () => {
    expect(summaryFor('social-care', tombstone)).toEqual(tombstone)
  })
})
