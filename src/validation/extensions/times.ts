/** How often an extension may stand on one element: as often as the root of its definition says (http://hl7.org/fhir/R4/defining-extensions.html). */
import type { Engine } from '../engine.ts'
import { shownValue } from '../findings/finding.ts'
import { isNode } from '../invariants/invariant.ts'
import { findingAt, type Spot, spotBelow } from '../spot.ts'
import type { Kind } from './extensions.ts'

/** The most that a definition allows; undefined where it is not known or sets no bound. */
const mostOf = (url: string, engine: Engine): number | undefined => {
  const structure = engine.definitions.structure(url)
  const max = structure?.type === 'Extension' ? structure.snapshot?.element[0]?.max : undefined
  return max === undefined || max === '*' ? undefined : Number(max)
}

/** Reports the extensions of one element that stand there more often than their definitions allow, each at the first that is too many. */
export const checkTimes = (items: readonly unknown[], parent: Spot, kind: Kind, engine: Engine): void => {
  const times = new Map<string, number>()
  items.forEach((item, index) => {
    const url = isNode(item) ? item['url'] : undefined
    if (typeof url !== 'string') return
    const before = times.get(url) ?? 0
    times.set(url, before + 1)
    if (before === 0 || mostOf(url, engine) !== before) return
    engine.report(
      findingAt(
        spotBelow(parent, kind, index, 'Extension', item),
        'extension-too-often',
        'structure',
        `The extension ${url} stands here more often than its definition allows.`,
        {
          // The standard has no sentence on what a definition's own bound is worth where no profile repeats it.
          severity: 'warning',
          value: shownValue(url),
          expected: `at most ${before}`,
          profile: url,
          hint: 'Keep the one that is meant.',
        },
      ),
    )
  })
}
