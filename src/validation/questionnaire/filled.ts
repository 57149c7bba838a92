import type { Questionnaire, QuestionnaireItem } from 'fhir/r4.js'
import type { Run } from '../spot.ts'
import type { Scope } from './enabled.ts'
import { itemsOf } from './find.ts'

/** A form as it is filled in: what it asks, and what is known of the response as a whole. */
export type Form = Readonly<{
  run: Run
  questionnaire: Questionnaire
  all: Scope['all']
  /** Where each linkId of the form stands: the linkId of the item that it is below. */
  parents: ReadonlyMap<string, string | undefined>
  isComplete: boolean
  isInProgress: boolean
}>

/** Where each linkId stands among these items and below them. */
export const parentsOf = (
  items: readonly QuestionnaireItem[],
  parent: string | undefined,
  into: Map<string, string | undefined>,
) => {
  for (const item of items) {
    into.set(item.linkId, parent)
    parentsOf(itemsOf(item), item.linkId, into)
  }
  return into
}
