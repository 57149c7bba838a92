import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from '@jest/globals'
import type { CodeSystemConcept, ValueSetComposeIncludeConcept } from 'fhir/r4.js'
import { BASE as BASE_DEFINITIONS } from '../../src/definitions/base.ts'
import { PERSON_SYSTEMS } from '../../src/fhir/identifier.ts'
import { ISSUE_SYSTEM } from '../../src/fhir/outcome.ts'
import type {
  Capacity,
  ConsentCategory,
  DecisionBasis,
  Discussion,
  Intervention,
  Involvement,
  OverallFocus,
  PlanAct,
  PlanStanding,
  PlanType,
  ProxyAuthority,
  RationaleReason,
  Recommendation,
  SharingDecision,
  StateReason,
  SummaryState,
  WhatMattersKind,
} from '../../src/plan/codes.ts'
import * as codes from '../../src/plan/codes.ts'
import { hasCheckDigit } from '../../src/plan/identifiers.ts'
import { isSnomedIdentifier, REFUSED_CODES } from '../../src/plan/snomed.ts'
import { SECTIONS } from '../../src/plan/summary/sections.ts'
import { PLAN_TASK } from '../../src/plan/task.ts'
import type { EmergencyOutcome } from '../../src/records/types.ts'
import { examples, validCases } from './cases.ts'
import { codingsIn, codingsOf, definedBy, mappedIn, type Used } from './codings.ts'
import { allOf, allResources } from './package-files.ts'

const { BASE, EXTENSION, INTERVENTIONS, OBSERVATION, SNOMED, SYSTEM } = codes

const systems = allOf('CodeSystem')
const system = (url: string) => systems.find((candidate) => candidate.url === url)
const codesOf = (url: string): string[] => system(url)?.concept?.map(({ code }) => code) ?? []

const inProgram = codingsIn({ ...codes }, 'plan/codes.ts')
const inPackage = codingsOf(allResources())
const inExamples = codingsOf([...examples.values()])
const everywhere: readonly Used[] = [
  ...definedBy(systems),
  ...inPackage,
  ...inExamples,
  ...mappedIn(allOf('ConceptMap')),
  ...inProgram,
]

const PEOPLE = new URL('../../fixtures/people/', import.meta.url)

/** Whether the digit behind the hyphen of a LOINC code is its check digit (modulus 10, every second digit doubled). */
const hasLoincCheckDigit = (code: string): boolean => {
  const [, digits, check] = /^([1-9]\d*)-(\d)$/.exec(code) ?? []
  if (digits === undefined) return false
  const sum = [...digits].reverse().reduce((total, digit, place) => {
    const value = Number(digit) * (place % 2 === 0 ? 2 : 1)
    return total + (value > 9 ? value - 9 : value)
  }, 0)
  return (10 - (sum % 10)) % 10 === Number(check)
}

/** The codes of a type; the compiler refuses a list that lacks one or has one too many. */
const all = <Code extends string>(list: Record<Code, true>): string[] => Object.keys(list)

describe('codes of SNOMED CT', () => {
  const snomed = everywhere.filter((coding) => coding.system === SNOMED)

  test('have the right check digit (Verhoeff), each of them', () => {
    expect(snomed.length).toBeGreaterThan(25)
    expect(snomed.filter(({ code }) => !isSnomedIdentifier(code))).toEqual([])
  })

  test('the check digit is checked: a wrong digit, swapped digits and an impossible length are found', () => {
    expect(isSnomedIdentifier('89666000')).toBe(true)
    expect(isSnomedIdentifier('89666001')).toBe(false)
    expect(isSnomedIdentifier('98666000')).toBe(false)
    expect(isSnomedIdentifier('62961000000108')).toBe(false)
    expect(isSnomedIdentifier('')).toBe(false)
  })

  test('are never those whose meaning is disputed or whose form is wrong', () => {
    const sources = readdirSync(new URL('../../src/', import.meta.url), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && entry.name.endsWith('.ts') && entry.name !== 'snomed.ts')
      .map((entry) => readFileSync(`${entry.parentPath}/${entry.name}`, 'utf8'))
    for (const code of REFUSED_CODES.keys()) {
      expect(everywhere.filter((coding) => coding.code === code)).toEqual([])
      expect(sources.filter((text) => text.includes(code))).toEqual([])
    }
  })
})

describe('codes of LOINC', () => {
  test('have the right check digit (modulus 10), each of them', () => {
    // Codes of answers (LA…) have digits of their own making.
    const loinc = everywhere.filter(({ system, code }) => system === 'http://loinc.org' && !code.startsWith('LA'))
    expect(loinc.length).toBeGreaterThan(2)
    expect(loinc.filter(({ code }) => !hasLoincCheckDigit(code))).toEqual([])
    expect(['81360-0', '81360-1', '18360-0', '81360'].map(hasLoincCheckDigit)).toEqual([true, false, false, false])
  })
})

describe('national numbers in the examples, fixtures and tests of the profiles', () => {
  const numbers = (value: unknown): string[] => {
    if (typeof value !== 'object' || value === null) return []
    const { system, value: number } = value as { system?: string; value?: unknown }
    const own = PERSON_SYSTEMS.includes(system ?? '') && typeof number === 'string' ? [number] : []
    return [...own, ...Object.values(value).flatMap(numbers)]
  }

  test('have the right check digit (CHI, NHS and Health and Care numbers, modulus 11)', () => {
    const people = readdirSync(PEOPLE).map((file) => JSON.parse(readFileSync(new URL(file, PEOPLE), 'utf8')) as unknown)
    const all = numbers([...people, ...examples.values(), ...validCases.map(({ resource }) => resource)])
    expect(all.length).toBeGreaterThan(8)
    expect(all.filter((number) => !hasCheckDigit(number))).toEqual([])
  })
})

describe('codes of others that our value sets name', () => {
  type Concept = ValueSetComposeIncludeConcept
  const named = allOf('ValueSet').flatMap(({ id, compose }) =>
    (compose?.include ?? []).flatMap(({ system, concept = [] }) =>
      concept.map((one) => ({ id, system: system ?? '', ...one })),
    ),
  )
  const text = ({ extension }: Concept, name: string) =>
    extension?.find(({ url }) => url === `http://hl7.org/fhir/StructureDefinition/valueset-concept-${name}`)
      ?.valueString

  test('say in plain English what they mean, each of them', () => {
    const foreign = named.filter(({ system }) => !system.startsWith(BASE))
    expect(foreign.length).toBeGreaterThan(40)
    for (const one of foreign)
      expect([one.id, one.code, text(one, 'definition')]).toEqual([
        one.id,
        one.code,
        expect.stringMatching(/^[A-Z].{10,}\.$/s),
      ])
  })

  test('say why they are used where one public guide alone binds them', () => {
    const single = ['32485007', '305351004', '40617009', '281789004', '281800008', '116762002', '761869008']
    const used = named.filter(({ system, code }) => system === SNOMED && single.includes(code))
    expect(new Set(used.map(({ code }) => code))).toEqual(new Set(single))
    for (const one of used)
      expect([one.code, text(one, 'comments')]).toEqual([one.code, expect.stringMatching(/.{40,}\.$/s)])
  })

  test('are defined by their code systems, with this display, where these are known', () => {
    const known = [...everywhere, ...named].flatMap(({ system, code, display }) => {
      const concepts = BASE_DEFINITIONS.codeSystem(system)?.concept
      return concepts === undefined || display === undefined ? [] : [{ system, code, display, concepts }]
    })
    expect(known.filter(({ system }) => !system.startsWith(BASE)).length).toBeGreaterThan(20)
    const displayIn = (concepts: readonly CodeSystemConcept[], wanted: string): string | undefined => {
      for (const { code, display, concept = [] } of concepts) {
        const found = code === wanted ? display : displayIn(concept, wanted)
        if (found !== undefined) return found
      }
      return undefined
    }
    for (const { system, code, display, concepts } of known)
      expect([system, code, displayIn(concepts, code)]).toEqual([system, code, display])
  })
})

describe('what others blur is told apart', () => {
  const contents = (id: string) =>
    codesOf(`${BASE}/CodeSystem/${id}`).concat(
      (allOf('ValueSet').find((one) => one.id === id)?.compose?.include ?? []).flatMap(({ concept = [] }) =>
        concept.map(({ code }) => code),
      ),
    )

  test.each([
    ['recommendation', ['unknown', 'not-discussed', 'not-recommended']],
    ['decision-basis', ['clinical-recommendation', 'person-refusal', 'person-preference']],
    ['consent-category', ['emergency-recommendation', 'advance-refusal', 'sharing-decision']],
    ['sharing-decision', ['objection', 'not-asked', 'withdrawn', 'explicit-consent', 'no-objection']],
    ['absent-reason', ['not-asked', 'asked-declined', 'asked-unknown', 'unknown', 'masked']],
    ['preferred-place-kind', ['395091006']],
    ['plan-standing', ['superseded', 'revoked', 'unknown']],
  ])('%s has a code for each', (id, codes) => {
    expect(contents(id)).toEqual(expect.arrayContaining(codes))
  })
})

describe('maps to the codes of others', () => {
  const maps = allOf('ConceptMap')
  const groups = maps.flatMap(({ id, group = [] }) => group.map((one) => ({ id, ...one })))

  test('map every code of the code system that they are about, in each group or in one of them', () => {
    for (const { id, sourceUri, group = [] } of maps) {
      const mapped = new Set(group.flatMap(({ element }) => element.map(({ code }) => code)))
      const left = codesOf(sourceUri as string).filter((code) => !mapped.has(code))
      expect([id, left]).toEqual([id, id === 'record-headings' ? ['state', 'withdrawn'] : []])
    }
  })

  test('say how far the two mean the same, and why where they do not', () => {
    const targets = groups.flatMap(({ id, element }) =>
      element.flatMap(({ target = [] }) => target.map((one) => ({ id, ...one }))),
    )
    for (const { id, code, equivalence, comment } of targets) {
      expect([id, code, ['equivalent', 'wider', 'narrower', 'inexact', 'unmatched']]).toEqual([
        id,
        code,
        expect.arrayContaining([equivalence]),
      ])
      if (equivalence === 'unmatched') expect([code, comment]).toEqual([undefined, expect.stringMatching(/\.$/)])
      else expect(code).toBeDefined()
    }
  })

  test('lead to elements and codes of ours that exist', () => {
    const elements = new Map(
      allOf('StructureDefinition').map(({ url, snapshot }) => [url, new Set(snapshot?.element.map(({ id }) => id))]),
    )
    const local = groups.filter(({ target }) => target?.startsWith(BASE))
    expect(local.length).toBeGreaterThan(8)
    for (const { target: system = '', element } of local)
      for (const { code } of element.flatMap(({ target = [] }) => target))
        expect([system, code, elements.get(system)?.has(code) ?? codesOf(system).includes(code as string)]).toEqual([
          system,
          code,
          true,
        ])
  })

  test('have a place in a plan for each field that the summary shows', () => {
    const shown = JSON.parse(
      readFileSync(new URL('../plan/summary/key-information-fields.json', import.meta.url), 'utf8'),
    ) as readonly { field: string }[]
    expect(system(SYSTEM.keyInformationField)?.concept?.map(({ display }) => display)).toEqual(
      shown.map(({ field }) => field),
    )
  })
})

describe('one code, one meaning', () => {
  test('no code is shown by two displays, in the profiles, the forms or the program', () => {
    const displays = new Map<string, Map<string, string>>()
    for (const { system, code, display, where } of everywhere) {
      if (display === undefined) continue
      const key = `${system}|${code}`
      displays.set(key, (displays.get(key) ?? new Map<string, string>()).set(display, where))
    }
    const ambiguous = [...displays].filter(([, meanings]) => meanings.size > 1)
    expect(ambiguous.map(([key, meanings]) => [key, ...meanings])).toEqual([])
  })

  test('within a local code system no two codes have one display', () => {
    for (const { concept } of systems) {
      const displays = concept?.map(({ display }) => display) ?? []
      expect(new Set(displays).size).toBe(displays.length)
    }
  })

  test('each local code has a display and says in a whole sentence what it means', () => {
    for (const { url, concept } of systems) {
      expect([url, concept?.length]).not.toEqual([url, 0])
      for (const { code, display, definition } of concept ?? []) {
        expect([url, code, display]).toEqual([url, code, expect.stringMatching(/^\S.{2,}/)])
        expect([url, code, definition]).toEqual([url, code, expect.stringMatching(/^[A-Z].{20,}\.$/s)])
      }
    }
  })

  test('a local code that is used anywhere is defined', () => {
    const defined = new Set(definedBy(systems).map(({ system, code }) => `${system}|${code}`))
    const local = everywhere.filter((coding) => coding.system.startsWith(BASE))
    expect(local.filter(({ system, code }) => !defined.has(`${system}|${code}`))).toEqual([])
  })
})

describe('the program and the package agree', () => {
  test('on the code systems: each address in SYSTEM is defined, and no other', () => {
    const ours = Object.values(SYSTEM).filter((url) => url.startsWith(BASE))
    expect(systems.map(({ url }) => url).toSorted()).toEqual([...ours, ISSUE_SYSTEM].toSorted())
  })

  test.each([
    [SYSTEM.planType, all<PlanType>({ 'what-matters': true, 'emergency-care': true })],
    [SYSTEM.overallFocus, all<OverallFocus>({ 'extend-life': true, balance: true, comfort: true })],
    [SYSTEM.involvement, all<Involvement>({ A: true, B: true, C1: true, C2: true, C3: true, D: true })],
    [
      SYSTEM.stateReason,
      all<StateReason>({ superseded: true, withdrawn: true, 'person-died': true, 'entered-in-error': true }),
    ],
    [SYSTEM.whatMatters, all<WhatMattersKind>({ value: true, fear: true, hope: true })],
    [
      SYSTEM.recommendation,
      all<Recommendation>({
        recommended: true,
        conditional: true,
        'not-recommended': true,
        unknown: true,
        'not-discussed': true,
      }),
    ],
    [
      SYSTEM.basis,
      all<DecisionBasis>({
        'clinical-recommendation': true,
        'person-refusal': true,
        'person-preference': true,
        'best-interests': true,
        'parental-agreement': true,
      }),
    ],
    [
      SYSTEM.rationale,
      all<RationaleReason>({
        'unlikely-to-succeed': true,
        'not-in-best-interests': true,
        'person-does-not-want': true,
        other: true,
      }),
    ],
    [SYSTEM.discussion, all<Discussion>({ person: true, family: true, proxy: true, 'not-discussed': true })],
    [
      SYSTEM.consentCategory,
      all<ConsentCategory>({
        'emergency-recommendation': true,
        'advance-refusal': true,
        'welfare-proxy': true,
        'sharing-decision': true,
        'portal-restriction': true,
      }),
    ],
    [
      SYSTEM.sharingDecision,
      all<SharingDecision>({
        'no-objection': true,
        objection: true,
        'explicit-consent': true,
        'not-asked': true,
        withdrawn: true,
      }),
    ],
    [
      SYSTEM.proxyAuthority,
      all<ProxyAuthority>({
        'welfare-attorney': true,
        'welfare-guardian': true,
        'lpa-health-welfare': true,
        deputy: true,
        intervener: true,
      }),
    ],
    [SYSTEM.capacity, all<Capacity>({ 'has-capacity': true, 'lacks-capacity': true, indeterminate: true })],
    [
      SYSTEM.planAct,
      all<PlanAct>({
        submit: true,
        draft: true,
        sign: true,
        endorse: true,
        'confirm-review': true,
        supersede: true,
        revoke: true,
        complete: true,
      }),
    ],
    [SYSTEM.planTask, Object.keys(PLAN_TASK)],
    [SYSTEM.summaryState, all<SummaryState>({ current: true, withdrawn: true })],
    [
      SYSTEM.emergencyOutcome,
      [
        ...all<EmergencyOutcome>({
          'current-plan': true,
          'no-plan': true,
          withheld: true,
          'not-found': true,
          ambiguous: true,
        }),
        'unavailable',
      ],
    ],
    [
      SYSTEM.planStanding,
      all<PlanStanding>({ current: true, superseded: true, revoked: true, draft: true, unknown: true }),
    ],
    [SYSTEM.summarySection, [...SECTIONS.map(({ code }) => code), 'state', 'withdrawn']],
  ])('on the codes of %s, in order', (url, expected) => {
    expect(codesOf(url)).toEqual(expected)
  })

  test('on the displays of the tasks', () => {
    const displays = system(SYSTEM.planTask)?.concept?.map(({ display }) => display)
    expect(Object.values(PLAN_TASK).map(({ display }) => display)).toEqual(displays)
  })

  test('on the titles of the sections of a summary', () => {
    const titles = system(SYSTEM.summarySection)?.concept?.map(({ code, display }) => ({ code, title: display }))
    expect(titles).toEqual(expect.arrayContaining(SECTIONS.map(({ code, title }) => ({ code, title }))))
  })

  test('on the interventions: the rows of INTERVENTIONS are the value set, in order', () => {
    const rows = INTERVENTIONS.map(({ system, code, display }) => ({ system, code, display }))
    const valueSet = allOf('ValueSet').find(({ id }) => id === 'intervention')
    const concepts =
      valueSet?.compose?.include.flatMap(({ system, concept }) =>
        (concept ?? []).map(({ code, display }) => ({ system, code, display })),
      ) ?? []
    const key = ({ system, code }: { system: string | undefined; code: string }) => `${system}|${code}`
    expect(concepts.toSorted((a, b) => key(a).localeCompare(key(b)))).toEqual(
      rows.toSorted((a, b) => key(a).localeCompare(key(b))),
    )
    const local = rows.filter(({ system }) => system === SYSTEM.intervention)
    expect(codesOf(SYSTEM.intervention)).toEqual(local.map(({ code }) => code))
    expect(new Set(INTERVENTIONS.map(({ name }) => name)).size).toBe(
      all<Intervention>({
        cpr: true,
        'hospital-admission': true,
        'intensive-care': true,
        ventilation: true,
        'non-invasive-ventilation': true,
        antibiotics: true,
        'artificial-nutrition': true,
        'intravenous-fluids': true,
        'blood-products': true,
        dialysis: true,
      }).length,
    )
  })

  test('on the observations: what OBSERVATION names is what the profiles allow', () => {
    const observed = (id: string) =>
      codingsOf(allOf('StructureDefinition').filter((definition) => definition.id === id))
    expect(observed('decision-capacity')).toContainEqual(
      expect.objectContaining({ system: OBSERVATION.capacity.system, code: OBSERVATION.capacity.code }),
    )
    const kinds = codingsOf(allOf('ValueSet').filter(({ id }) => id === 'preferred-place-kind'))
    expect(kinds.map(({ system, code, display }) => ({ system, code, display }))).toEqual([
      OBSERVATION.placeOfDeath,
      OBSERVATION.placeOfCare,
    ])
  })

  test('on the value sets: a closed list is bound as required, interventions and places as extensible', () => {
    const bindings = allOf('StructureDefinition').flatMap(({ snapshot }) =>
      (snapshot?.element ?? []).flatMap(({ binding }) => (binding?.valueSet?.startsWith(BASE) ? [binding] : [])),
    )
    const open = [
      'care-team-role',
      'intervention',
      'plan-act',
      'preferred-place',
      'prognosis',
      'provenance-agent',
      'what-matters-theme',
    ].map((id) => `${BASE}/ValueSet/${id}`)
    for (const { strength, valueSet } of bindings) {
      expect([valueSet, strength]).toEqual([valueSet, open.includes(valueSet as string) ? 'extensible' : 'required'])
    }
  })

  test('an extension is described by what its comment in EXTENSION says it carries', () => {
    const type = (url: string) =>
      allOf('StructureDefinition')
        .find((definition) => definition.url === url)
        ?.snapshot?.element.find(({ id }) => id === 'Extension.value[x]')
    const expected: Partial<Record<keyof typeof EXTENSION, string>> = {
      jurisdiction: 'Coding',
      planVersion: 'positiveInt',
      overallFocus: 'CodeableConcept',
      reviewDate: 'date',
      reviewTrigger: 'string',
      stateReason: 'CodeableConcept',
      recordSource: 'code',
      sharedUnderstanding: 'string',
      importance: 'integer',
      confidence: 'integer',
      recommendation: 'code',
      basis: 'code',
      condition: 'string',
      sharingDecision: 'code',
      lawfulBasis: 'string',
      proxyAuthority: 'code',
      onlyWhenIncapable: 'boolean',
      primaryEmergencyContact: 'boolean',
      involvedInPlan: 'boolean',
      capacityReason: 'string',
    }
    for (const [name, code] of Object.entries(expected)) {
      const value = type(EXTENSION[name as keyof typeof EXTENSION])
      expect([name, value?.type?.map((candidate) => candidate.code), value?.min]).toEqual([name, [code], 1])
    }
  })
})
