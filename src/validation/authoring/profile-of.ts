import { lineageOf } from '../../definitions/tables.ts'
import { shownValue } from '../findings/finding.ts'
import { findingAt, type Run, type Spot } from '../spot.ts'

/** Reports a profile that is named for resources of a type, and is known to be of another. */
export const checkProfileOf = (spot: Spot, type: string, run: Run): void => {
  const found = run.definitions.structure(String(spot.value))
  if (found === undefined || found.kind === 'logical' || lineageOf(type).includes(found.type)) return
  run.report(
    findingAt(
      spot,
      'profile-of-other-type',
      'invalid',
      `This is a profile of ${found.type}, and stands where one of ${type} is meant.`,
      {
        value: shownValue(spot.value),
        expected: `a profile of ${type}`,
        hint: 'Name a profile of the type, or correct the type.',
      },
    ),
  )
}
