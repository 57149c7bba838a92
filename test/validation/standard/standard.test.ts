import { readFileSync } from 'node:fs'
import { describe, expect, test } from '@jest/globals'
import type { Questionnaire, StructureDefinition } from 'fhir/r4.js'
import { BASE } from '../../../src/definitions/base.ts'
import { type Canonical, definitionsOf, layered } from '../../../src/definitions/definitions.ts'
import { createValidator } from '../../../src/validation/validator.ts'

type Rule = Readonly<{ path: string; key: string; severity: 'error' | 'warning'; human: string; expression: string }>
type Case = Readonly<{
  title: string
  resource: Readonly<{ resourceType: string }>
  /** A Questionnaire that the validator knows. */
  questionnaire?: Questionnaire
  /** Rules of a profile that the resource is held to. */
  profile?: readonly Rule[]
  /** `severity key place`, in the order in which they are told. */
  findings: readonly string[]
}>

const PROFILE = 'https://example.org/fhir/StructureDefinition/with-rules'
const NOW = new Date('2026-11-01T12:00:00Z')

/** Best practice of every resource, and what is said of codes: other tests are about these. */
const ELSEWHERE: ReadonlySet<string> = new Set(['dom-6'])

const profileOf = (type: string, rules: readonly Rule[]): StructureDefinition => {
  const base = BASE.structure(`http://hl7.org/fhir/StructureDefinition/${type}`) as StructureDefinition
  const element = (base.snapshot?.element ?? []).map((one) => {
    const own = rules.filter(({ path }) => path === one.path).map(({ path: _, ...rule }) => rule)
    return own.length === 0 ? one : { ...one, constraint: [...(one.constraint ?? []), ...own] }
  })
  return {
    ...base,
    url: PROFILE,
    derivation: 'constraint',
    baseDefinition: base.url,
    snapshot: { element },
  }
}

const known = createValidator()

const findingsOf = ({ resource, questionnaire, profile }: Case): readonly string[] => {
  const brought: Canonical[] = [
    ...(questionnaire === undefined ? [] : [questionnaire]),
    ...(profile === undefined ? [] : [profileOf(resource.resourceType, profile)]),
  ]
  const validator = brought.length === 0 ? known : createValidator(layered(definitionsOf(brought), BASE))
  return validator
    .validate(resource, { profiles: profile === undefined ? [] : [PROFILE], now: NOW })
    .findings.filter(({ key }) => !ELSEWHERE.has(key))
    .map(({ severity, key, expression }) => `${severity} ${key} ${expression}`)
}

for (const [file, title] of [
  ['bundle.json', 'Bundle (bundle.html, documents.html, http.html#transaction)'],
  ['constraints.json', 'Constraints (conformance-rules.html#constraints)'],
  ['narrative.json', 'Narrative (narrative.html#xhtml)'],
  ['questionnaire.json', 'QuestionnaireResponse against its Questionnaire (questionnaireresponse.html#notes)'],
] as const) {
  const cases = JSON.parse(readFileSync(new URL(file, import.meta.url), 'utf8')) as readonly Case[]
  describe(title, () => {
    test.each(cases)('$title', (one) => {
      expect([...findingsOf(one)].sort()).toEqual([...one.findings].sort())
    })
  })
}

test('a long Bundle is checked to its end: what its rules may spend grows with its resources', () => {
  const rule: Rule = {
    path: 'Patient',
    key: 'p-1',
    severity: 'error',
    human: 'Only phones.',
    expression: "telecom.all(system = 'phone' and value != 'none')",
  }
  const validator = createValidator(layered(definitionsOf([profileOf('Patient', [rule])]), BASE))
  const telecom = Array.from({ length: 150 }, (_, index) => ({ system: 'phone', value: String(index) }))
  const entry = Array.from({ length: 15_000 }, () => ({
    resource: { resourceType: 'Patient', meta: { profile: [PROFILE] }, telecom },
  }))
  const { findings } = validator.validate({ resourceType: 'Bundle', type: 'collection', entry })
  expect(findings.map(({ key }) => key)).not.toContain('constraint-too-costly')
})
