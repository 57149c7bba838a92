import { isError } from '../../fhir/outcome.ts'
import type { Spot } from '../spot.ts'
import { validateStructure } from '../validate.ts'

const OF_SHAPE: ReadonlySet<string> = new Set(['structure', 'required', 'value'])

/** True where a resource has the shape of its type, so that what it says can be read as such. */
export const isWellFormed = ({ value }: Spot): boolean =>
  !validateStructure(value).some((found) => isError(found) && OF_SHAPE.has(found.code))
