import type { Definitions } from '../definitions/definitions.ts'
import { isUnknown } from '../definitions/terminology/answer.ts'
import { type Issue, isError } from '../fhir/outcome.ts'
import { membership } from './codes/bindings.ts'
import type { Codes } from './codes/codes.ts'
import type { Engine, Profile } from './engine.ts'
import { distinct } from './findings/distinct.ts'
import { type Finding, isMisshapen, type Outcome } from './findings/finding.ts'
import { beginEvaluations } from './invariants/evaluations.ts'
import { isOfType } from './profile/conformance.ts'
import type { Library } from './profile/library.ts'
import { createResolver } from './references/references.ts'
import { expressionOf, findingAt, type Spot } from './spot.ts'

/** Elements of definitions that one validation may hold something against: some seconds. */
const MOST_HELD = 20_000_000

/** What a validator knows, compiled when it is first needed. */
export type Known = Readonly<{
  definitions: Definitions
  codes: Codes
  library: Library
  profile(canonical: string): Profile | undefined
}>

/** One validation, and what came of it. */
export type Begun = Readonly<{
  engine: Engine
  findings(): readonly Finding[]
  checked(): readonly string[]
  unchecked(): Outcome['unchecked']
}>

/** What came of holding an element to a profile; not whole where that led back to what was being looked at. */
type Held = Readonly<{ findings: readonly Finding[]; errors: readonly Finding[]; isWhole: boolean }>

/** One validation: what it reports, each thing once, and what it holds against what. */
export const begin = (
  { definitions, codes, library, profile }: Known,
  structure: readonly Issue[],
  now: Date | undefined,
): Begun => {
  const misshapen = structure.filter(isMisshapen)
  let reported = distinct()
  const unchecked = {
    profiles: new Set<string>(),
    extensions: new Set<string>(),
    codeSystems: new Set<string>(),
    valueSets: new Set<string>(),
  }
  const checked = new Set<string>()
  const misnamed = new Map<unknown, Finding>()
  /** What is being held to a profile, each within the one before: a few at once, so they are gone through. */
  const holding: { value: unknown; profile: Profile }[] = []
  const known = new Map<unknown, Map<Profile, Held>>()
  let held = 0
  /** How often something was not looked at because it is being looked at already. */
  let cut = 0
  const holdNow = (spot: Spot, one: Profile): void => {
    const { value } = spot
    for (const other of holding) {
      if (other.value === value && other.profile === one) {
        cut++
        return
      }
    }
    const before = held
    held += one.size
    if (held > MOST_HELD) {
      if (before <= MOST_HELD)
        engine.report(
          findingAt(
            spot,
            'validation-too-costly',
            'too-costly',
            'The profiles ask for more than can be looked at in one validation.',
            {
              hint: 'Validate in smaller parts, or mend profiles that lead to each other.',
            },
          ),
        )
      return
    }
    holding.push({ value, profile: one })
    one.check(spot, engine)
    holding.pop()
  }

  /** What `holdNow` would report, kept for who asks again. */
  const look = (spot: Spot, one: Profile, ifWhole = false): Held => {
    const before = cut
    const findings = engine.attempt(() => holdNow(spot, one))
    const found = { findings, errors: findings.filter(isError), isWhole: cut === before }
    const ofValue = known.get(spot.value) ?? new Map<Profile, Held>()
    if (found.isWhole || !ifWhole) known.set(spot.value, ofValue.set(one, found))
    return found
  }

  const engine: Engine = {
    definitions,
    codes,
    library,
    profile,
    now,
    misnamed,
    evaluations: beginEvaluations(),
    hasNarrativeFault: structure.some(({ key }) => key === 'txt-2' || key.startsWith('narrative-')),
    resolve: createResolver(),
    report: (finding) => reported.add(finding),
    isBroken(resource) {
      if (misshapen.length === 0) return false
      const within = expressionOf(resource)
      return misshapen.some(({ expression }) => expression === undefined || expression.startsWith(within))
    },
    checked: ({ canonical }) => checked.add(canonical),
    unchecked: (kind, canonical) => unchecked[kind].add(canonical),
    hold(spot, one) {
      const before = known.get(spot.value)?.get(one)
      if (before?.isWhole === true) for (const finding of before.findings) engine.report(finding)
      // Whether a resource conforms is often asked again, by what refers to it.
      else if (spot.resource === spot && before === undefined)
        for (const finding of look(spot, one, true).findings) engine.report(finding)
      else holdNow(spot, one)
    },
    attempt(checks) {
      const before = reported
      reported = distinct()
      checks()
      const found = reported.all()
      reported = before
      return found
    },
    errorsOf(spot, one) {
      return (known.get(spot.value)?.get(one) ?? look(spot, one)).errors
    },
    memberOf(item, valueSet) {
      const answer = membership(codes, item, valueSet)
      if (!isUnknown(answer)) return answer ?? false
      unchecked.valueSets.add(typeof valueSet === 'string' ? valueSet : (valueSet.url ?? `#${valueSet.id}`))
      return undefined
    },
    conformsTo(spot, canonical) {
      const one = profile(canonical)
      if (one === undefined) {
        unchecked.profiles.add(canonical)
        return undefined
      }
      return isOfType(spot, one.type) && (one.isType || engine.errorsOf(spot, one).length === 0)
    },
  }
  return {
    engine,
    findings: () => [...reported.all(), ...misnamed.values()],
    checked: () => [...checked],
    unchecked: () => ({
      profiles: [...unchecked.profiles],
      extensions: [...unchecked.extensions],
      codeSystems: [...unchecked.codeSystems],
      valueSets: [...unchecked.valueSets],
    }),
  }
}
