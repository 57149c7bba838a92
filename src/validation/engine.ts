import type { Codes } from './codes/codes.ts'
import type { Finding, Outcome } from './findings/finding.ts'
import type { Library } from './profile/library.ts'
import type { Run, Spot } from './spot.ts'

/** What a rule of a profile checks; all that it needs of the validation comes with it. */
export type EngineCheck = (spot: Spot, engine: Engine) => void

/** Checks all the elements of one name below another. */
export type ElementCheck = Readonly<{
  check: (items: readonly Spot[], parent: Spot, engine: Engine) => void
  /** True where it has something to ask although there is no such element. */
  asksAbsent: boolean
}>

/** A profile, an extension or a type, compiled to one check of a whole element. */
export type Profile = Readonly<{
  /** With `|version`, where it has one. */
  canonical: string
  type: string
  /** True for a type of FHIR itself: what it demands is checked wherever it stands. */
  isType: boolean
  /** How many elements it defines. */
  size: number
  check: EngineCheck
}>

/** One validation, as the checks of profiles see it. */
export type Engine = Run &
  Readonly<{
    codes: Codes
    library: Library
    /** The time at which bounds such as "at most 100 years ago" are read; without one they are not checked. */
    now: Date | undefined
    profile(canonical: string): Profile | undefined
    /** Reports all that is wrong with an element by a profile; nothing where that is being looked at already. */
    hold(spot: Spot, profile: Profile): void
    /** The errors that `hold` would report. */
    errorsOf(spot: Spot, profile: Profile): readonly Finding[]
    /** What these checks would report. */
    attempt(checks: () => void): readonly Finding[]
    /** Codings that are called otherwise than by their systems, each with the finding that it comes to unless a value set calls it so. */
    misnamed: Map<unknown, Finding>
    /** Told of each profile that a resource as a whole is held to. */
    checked(profile: Profile): void
    unchecked(kind: keyof Outcome['unchecked'], canonical: string): void
  }>
