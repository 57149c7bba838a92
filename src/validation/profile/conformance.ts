import { lineageOf } from '../../definitions/tables.ts'
import type { Engine, Profile } from '../engine.ts'
import type { Finding } from '../findings/finding.ts'
import { findingAt, type Spot } from '../spot.ts'

/** True where an element is of the type that a profile is of, or of one derived from it. */
export const isOfType = (spot: Spot, type: string): boolean => lineageOf(spot.type).includes(type)

export type Fit = Readonly<{ fits: boolean; closest?: Profile; errors?: readonly Finding[] }>

/** A profile is demanded, and not known: whether an element conforms cannot be told, and that is not taken for yes. */
const reportNotKnown = (spot: Spot, canonicals: readonly string[], engine: Engine, by: string): void => {
  for (const canonical of canonicals) engine.unchecked('profiles', canonical)
  engine.report(
    findingAt(
      spot,
      'profile-needed-unknown',
      'not-found',
      `The profile ${by} demands that this conforms to ${canonicals.join(' or ')}, which is not known here.`,
      { profile: by, expected: canonicals.join(' or '), hint: 'Load the package that defines it.' },
    ),
  )
}

/** Whether an element conforms to one of several profiles, and if not, which it comes closest to. */
export const fitOf = (spot: Spot, canonicals: readonly string[], engine: Engine, by: string): Fit => {
  let closest: Fit = { fits: false }
  const unknown: string[] = []
  for (const canonical of canonicals) {
    const profile = engine.profile(canonical)
    if (profile === undefined) {
      unknown.push(canonical)
      continue
    }
    if (!isOfType(spot, profile.type)) continue
    if (profile.isType) return { fits: true }
    const errors = engine.errorsOf(spot, profile)
    if (errors.length === 0) return { fits: true }
    if (closest.errors === undefined || errors.length < closest.errors.length)
      closest = { fits: false, closest: profile, errors }
  }
  if (unknown.length === 0) return closest
  reportNotKnown(spot, unknown, engine, by)
  return { fits: true }
}

/** Reports an element that conforms to none of several profiles; where there is one alone, all that it breaks. */
export const holdToOneOf = (spot: Spot, canonicals: readonly string[], engine: Engine, by: string): void => {
  const [only] = canonicals
  const single = canonicals.length === 1 && only !== undefined ? engine.profile(only) : undefined
  if (single !== undefined && isOfType(spot, single.type)) {
    engine.hold(spot, single)
    return
  }
  const { fits, closest, errors = [] } = fitOf(spot, canonicals, engine, by)
  if (fits) return
  engine.report(
    findingAt(
      spot,
      'profile-none-fits',
      'structure',
      `This conforms to none of the profiles that are allowed here${closest === undefined ? '' : `; it comes closest to ${closest.canonical}`}.${errors[0] === undefined ? '' : ` ${errors[0].text}`}`,
      {
        profile: by,
        expected: canonicals.join(' or '),
        hint: `Mend ${errors[0]?.expression ?? 'what does not fit'} by that profile, or leave the element out.`,
      },
    ),
  )
}
