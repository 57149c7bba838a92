/** Rule by rule: hand-made definitions without snapshots, and resources that keep to them or do not. */
import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from '@jest/globals'
import type { FhirResource } from 'fhir/r4.js'
import { BASE } from '../../../src/definitions/base.ts'
import { bringing } from '../../../src/definitions/brought.ts'
import { isError } from '../../../src/fhir/outcome.ts'
import { createValidator, type Outcome } from '../../../src/validation/validator.ts'

type Case = Readonly<{
  name: string
  profile?: string
  resource: unknown
  /** Of the finding that there must be; without it, the resource must be right. */
  key?: string
  expression?: string
  severity?: 'warning' | 'information'
  /** The keys of all errors, where that is not `key` alone. */
  keys?: readonly string[]
  says?: string
  value?: string
  expected?: string
  profile_said?: string
  /** Keys of warnings that there must not be. */
  without?: readonly string[]
  unchecked?: Partial<Outcome['unchecked']>
  now?: string
}>

type File = Readonly<{ title: string; definitions: readonly FhirResource[]; cases: readonly Case[] }>

const files = readdirSync(new URL('.', import.meta.url)).filter((name) => name.endsWith('.json'))

describe.each(files)('%s', (name) => {
  const { title, definitions, cases } = JSON.parse(readFileSync(new URL(name, import.meta.url), 'utf8')) as File
  const brought = bringing(BASE, definitions)
  const validator = createValidator(brought.definitions)

  describe(title, () => {
    test.each(cases)('$name', (one) => {
      const outcome = validator.validate(one.resource, {
        profiles: one.profile === undefined ? [] : [one.profile],
        ...(one.now === undefined ? {} : { now: new Date(one.now) }),
      })
      const errors = outcome.findings.filter(isError).map(({ key }) => key)
      const wanted = one.key !== undefined && one.severity === undefined ? [one.key] : []
      expect(errors.sort()).toEqual(one.keys ?? wanted)
      const { without = [] } = one
      expect(outcome.findings.filter(({ key }) => without.includes(key))).toEqual([])
      if (one.unchecked !== undefined) expect(outcome.unchecked).toMatchObject(one.unchecked)
      if (one.key === undefined) return
      const found = outcome.findings.find(
        ({ key, severity }) => key === one.key && severity === (one.severity ?? 'error'),
      )
      expect(found?.expression).toBe(one.expression)
      expect(found?.text).toMatch(/^[A-Z].{15,}\.$/)
      expect(found?.hint).toMatch(/^[A-Z].+\.$/)
      if (one.says !== undefined) expect(found?.text).toContain(one.says)
      if (one.value !== undefined) expect(found?.value).toBe(one.value)
      if (one.expected !== undefined) expect(found?.expected).toBe(one.expected)
      if (one.profile_said !== undefined) expect(found?.profile).toBe(one.profile_said)
    })

    test('each of its definitions can be used', () => {
      for (const { url } of definitions as readonly { url: string }[]) brought.definitions.structure(url)
      expect(brought.faults().map(({ message }) => message)).toEqual([])
    })
  })
})
