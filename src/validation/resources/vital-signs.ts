import { isNode, nodes } from '../invariants/invariant.ts'
import type { Spot } from '../spot.ts'

const LOINC = 'http://loinc.org'
const CORE = 'http://hl7.org/fhir/StructureDefinition/'

/** LOINC codes whose observations must conform to a profile of R4 (http://hl7.org/fhir/R4/observation-vitalsigns.html). */
const PROFILES: ReadonlyMap<string, string> = new Map([
  ['85353-1', 'vitalspanel'],
  ['9279-1', 'resprate'],
  ['8867-4', 'heartrate'],
  ['2708-6', 'oxygensat'],
  ['8310-5', 'bodytemp'],
  ['8302-2', 'bodyheight'],
  ['9843-4', 'headcircum'],
  ['29463-7', 'bodyweight'],
  ['39156-5', 'bmi'],
  ['85354-9', 'bp'],
])

/** The profile that R4 itself demands of an observation with such a code. */
export const requiredProfile = ({ type, value }: Spot): string | undefined => {
  if (type !== 'Observation' || !isNode(value) || !isNode(value['code'])) return undefined
  for (const coding of nodes(value['code'], 'coding')) {
    const profile = coding['system'] === LOINC ? PROFILES.get(String(coding['code'])) : undefined
    if (profile !== undefined) return CORE + profile
  }
  return undefined
}
