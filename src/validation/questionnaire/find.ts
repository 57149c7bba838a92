import type { Questionnaire, QuestionnaireItem } from 'fhir/r4.js'
import { isError } from '../../fhir/outcome.ts'
import { entriesOf } from '../bundle/entry.ts'
import { childrenNamed } from '../children.ts'
import { isNode, type Node } from '../invariants/invariant.ts'
import { type Run, rootOf, type Spot } from '../spot.ts'
import { validateStructure } from '../validate.ts'

const isAt = (resource: Node, url: string, version: string | undefined): boolean =>
  resource['resourceType'] === 'Questionnaire' &&
  resource['url'] === url &&
  (version === undefined || resource['version'] === version)

/** In the Bundles around a resource. */
const inBundle = (response: Spot, canonical: string): Node | undefined => {
  const [url = '', version] = canonical.split('|')
  for (let at = response.parent; at !== undefined; at = at.parent) {
    if (at.type !== 'Bundle') continue
    for (const { resource, fullUrl } of entriesOf(at)) {
      if (!isNode(resource?.value)) continue
      if (isAt(resource.value, url, version) || (fullUrl === url && resource.type === 'Questionnaire'))
        return resource.value
    }
  }
  return undefined
}

const sound = new WeakMap<object, boolean>()

/** Whether a Questionnaire is one in its structure, so that responses can be held against it; looked at once. */
export const isSound = (questionnaire: Questionnaire): boolean => {
  const known = sound.get(questionnaire)
  if (known !== undefined) return known
  const found = !validateStructure(questionnaire).some(isError)
  sound.set(questionnaire, found)
  return found
}

/** The Questionnaire that a response answers: contained, in the same Bundle, or known; undefined where it is none of these. */
export const questionnaireOf = (response: Spot, canonical: string, run: Run): Questionnaire | undefined => {
  if (canonical.startsWith('#')) {
    const contained = childrenNamed(rootOf(response), 'contained').find(
      ({ value }) => isNode(value) && `#${String(value['id'])}` === canonical,
    )
    return contained?.type === 'Questionnaire' ? (contained.value as unknown as Questionnaire) : undefined
  }
  return (
    (inBundle(response, canonical) as unknown as Questionnaire | undefined) ?? run.definitions.questionnaire(canonical)
  )
}

/** The items directly below a Questionnaire or an item that are items; what else stands there is told with its structure. */
export const itemsOf = (
  holder: Readonly<{ item?: readonly QuestionnaireItem[] | undefined }>,
): readonly QuestionnaireItem[] =>
  Array.isArray(holder.item)
    ? holder.item.filter((item) => typeof (item as Partial<QuestionnaireItem> | null)?.linkId === 'string')
    : []
