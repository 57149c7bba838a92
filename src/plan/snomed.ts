const DIHEDRAL = [
  '0123456789',
  '1234067895',
  '2340178956',
  '3401289567',
  '4012395678',
  '5987604321',
  '6598710432',
  '7659821043',
  '8765932104',
  '9876543210',
]

/** How the digit at each place, counted from the right and repeating after eight, is permuted. */
const PERMUTATION = [
  '0123456789',
  '1576283094',
  '5803796142',
  '8916043527',
  '9453126870',
  '4286573901',
  '2793806415',
  '7046913258',
]

/** Whether a SNOMED CT identifier has the form of one and the right check digit (Verhoeff; SNOMED CT release file specification, section 5.5). */
export const isSnomedIdentifier = (code: string): boolean => {
  if (!/^[1-9]\d{5,17}$/.test(code)) return false
  let check = 0
  for (const [place, digit] of [...code].reverse().entries()) {
    check = Number(DIHEDRAL[check]?.[Number(PERMUTATION[place % 8]?.[Number(digit)])])
  }
  return check === 0
}

/** Codes that must not be used: where they were published their meanings differ, or their form is wrong. */
export const REFUSED_CODES: ReadonlyMap<string, string> = new Map([
  ['845151000000104', 'is published as “not aware of a decision” and bound elsewhere to “decision unknown”'],
  ['819211000000102', 'is bound both to home and to the usual place of residence'],
  ['766391000000108', 'is bound both to the preferred place of death and to the preferred place of care'],
  ['62961000000108', 'fails its check digit'],
  ['313384009', 'belongs to an older set for the place of death, about which sources disagree'],
  ['184293009', 'belongs to an older set for the place of death, about which sources disagree'],
  ['313372007', 'belongs to an older set for the place of death, about which sources disagree'],
  ['184297005', 'belongs to an older set for the place of death, about which sources disagree'],
  ['184295002', 'belongs to an older set for the place of death, about which sources disagree'],
])
