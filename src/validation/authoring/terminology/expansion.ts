/** Whether what a value set was expanded to can be so (http://hl7.org/fhir/R4/valueset.html#expansion). */
import type { ValueSetExpansion, ValueSetExpansionContains } from 'fhir/r4.js'
import { childOrSelf, childrenNamed } from '../../children.ts'
import { type Check, findingAt, type Run, type Spot } from '../../spot.ts'
import { checkSystem } from '../../values/datatypes.ts'
import { checkListed } from './concepts.ts'

/** Everything that is listed, each before what stands below it. */
const listedIn = (holder: Spot, into: Spot[] = []): readonly Spot[] => {
  for (const one of childrenNamed(holder, 'contains')) {
    into.push(one)
    listedIn(one, into)
  }
  return into
}

/** A code that is listed, as against a heading above others; one that stands in two places of a hierarchy is one. */
const keyOf = ({ value }: Spot): readonly string[] => {
  const { abstract, code, system, version } = value as ValueSetExpansionContains
  return code === undefined || abstract === true ? [] : [JSON.stringify([system, version, code])]
}

/** There are at least as many codes as are listed; headings may be counted or not. */
const checkTotal = (expansion: Spot, listed: readonly Spot[], run: Run): void => {
  const { total, offset = 0 } = expansion.value as ValueSetExpansion
  const codes = new Set(listed.flatMap(keyOf)).size
  if (total === undefined || codes === 0 || offset + codes <= total) return
  run.report(
    findingAt(
      childOrSelf(expansion, 'total'),
      'expansion-total',
      'value',
      `With the ${codes} codes that are listed here there are at least ${offset + codes} in all.`,
      {
        severity: 'warning',
        value: String(total),
        expected: `${offset + codes} or more`,
        hint: 'Correct the total, or leave it out; check the offset.',
      },
    ),
  )
}

/** The codes of an expansion are codes of their systems, and no more than it says that there are. */
export const checkExpansion: Check = (expansion, run) => {
  const listed = listedIn(expansion)
  for (const one of listed) {
    const { code, system, version } = one.value as ValueSetExpansionContains
    const known = system === undefined ? undefined : run.definitions.codeSystem(system)
    if (known === undefined) checkSystem(one, run)
    else if (code !== undefined) checkListed(one, code, known, version, run)
  }
  checkTotal(expansion, listed, run)
}
