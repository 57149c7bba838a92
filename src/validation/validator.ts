import { BASE } from '../definitions/base.ts'
import { type Definitions, keeping } from '../definitions/definitions.ts'
import { begin, type Known } from './begin.ts'
import { childOrSelf } from './children.ts'
import { codesOf } from './codes/codes.ts'
import type { Engine } from './engine.ts'
import { distinct } from './findings/distinct.ts'
import { type Finding, type Outcome, shownValue } from './findings/finding.ts'
import { isNode, type Node } from './invariants/invariant.ts'
import { isOfType } from './profile/conformance.ts'
import { libraryOf } from './profile/library.ts'
import { profilesOf } from './profile/profiles.ts'
import { resourceRulesOf } from './resources/rules.ts'
import { requiredProfile } from './resources/vital-signs.ts'
import { findingAt, type Spot, spotBelow, wholeSpot } from './spot.ts'
import { validateStructure } from './validate.ts'
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

/** What is broken so that no rule about meaning can be asked. */
const SHAPELESS: ReadonlySet<string> = new Set([
  'resource-type-missing',
  'resource-type-unknown',
  'resource-too-deep',
  'resource-too-wide',
  'too-many-contained',
  'more-issues',
])

/** Holds a resource to a profile that it names, or that is named for it. */
const holdTo = (spot: Spot, canonical: string, at: () => Spot, engine: Engine, isAsked = false): void => {
  const profile = engine.profile(canonical)
  if (profile === undefined) {
    engine.unchecked('profiles', canonical)
    engine.report(
      findingAt(
        at(),
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
        at(),
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

/** Where a resource names a profile; without looking at the others, for there may be hundreds. */
const claimAt = (spot: Spot, index: number, claim: string): Spot =>
  spotBelow(childOrSelf(spot, 'meta'), 'profile', index, 'canonical', claim)

/** Holds a resource to all that it must conform to besides its type: what it names, and what the standard asks of it. */
const holdToClaims = (spot: Spot, engine: Engine): void => {
  const itself = (): Spot => spot
  const { meta } = spot.value as Node
  const claims = isNode(meta) ? meta['profile'] : undefined
  if (Array.isArray(claims))
    for (const [index, claim] of claims.entries())
      if (typeof claim === 'string') holdTo(spot, claim, () => claimAt(spot, index, claim), engine)
  for (const canonical of engine.definitions.globalProfiles?.(spot.type) ?? []) holdTo(spot, canonical, itself, engine)
  const required = requiredProfile(spot)
  if (required !== undefined) holdTo(spot, required, itself, engine)
  for (const check of resourceRulesOf(spot.type)) check(spot, engine)
}

/** All findings, each once: what a type does not allow, its profiles mostly do not allow either. */
const together = (structure: readonly Finding[], others: readonly Finding[]): readonly Finding[] => {
  if (structure.length === 0) return others
  const all = distinct()
  for (const finding of structure) all.add(finding)
  for (const finding of others) all.add(finding)
  return all.all()
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
        for (const canonical of profiles) holdTo(spot, canonical, () => spot, begun.engine, true)
      }
      return {
        findings: together(structure, begun.findings()),
        checked: { profiles: begun.checked() },
        unchecked: begun.unchecked(),
      }
    },
  })
}
