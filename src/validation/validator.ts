import { BASE } from '../definitions/base.ts'
import { type Definitions, keeping } from '../definitions/definitions.ts'
import { isUnknown } from '../definitions/terminology/answer.ts'
import { type Issue, isError } from '../fhir/outcome.ts'
import { membership } from './bindings.ts'
import { childrenNamed } from './children.ts'
import { type Codes, codesOf } from './codes.ts'
import type { Engine, Profile } from './engine.ts'
import { type Finding, type Outcome, shownValue } from './finding.ts'
import { isNode } from './invariants/invariant.ts'
import { isOfType } from './profile/conformance.ts'
import { type Library, libraryOf } from './profile/library.ts'
import { profilesOf } from './profile/profiles.ts'
import { createResolver } from './references.ts'
import { resourceRulesOf } from './resource-rules.ts'
import { expressionOf, findingAt, type Spot, wholeSpot } from './spot.ts'
import { validateStructure } from './validate.ts'
import { requiredProfile } from './vital-signs.ts'
import { createWalk } from './walk.ts'

export type { Finding, Outcome }

export type ValidateOptions = Readonly<{
  /** Canonical addresses of profiles to hold the resource against, besides its type and those that it names in `meta.profile`. */
  profiles?: readonly string[]
  /** The time at which bounds such as "at most 100 years ago" are read; without one they are not checked. */
  now?: Date
}>

export type Validator = Readonly<{
  /** Everything that is wrong with a resource, all at once; `findings` is empty where nothing is. Never throws for what it is given. */
  validate(resource: unknown, options?: ValidateOptions): Outcome
}>

/** Elements of definitions that one validation may hold something against: some seconds. */
const MOST_HELD = 20_000_000

/** What is broken so that no rule about meaning can be asked. */
const SHAPELESS: ReadonlySet<string> = new Set([
  'resource-type-missing',
  'resource-type-unknown',
  'resource-too-deep',
  'resource-too-wide',
  'too-many-contained',
  'more-issues',
])

/** Issues of these codes are about the shape of an element, not about what it means. */
const OF_SHAPE: ReadonlySet<Issue['code']> = new Set(['structure', 'required', 'value'])

type Known = Readonly<{
  definitions: Definitions
  codes: Codes
  library: Library
  profile(canonical: string): Profile | undefined
}>

type Begun = Readonly<{
  engine: Engine
  findings(): readonly Finding[]
  checked(): readonly string[]
  unchecked(): Outcome['unchecked']
}>

/** One validation: what it reports, each thing once, and what it holds against what. */
const begin = (
  { definitions, codes, library, profile }: Known,
  structure: readonly Issue[],
  now: Date | undefined,
): Begun => {
  const misshapen = structure.filter((issue) => isError(issue) && OF_SHAPE.has(issue.code))
  let reported = new Map<string, Finding>()
  const unchecked = {
    profiles: new Set<string>(),
    extensions: new Set<string>(),
    codeSystems: new Set<string>(),
    valueSets: new Set<string>(),
  }
  const checked = new Set<string>()
  const misnamed = new Map<unknown, Finding>()
  const active = new Map<unknown, Set<Profile>>()
  const known = new Map<unknown, Map<Profile, readonly Finding[]>>()
  let held = 0

  const engine: Engine = {
    definitions,
    codes,
    library,
    profile,
    now,
    misnamed,
    resolve: createResolver(),
    report(finding) {
      const key = `${finding.key} ${finding.expression} ${finding.severity} ${finding.text}`
      if (!reported.has(key)) reported.set(key, finding)
    },
    isBroken(resource) {
      if (misshapen.length === 0) return false
      const within = expressionOf(resource)
      return misshapen.some(({ expression }) => expression === undefined || expression.startsWith(within))
    },
    checked: ({ canonical }) => checked.add(canonical),
    unchecked: (kind, canonical) => unchecked[kind].add(canonical),
    hold(spot, one) {
      const under = active.get(spot.value) ?? new Set()
      if (under.has(one)) return
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
      active.set(spot.value, under.add(one))
      one.check(spot, engine)
      under.delete(one)
    },
    attempt(checks) {
      const before = reported
      reported = new Map()
      checks()
      const found = [...reported.values()]
      reported = before
      return found
    },
    errorsOf(spot, one) {
      const before = known.get(spot.value) ?? new Map<Profile, readonly Finding[]>()
      known.set(spot.value, before)
      const errors = before.get(one) ?? engine.attempt(() => engine.hold(spot, one)).filter(isError)
      before.set(one, errors)
      return errors
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
    findings: () => [...reported.values(), ...misnamed.values()],
    checked: () => [...checked],
    unchecked: () => ({
      profiles: [...unchecked.profiles],
      extensions: [...unchecked.extensions],
      codeSystems: [...unchecked.codeSystems],
      valueSets: [...unchecked.valueSets],
    }),
  }
}

/** Holds a resource to a profile that it names, or that is named for it. */
const holdTo = (spot: Spot, canonical: string, at: Spot, engine: Engine, isAsked = false): void => {
  const profile = engine.profile(canonical)
  if (profile === undefined) {
    engine.unchecked('profiles', canonical)
    engine.report(
      findingAt(
        at,
        'profile-unknown',
        'not-found',
        `The profile ${canonical} is not known here, so nothing was checked by it.`,
        {
          // Who asks for a profile must not take silence for its approval.
          severity: isAsked ? 'error' : 'warning',
          value: shownValue(canonical),
          hint: 'Load the package that defines it, or check its address.',
        },
      ),
    )
    return
  }
  if (!isOfType(spot, profile.type)) {
    engine.report(
      findingAt(
        at,
        'profile-of-other-type',
        'structure',
        `The profile ${canonical} is for resources of type ${profile.type}; this is of type ${spot.type}.`,
        {
          value: shownValue(canonical),
          expected: `a profile of ${spot.type}`,
          hint: 'Name a profile of its own type.',
        },
      ),
    )
    return
  }
  engine.checked(profile)
  engine.hold(spot, profile)
}

/** Holds a resource to all that it must conform to besides its type: what it names, and what the standard asks of it. */
const holdToClaims = (spot: Spot, engine: Engine): void => {
  for (const meta of childrenNamed(spot, 'meta')) {
    for (const claim of childrenNamed(meta, 'profile'))
      if (typeof claim.value === 'string') holdTo(spot, claim.value, claim, engine)
  }
  for (const canonical of engine.definitions.globalProfiles?.(spot.type) ?? []) holdTo(spot, canonical, spot, engine)
  const required = requiredProfile(spot)
  if (required !== undefined) holdTo(spot, required, spot, engine)
  for (const check of resourceRulesOf(spot.type)) check(spot, engine)
}

/** A validator that knows these definitions. It compiles each when it is first needed and keeps it, so make one and use it again. */
export const createValidator = (given: Definitions = BASE): Validator => {
  const definitions = keeping(given)
  const library = libraryOf(definitions)
  const known: Known = { definitions, codes: codesOf(definitions), library, profile: profilesOf(library) }
  const walk = createWalk(library, holdToClaims)

  return Object.freeze({
    validate(resource: unknown, { profiles = [], now }: ValidateOptions = {}): Outcome {
      const structure = validateStructure(resource)
      const begun = begin(known, structure, now)
      if (isNode(resource) && !structure.some(({ key }) => SHAPELESS.has(key))) {
        const spot = wholeSpot(resource)
        walk.resource(spot, begun.engine)
        for (const canonical of profiles) holdTo(spot, canonical, spot, begun.engine, true)
      }
      return {
        findings: [...structure, ...begun.findings()],
        checked: { profiles: begun.checked() },
        unchecked: begun.unchecked(),
      }
    },
  })
}
