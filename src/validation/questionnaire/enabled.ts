import type { QuestionnaireItem, QuestionnaireItemEnableWhen } from 'fhir/r4.js'
import { R4_MODEL } from '../../definitions/path-model.ts'
import { orderOf } from '../../fhir/fhirpath/fhirpath.ts'
import { childrenNamed } from '../children.ts'
import { isNode } from '../invariants/invariant.ts'
import type { Spot } from '../spot.ts'

/** The items of a response that stand together, and those around them; `all` has every item of the response by its linkId. */
export type Scope = Readonly<{
  items: readonly Spot[]
  around: Scope | undefined
  all: ReadonlyMap<unknown, readonly Spot[]>
}>

export const linkIdOf = ({ value }: Spot): unknown => (isNode(value) ? value['linkId'] : undefined)

/** The answers below an item, nested ones included. */
export const answersOf = (item: Spot): readonly Spot[] => childrenNamed(item, 'answer')

const below = (item: Spot): readonly Spot[] => [
  ...childrenNamed(item, 'item'),
  ...answersOf(item).flatMap((answer) => childrenNamed(answer, 'item')),
]

const within = (items: readonly Spot[], linkId: string): readonly Spot[] | undefined => {
  const here = items.filter((item) => linkIdOf(item) === linkId)
  if (here.length > 0) return here
  for (const item of items) {
    const found = within(below(item), linkId)
    if (found !== undefined) return found
  }
  return undefined
}

/** Every item below an element of a response, by its linkId. */
export const allItems = (holder: Spot, into = new Map<unknown, Spot[]>()): ReadonlyMap<unknown, readonly Spot[]> => {
  for (const item of childrenNamed(holder, 'item')) {
    const linkId = linkIdOf(item)
    const known = into.get(linkId)
    if (known === undefined) into.set(linkId, [item])
    else known.push(item)
    allItems(item, into)
    for (const answer of answersOf(item)) allItems(answer, into)
  }
  return into
}

/** The items of a question that are nearest: among those that stand together, else around them, and so on outwards. */
const nearest = (scope: Scope, linkId: string): readonly Spot[] => {
  const all = scope.all.get(linkId) ?? []
  if (all.length < 2) return all
  return nearestOfMany(scope, linkId)
}

const nearestOfMany = (scope: Scope, linkId: string): readonly Spot[] => {
  for (let at: Scope | undefined = scope; at !== undefined; at = at.around) {
    const found = within(at.items, linkId)
    if (found !== undefined) return found
  }
  return []
}

const ANSWER = R4_MODEL.properties('Questionnaire.item.enableWhen', 'answer')

const wantedBy = (condition: QuestionnaireItemEnableWhen) => {
  for (const { property, type } of ANSWER) {
    const value = (condition as unknown as Readonly<Record<string, unknown>>)[property]
    if (value !== undefined) return { value, type }
  }
  return undefined
}

/** Codings of one code; of its system where the condition names one. */
const isSameCoding = (found: unknown, wanted: unknown): boolean =>
  isNode(found) &&
  isNode(wanted) &&
  found['code'] === wanted['code'] &&
  (wanted['system'] === undefined || found['system'] === wanted['system'])

const isSameReference = (found: unknown, wanted: unknown): boolean =>
  isNode(found) && isNode(wanted) && found['reference'] === wanted['reference']

type Value = NonNullable<ReturnType<typeof wantedBy>>

const isEqual = (found: Spot, wanted: Value): boolean => {
  if (wanted.type === 'Coding') return isSameCoding(found.value, wanted.value)
  if (wanted.type === 'Reference') return isSameReference(found.value, wanted.value)
  return typeof wanted.value === 'boolean' ? found.value === wanted.value : orderOf(found, wanted, R4_MODEL) === 0
}

const ORDERS: Readonly<Record<string, (order: number) => boolean>> = {
  '>': (order) => order > 0,
  '<': (order) => order < 0,
  '>=': (order) => order >= 0,
  '<=': (order) => order <= 0,
}

/** True or false; undefined where it cannot be told. */
type Told = boolean | undefined

const holds = (condition: QuestionnaireItemEnableWhen, scope: Scope): Told => {
  const answers = nearest(scope, condition.question).flatMap(answersOf)
  const values = answers.flatMap((answer) => childrenNamed(answer, 'value'))
  const { operator } = condition
  if (operator === 'exists') return values.length > 0 === condition.answerBoolean
  const wanted = wantedBy(condition)
  if (wanted === undefined) return false
  if (operator === '=') return values.some((found) => isEqual(found, wanted))
  if (operator === '!=') {
    const differing = values.filter((found) => !isEqual(found, wanted)).length
    if (differing === values.length && differing > 0) return true
    // R4 asks that no answer is equal, which no answer at all is not either; others ask for one that differs.
    return values.length === 0 || differing > 0 ? undefined : false
  }
  return values.some((found) => {
    const order = orderOf(found, wanted, R4_MODEL)
    return order !== undefined && ORDERS[operator]?.(order) === true
  })
}

const ENABLE_WHEN_EXPRESSION = 'http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-enableWhenExpression'

/**
 * Whether an item of a Questionnaire is asked, by its `enableWhen` and what was answered; undefined where that cannot be told
 * (http://hl7.org/fhir/R4/questionnaire-definitions.html#Questionnaire.item.enableWhen).
 */
export const isEnabled = (
  { enableWhen = [], enableBehavior, extension = [] }: QuestionnaireItem,
  scope: Scope,
): Told => {
  if (extension.some(({ url }) => url === ENABLE_WHEN_EXPRESSION)) return undefined
  if (enableWhen.length === 0) return true
  const told = enableWhen.map((condition) => holds(condition, scope))
  const decides = enableBehavior === 'any'
  if (told.includes(decides)) return decides
  return told.includes(undefined) ? undefined : !decides
}
