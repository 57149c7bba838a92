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
