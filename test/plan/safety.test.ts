import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import type { Bundle, Consent, ConsentProvision, FhirResource, Parameters, ParametersParameter } from 'fhir/r4.js'
import { isError } from '../../src/fhir/outcome.ts'
import { type Resource, resourceKey } from '../../src/fhir/resource.ts'
import {
  CPR_FINDING,
  EXTENSION,
  INTERVENTIONS,
  type Intervention,
  type Recommendation,
  SYSTEM,
} from '../../src/plan/codes.ts'
import { type Derived, derive } from '../../src/plan/derive.ts'
import { consentCategory, interventionOf } from '../../src/plan/person.ts'
import { prepareSubmission } from '../../src/plan/submission.ts'
import { validateResource } from '../../src/validation/validate.ts'
import { build } from '../support/submissions/build.ts'
import type { Described } from '../support/submissions/described.ts'
import { createNumbers } from '../support/submissions/numbers.ts'
import { counter } from './support/ids.ts'

const AT = { now: new Date('2026-11-02T09:00:00Z'), sequence: 3, epoch: 1 }

type Stored = Readonly<{ write: readonly FhirResource[]; derived: Derived }>

/** What a submission becomes, as `$submit` does it: structure, rules, derivation; the keys of the errors where it is refused. */
const submitted = (entries: NonNullable<Bundle<FhirResource>['entry']>): Stored | readonly string[] => {
  const sent = entries.map(({ fullUrl, resource }) => ({
    fullUrl: fullUrl as string,
    resource: resource as FhirResource,
  }))
  const broken = sent.flatMap(({ resource }) => validateResource(resource)).filter(isError)
  if (broken.length > 0) return broken.map(({ key }) => key)
  const { after, write, issues } = prepareSubmission(sent, undefined, { now: AT.now, newId: counter(), activate: true })
  const errors = issues.filter(isError).map(({ key }) => key)
  return errors.length > 0 ? errors : { write, derived: derive(after, AT) }
}

const isStored = (result: ReturnType<typeof submitted>): result is Stored => 'derived' in result

const numbers = createNumbers()
const entriesOf = (described: Described) =>
  build(described, numbers, (name) => {
    throw new Error(`Nothing is stored as ${name}.`)
  }).bundle.entry ?? []

/** What follows from each recommendation: written out here, so that it is not the tested table that is tested. */
const FOLLOWS: Readonly<Record<Recommendation, ConsentProvision['type']>> = {
  recommended: 'permit',
  conditional: undefined,
  'not-recommended': 'deny',
  unknown: undefined,
  'not-discussed': undefined,
}

type Authored = Readonly<{
  recommendation: Recommendation
  /** What the sender wrote besides. */
  root: ConsentProvision['type']
  nested: ConsentProvision['type']
  dnr: boolean
}>

const type = fc.constantFrom<ConsentProvision['type']>(undefined, undefined, undefined, 'permit', 'deny')
const recommendation = fc.constantFrom(...(Object.keys(FOLLOWS) as Recommendation[]))
/** Mostly what follows or nothing, at times anything. */
const authored: fc.Arbitrary<Authored> = fc.oneof(
  {
    weight: 6,
    arbitrary: recommendation.map((one) => ({
      recommendation: one,
      root: undefined,
      nested: FOLLOWS[one],
      dnr: false,
    })),
  },
  {
    weight: 3,
    arbitrary: recommendation.map((one) => ({
      recommendation: one,
      root: FOLLOWS[one],
      nested: undefined,
      dnr: false,
    })),
  },
  { weight: 1, arbitrary: fc.record({ recommendation, root: type, nested: type, dnr: fc.boolean() }) },
)

/** Decisions about some interventions, CPR always among them. */
const decisions: fc.Arbitrary<ReadonlyMap<Intervention, Authored>> = fc
  .tuple(
    authored,
    fc.uniqueArray(fc.tuple(fc.constantFrom(...INTERVENTIONS.slice(1).map(({ name }) => name)), authored), {
      selector: ([intervention]) => intervention,
    }),
  )
  .map(([cpr, others]) => new Map<Intervention, Authored>([['cpr', cpr], ...others]))

const TEXT = { valueString: 'As was explained.' }

/** The plan of a child, for whom CPR too may be conditional, with these decisions and no others. */
const planWith = (given: ReadonlyMap<Intervention, Authored>): Described => {
  const change: Record<string, unknown> = {}
  for (const name of ['hospital-admission', 'intensive-care', 'artificial-nutrition']) change[name] = null
  const copy: Record<string, string> = {}
  for (const [intervention, { recommendation: decided, root, nested, dnr }] of given) {
    const name = intervention === 'cpr' ? 'cpr' : `the-${intervention}`
    if (intervention !== 'cpr') copy[name] = 'cpr'
    const { system, code } = INTERVENTIONS.find((one) => one.name === intervention) ?? {}
    change[`${name}.extension(recommendation)`] = { valueCode: decided }
    change[`${name}.extension(rationale)`] = { extension: [{ url: 'text', ...TEXT }] }
    change[`${name}.extension(condition-text)`] = TEXT
    change[`${name}.provision`] = {
      ...(root === undefined ? {} : { type: root }),
      provision: [{ ...(nested === undefined ? {} : { type: nested }), code: [{ coding: [{ system, code }] }] }],
    }
    if (dnr) change[`${name}.category.+`] = { coding: [{ system: SYSTEM.consentCategoryHl7, code: 'dnr' }] }
  }
  return { plan: 'child/1', copy, change }
}

/** Whether nothing that the sender wrote besides says otherwise than the recommendation. */
const agrees = (intervention: Intervention, { recommendation: decided, root, nested, dnr }: Authored): boolean => {
  const expected = FOLLOWS[decided]
  const fits = (one: ConsentProvision['type']): boolean => one === undefined || one === expected
  return fits(root) && fits(nested) && (!dnr || (intervention === 'cpr' && decided === 'not-recommended'))
}

const consentsIn = (resources: readonly (Resource | undefined)[]): Consent[] =>
  resources.filter((one): one is Consent => one?.resourceType === 'Consent')

/** Every permit and deny of a provision, at any depth. */
const typesIn = (provision: ConsentProvision | undefined): string[] =>
  provision === undefined ? [] : [provision.type ?? [], ...(provision.provision ?? []).map(typesIn)].flat()

const partsOf = ({ parameter }: Parameters, name: string): ParametersParameter[][] =>
  (parameter ?? []).flatMap((one) => (one.name === name ? [one.part ?? []] : []))
const part = (parts: readonly ParametersParameter[], name: string) => parts.find((one) => one.name === name)

/** What an emergency answer says of each intervention. */
const said = (answer: Parameters): Map<string, string | undefined> =>
  new Map([
    ...partsOf(answer, 'cpr').map((parts) => ['cpr', part(parts, 'recommendation')?.valueCode] as const),
    ...partsOf(answer, 'recommendation').map((parts) => {
      const coding = part(parts, 'intervention')?.valueCoding
      const known = INTERVENTIONS.find(({ system, code }) => system === coding?.system && code === coding.code)
      return [known?.name ?? 'another intervention', part(parts, 'recommendation')?.valueCode] as const
    }),
  ])

describe('permit and deny (hazards H-04 and H-05)', () => {
  test('each permit and deny of every output follows from an authored recommendation, and what says otherwise is refused (RSP-4)', () => {
    let stored = 0
    let refused = 0
    fc.assert(
      fc.property(decisions, (given) => {
        const result = submitted(entriesOf(planWith(given)))
        const isConsistent = [...given].every(([intervention, one]) => agrees(intervention, one))
        if (!isStored(result)) {
          refused += 1
          expect([isConsistent, [...new Set(result)]]).toEqual([false, ['RSP-4']])
          return
        }
        stored += 1
        expect(isConsistent).toBe(true)
        const { write, derived } = result
        for (const consents of [
          consentsIn(write),
          consentsIn((derived.summary?.entry ?? []).map(({ resource }) => resource)),
        ]) {
          const recommendations = consents.filter((one) => consentCategory(one) === 'emergency-recommendation')
          expect(recommendations.map(interventionOf).sort()).toEqual([...given.keys()].sort())
          for (const consent of recommendations) {
            const expected = FOLLOWS[(given.get(interventionOf(consent) as Intervention) as Authored).recommendation]
            expect(consent.provision?.type).toBeUndefined()
            expect(typesIn(consent.provision)).toEqual(expected === undefined ? [] : [expected])
          }
          // No other Consent of the plan permits or denies anything.
          for (const other of consents.filter((one) => consentCategory(one) !== 'emergency-recommendation')) {
            expect(typesIn(other.provision)).toEqual([])
          }
        }
        const answer = derived.emergency.answer
        expect(said(answer)).toEqual(new Map([...given].map(([name, one]) => [name, one.recommendation])))
        const cpr = (given.get('cpr') as Authored).recommendation
        const finding = part(partsOf(answer, 'cpr')[0] ?? [], 'finding')?.valueCoding?.code
        expect(finding).toBe(cpr === 'recommended' || cpr === 'not-recommended' ? CPR_FINDING[cpr].code : undefined)
        expect(JSON.stringify(answer)).not.toMatch(/"(?:permit|deny)"/)
      }),
      { numRuns: 300 },
    )
    expect(stored).toBeGreaterThan(50)
    expect(refused).toBeGreaterThan(10)
  })

  test('what stands deeper than one provision below the root is refused, whatever it says (RSP-4)', () => {
    const leaf: fc.Arbitrary<ConsentProvision> = fc.record({ type: fc.constantFrom('permit', 'deny') })
    const deeper = fc.oneof(
      leaf,
      fc.tuple(leaf, fc.array(leaf, { minLength: 1, maxLength: 2 })).map(([one, provision]) => ({ ...one, provision })),
    )
    fc.assert(
      fc.property(deeper, fc.boolean(), (hidden, below) => {
        const address = below ? 'cpr.provision.provision[0].provision' : 'cpr.provision.provision.+'
        const result = submitted(entriesOf({ plan: 'margaret/1', change: { [address]: below ? [hidden] : hidden } }))
        expect(isStored(result)).toBe(false)
        expect(result).toContain('RSP-4')
      }),
      { numRuns: 50 },
    )
  })
})

/** Every string that stands as a value somewhere in a value. */
const strings = (value: unknown): string[] => {
  if (typeof value === 'string') return [value]
  if (typeof value !== 'object' || value === null) return []
  return Object.values(value).flatMap(strings)
}

type Path = readonly (string | number)[]

/** Every element and list item of a value, by its path. */
const pathsIn = (value: unknown, path: Path = []): Path[] => {
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, one]) => {
    const here = [...path, Array.isArray(value) ? Number(key) : key]
    return [here, ...pathsIn(one, here)]
  })
}

/** The value without what is at these paths; what that leaves empty goes too, as FHIR has no empty objects or lists. Parts of which nothing goes are not copied. */
const without = <Value>(value: Value, gone: readonly Path[], depth = 0): Value | undefined => {
  if (gone.length === 0) return value
  if (gone.some(({ length }) => length === depth)) return undefined
  const leftOf = (key: string | number, one: unknown): unknown =>
    without(
      one,
      gone.filter((path) => path[depth] === key),
      depth + 1,
    )
  if (Array.isArray(value)) {
    const left = value.map((one, index) => leftOf(index, one)).filter((one) => one !== undefined)
    return left.length === 0 ? undefined : (left as Value)
  }
  const left = Object.entries(value as object).flatMap(([key, one]) => {
    const kept = leftOf(key, one)
    return kept === undefined ? [] : [[key, kept] as const]
  })
  return left.length === 0 ? undefined : (Object.fromEntries(left) as Value)
}

/** All decisions and powers that the outputs state in codes; that nothing is known is no statement. */
const statements = ({ emergency, summary }: Derived): Set<string> => {
  const found: string[] = []
  for (const [intervention, decided] of said(emergency.answer)) {
    if (decided !== 'unknown' && decided !== 'not-discussed') found.push(`${intervention}: ${decided}`)
  }
  for (const [name, element] of [
    ['overall-focus', 'focus'],
    ['capacity', 'capacity'],
    ['proxy', 'authority'],
    ['involvement', 'basis'],
  ] as const) {
    for (const parts of partsOf(emergency.answer, name)) {
      for (const one of parts.filter((each) => each.name === element)) found.push(`${name}: ${one.valueCode}`)
    }
  }
  for (const consent of consentsIn((summary?.entry ?? []).map(({ resource }) => resource))) {
    for (const one of typesIn(consent.provision)) {
      // What is refused may be told in words alone.
      const about = consentCategory(consent) === 'advance-refusal' ? '' : interventionOf(consent)
      found.push(`${consentCategory(consent)} ${about}: ${one}`)
    }
  }
  return new Set(found)
}

/** What the emergency answer gives in words of the plan: what is refused, what matters, where to be. */
const wordsOf = ({ answer }: Derived['emergency']): string[] =>
  (
    [
      ['refusal', 'treatment'],
      ['what-matters', 'words'],
      ['preferred-place', 'place'],
    ] as const
  ).flatMap(([name, element]) =>
    partsOf(answer, name).flatMap((parts) =>
      parts.flatMap((one) => (one.name === element && one.valueString !== undefined ? [one.valueString] : [])),
    ),
  )

/** Where words are missing, that is said, or the reason. */
const SILENCE = /^Nothing recorded(?: \(.+\))?$/

const BLOOD = { coding: [{ system: 'http://snomed.info/sct', code: '116762002', display: 'Blood products' }] }
/** Both plans of a person, with an advance refusal, all that could be misread when something of it is missing. */
const whole = (name: string): Described => ({
  plan: [`${name}/1`, `${name}/0`],
  add: {
    refusal: {
      resourceType: 'Consent',
      status: 'active',
      scope: { coding: [{ system: 'consentscope', code: 'adr' }] },
      category: [{ coding: [{ system: 'consent-category', code: 'advance-refusal' }] }],
      patient: { reference: '#patient' },
      dateTime: '2026-01-10',
      policy: [{ uri: 'https://keyplan.example/fhir/policy/advance-refusal' }],
      provision: { provision: [{ code: [BLOOD] }] },
    },
  },
})

/** What can be left out: everything but which type a resource is, and the decision on sharing, without which others may read more. */
const removable = (entries: ReturnType<typeof entriesOf>): Path[] =>
  pathsIn(entries).filter((path) => {
    const [index, ...rest] = path
    const resource = entries[Number(index)]?.resource
    if (rest[0] !== 'resource' || rest.length < 2 || rest.includes('resourceType')) return false
    return !(resource?.resourceType === 'Consent' && consentCategory(resource) === 'sharing-decision')
  })

/** What was authored about each intervention, read from what was sent. */
const authoredIn = (entries: ReturnType<typeof entriesOf>): Map<string, string | undefined> =>
  new Map(
    consentsIn(entries.map(({ resource }) => resource))
      .filter((one) => consentCategory(one) === 'emergency-recommendation')
      .map((one) => [
        interventionOf(one) ?? '',
        one.extension?.find(({ url }) => url === EXTENSION.recommendation)?.valueCode,
      ]),
  )

type Whole = Readonly<{ statements: ReadonlySet<string>; words: ReadonlySet<string> }>

/** Words may come from another element of the plan where the first is missing, such as the name of a known intervention. */
const wholeOf = (entries: ReturnType<typeof entriesOf>, { derived }: Stored): Whole => ({
  statements: statements(derived),
  words: new Set([...strings(entries), ...INTERVENTIONS.map(({ display }) => display)]),
})

const expectNothingMore = (result: ReturnType<typeof submitted>, all: Whole, gone: readonly Path[]): void => {
  if (!isStored(result)) return
  const more = [...statements(result.derived)].filter((statement) => !all.statements.has(statement))
  const others = wordsOf(result.derived.emergency).filter((words) => !all.words.has(words) && !SILENCE.test(words))
  expect([gone, more, others]).toEqual([gone, [], []])
}

describe('nothing is inferred from absence (INV-4, hazard H-03)', () => {
  test.each(['margaret', 'england', 'wales', 'child'])(
    'whichever element of the plans of %s is missing, no recommendation, refusal or wish appears that was not authored',
    (name) => {
      const entries = entriesOf(whole(name))
      const complete = submitted(entries)
      if (!isStored(complete)) throw new Error(`The whole plan is refused: ${complete.join(', ')}`)
      expect(said(complete.derived.emergency.answer)).toEqual(authoredIn(entries))
      const all = wholeOf(entries, complete)
      const paths = removable(entries)
      let stored = 0
      for (const path of paths) {
        const result = submitted(without(entries, [path]) ?? [])
        if (isStored(result)) stored += 1
        expectNothingMore(result, all, [path])
      }
      expect(all.statements.size).toBeGreaterThan(8)
      expect(stored).toBeGreaterThan(100)
    },
  )

  test('nor where several are missing at once', () => {
    const entries = entriesOf(whole('margaret'))
    const complete = submitted(entries) as Stored
    const all = wholeOf(entries, complete)
    const paths = removable(entries)
    fc.assert(
      fc.property(fc.uniqueArray(fc.nat(paths.length - 1), { minLength: 2, maxLength: 6 }), (indexes) => {
        const gone = indexes.map((index) => paths[index] as Path)
        expectNothingMore(submitted(without(entries, gone) ?? []), all, gone)
      }),
      { numRuns: 300 },
    )
  })
})

/** Coded values, dates and references of an answer: not its words, which are composed, nor what is about the answer itself. */
const facts = (parameters: readonly ParametersParameter[] | undefined): string[] =>
  (parameters ?? []).flatMap((one) => [
    ...[one.valueCode, one.valueCoding?.code, one.valueDate, one.valueDateTime, one.valueIdentifier?.value].flatMap(
      (fact) => fact ?? [],
    ),
    // What force a refusal has follows from the law of the nation.
    ...facts(one.part?.filter(({ name }) => name !== 'legalForce')),
  ])

describe('the emergency view holds nothing that the plan does not (INV-4)', () => {
  const OF_THE_ANSWER: readonly string[] = [
    'current-plan',
    // That no CPR recommendation is recorded is said as unknown.
    'unknown',
    ...Object.values(CPR_FINDING).map(({ code }) => code),
    // Which of the two places is meant, and which of the two plans, stands in codes of the resources.
    'care',
    'death',
    // What kind of item a MedicationRequest is, stands in its type.
    'medicines-at-home',
  ]

  test('each code, date and number of the answer stands in the resources of the plan', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('margaret', 'england', 'wales', 'child'),
        fc.infiniteStream(fc.nat()),
        fc.nat(4),
        (name, choice, count) => {
          const entries = entriesOf(whole(name))
          const paths = removable(entries)
          const gone = Array.from({ length: count }, () => paths[choice.next().value % paths.length] as Path)
          const result = submitted(without(entries, gone) ?? [])
          if (!isStored(result) || result.derived.emergency.outcome !== 'current-plan') return
          const { answer } = result.derived.emergency
          const held = new Set(strings(result.write))
          const marks = new Set(partsOf(answer, 'mark').flatMap(facts))
          const about = (answer.parameter ?? []).filter(
            (one) => !['outcome', 'asOf', 'sequence', 'verify'].includes(one.name),
          )
          const strange = facts(about).filter(
            (fact) => !held.has(fact) && !OF_THE_ANSWER.includes(fact) && !marks.has(fact),
          )
          expect([gone, strange]).toEqual([gone, []])
        },
      ),
      { numRuns: 200 },
    )
  })

  test('each resource that the summary holds is in force', () => {
    const complete = submitted(entriesOf(whole('margaret'))) as Stored
    const active = new Set(complete.derived.inForce)
    const shown = (complete.derived.summary?.entry ?? []).flatMap(({ resource }) => resource ?? [])
    const others = shown.filter((one) => !active.has(resourceKey(one))).map(({ resourceType }) => resourceType)
    expect(new Set(others)).toEqual(new Set(['Composition', 'Patient']))
  })
})

test('what is refused is called by its name, also where the sender gave the code of a known intervention alone', () => {
  const change = { 'refusal.provision.provision[0].code[0].coding[0].display': null }
  const result = submitted(entriesOf({ ...whole('margaret'), change })) as Stored
  expect(wordsOf(result.derived.emergency)).toContain('Blood products')
})
