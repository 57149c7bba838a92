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

const isSameCoding = (left: unknown, right: unknown): boolean =>
  isNode(left) && isNode(right) && left['code'] === right['code'] && left['system'] === right['system']

const ORDERS: Readonly<Record<string, (order: number) => boolean>> = {
  '=': (order) => order === 0,
  '!=': (order) => order !== 0,
  '>': (order) => order > 0,
  '<': (order) => order < 0,
  '>=': (order) => order >= 0,
  '<=': (order) => order <= 0,
}

const holds = (condition: QuestionnaireItemEnableWhen, scope: Scope): boolean => {
  const answers = nearest(scope, condition.question).flatMap(answersOf)
  const values = answers.flatMap((answer) => childrenNamed(answer, 'value'))
  const { operator } = condition
  if (operator === 'exists') return values.length > 0 === condition.answerBoolean
  const wanted = wantedBy(condition)
  return values.some((found) => {
    if (wanted === undefined) return false
    if (wanted.type === 'Coding' || wanted.type === 'Reference') {
      const isSame =
        wanted.type === 'Coding'
          ? isSameCoding(found.value, wanted.value)
          : isNode(found.value) && found.value['reference'] === (wanted.value as { reference?: string }).reference
      return operator === '=' ? isSame : operator === '!=' && !isSame
    }
    if (typeof wanted.value === 'boolean')
      return operator === '=' ? found.value === wanted.value : operator === '!=' && found.value !== wanted.value
    const order = orderOf(found, wanted, R4_MODEL)
    return order !== undefined && ORDERS[operator]?.(order) === true
  })
}

/**
 * Whether an item of a Questionnaire is asked, by its `enableWhen` and what was answered
 * (http://hl7.org/fhir/R4/questionnaire-definitions.html#Questionnaire.item.enableWhen).
 */
export const isEnabled = ({ enableWhen = [], enableBehavior }: QuestionnaireItem, scope: Scope): boolean => {
  if (enableWhen.length === 0) return true
  return enableBehavior === 'any'
    ? enableWhen.some((condition) => holds(condition, scope))
    : enableWhen.every((condition) => holds(condition, scope))
}
