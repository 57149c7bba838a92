/** Whether a GraphDefinition leads from resource to resource (http://hl7.org/fhir/R4/graphdefinition.html). */
import type { GraphDefinition, GraphDefinitionLinkTarget } from 'fhir/r4.js'
import { childrenNamed } from '../children.ts'
import type { Check, Run, Spot } from '../spot.ts'
import { checkExpression } from './expression.ts'
import { checkProfileOf } from './profile-of.ts'

const checkLinks = (holder: Spot, on: string, run: Run): void => {
  for (const link of childrenNamed(holder, 'link')) {
    for (const path of childrenNamed(link, 'path'))
      checkExpression(
        path,
        { text: String(path.value), on: [on], what: 'The path of the link', key: 'graph-path' },
        run,
      )
    for (const target of childrenNamed(link, 'target')) {
      const { type } = target.value as GraphDefinitionLinkTarget
      for (const profile of childrenNamed(target, 'profile')) checkProfileOf(profile, type, run)
      checkLinks(target, type, run)
    }
  }
}

/** The rules about a GraphDefinition as a whole: that its paths are there, from each type on. */
export const checkGraphDefinition: Check = (spot, run) => {
  if (run.isBroken(spot)) return
  checkLinks(spot, (spot.value as GraphDefinition).start, run)
}
