/** Whether a map leads from codes to codes that there are (http://hl7.org/fhir/R4/conceptmap.html). */
import { childOrSelf, childrenNamed } from '../../children.ts'
import { shownValue } from '../../findings/finding.ts'
import { type Check, findingAt, type Run, type Spot } from '../../spot.ts'
import { codesOf } from './concepts.ts'

const checkMapped = (spot: Spot, codes: ReadonlySet<string> | undefined, system: string, run: Run): void => {
  const { code } = spot.value as { code?: string }
  if (codes === undefined || code === undefined || codes.has(code)) return
  run.report(
    findingAt(
      childOrSelf(spot, 'code'),
      'code-unknown',
      'code-invalid',
      `The code system ${system} has no such code.`,
      {
        value: shownValue(code),
        expected: `a code of ${system}`,
        hint: 'Check its spelling and its case.',
      },
    ),
  )
}

/** The rules about a ConceptMap as a whole: that what it maps are codes of the systems that it names. */
export const checkConceptMap: Check = (spot, run) => {
  if (run.isBroken(spot)) return
  for (const group of childrenNamed(spot, 'group')) {
    const { source, target } = group.value as { source?: string; target?: string }
    const [from, to] = [codesOf(source, run), codesOf(target, run)]
    for (const element of childrenNamed(group, 'element')) {
      checkMapped(element, from, source ?? '', run)
      for (const mapped of childrenNamed(element, 'target')) checkMapped(mapped, to, target ?? '', run)
    }
  }
}
