import type { Questionnaire, QuestionnaireItem } from 'fhir/r4.js'
import { childrenNamed } from '../children.ts'
import type { Node } from '../invariants/invariant.ts'
import { type Check, expressionOf, findingAt, type Run, type Spot } from '../spot.ts'
import { checkAnswer, checkExclusive, occurrencesOf } from './answer.ts'
import { allItems, answersOf, isEnabled, linkIdOf, type Scope } from './enabled.ts'
import { isSound, itemsOf, questionnaireOf } from './find.ts'
import { ownConstraints } from './own-constraints.ts'

type Form = Readonly<{
  run: Run
  questionnaire: Questionnaire
  all: Scope['all']
  /** Where each linkId of the form stands: the linkId of the item that it is below. */
  parents: ReadonlyMap<string, string | undefined>
  isComplete: boolean
  isInProgress: boolean
}>

const parentsOf = (
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

const hasAnswer = (item: Spot): boolean =>
  answersOf(item).length > 0 || childrenNamed(item, 'item').some((child) => hasAnswer(child))

/** Items that the form does not ask here, and those that stand in another order than the form has them. */
const checkPlaces = (items: readonly Spot[], asked: readonly QuestionnaireItem[], form: Form): void => {
  const order = new Map(asked.map(({ linkId }, index) => [linkId, index]))
  let last = -1
  for (const item of items) {
    const linkId = linkIdOf(item)
    const index = typeof linkId === 'string' ? order.get(linkId) : undefined
    if (index === undefined) {
      const isElsewhere = typeof linkId === 'string' && form.parents.has(linkId)
      const text = isElsewhere
        ? 'The form asks this elsewhere: the item stands below another than in the Questionnaire.'
        : 'The Questionnaire has no item with this linkId.'
      form.run.report(
        findingAt(item, isElsewhere ? 'item-misplaced' : 'item-unknown', 'structure', text, {
          hint: isElsewhere
            ? 'Move it below the item that it belongs to.'
            : 'Correct the linkId, or leave the item out.',
        }),
      )
    } else if (index < last) {
      form.run.report(
        findingAt(
          item,
          'item-order',
          'structure',
          'Items stand in the order of the Questionnaire; this one comes too late.',
        ),
      )
    } else last = index
  }
}

const checkGroup = (item: QuestionnaireItem, found: readonly Spot[], scope: Scope, form: Form): void => {
  const { run } = form
  for (const spot of found) {
    for (const answer of answersOf(spot))
      run.report(
        findingAt(answer, 'group-answered', 'structure', `An item of type ${item.type} has no answer of its own.`, {
          hint: 'Put answers into the items below it.',
        }),
      )
    if (item.type === 'group') checkItems(spot, itemsOf(item), scope, form)
  }
}

const checkQuestion = (
  item: QuestionnaireItem,
  found: readonly Spot[],
  most: number,
  scope: Scope,
  form: Form,
): void => {
  const { run } = form
  const [, second] = found
  if (second !== undefined)
    run.report(
      findingAt(second, 'question-repeated', 'structure', 'A question stands once, with all its answers in it.', {
        hint: 'Move its answers to the first item of this linkId.',
      }),
    )
  const answers = found.flatMap(answersOf)
  const extra = answers[most]
  if (extra !== undefined)
    run.report(
      findingAt(
        extra,
        'answer-repeated',
        'structure',
        `The question takes ${most} answer${most === 1 ? '' : 's'}, and has ${answers.length}.`,
      ),
    )
  checkExclusive(answers, item, run)
  for (const answer of answers) {
    checkAnswer(answer, item, form.questionnaire, run)
    checkItems(answer, itemsOf(item), scope, form)
  }
  for (const spot of found)
    for (const child of childrenNamed(spot, 'item'))
      run.report(
        findingAt(child, 'item-misplaced', 'structure', 'Items below a question stand in its answer.', {
          hint: 'Move it into answer.item.',
        }),
      )
}

const byLinkIdOf = (items: readonly Spot[]): ReadonlyMap<unknown, readonly Spot[]> => {
  const found = new Map<unknown, Spot[]>()
  for (const item of items) {
    const known = found.get(linkIdOf(item))
    if (known === undefined) found.set(linkIdOf(item), [item])
    else known.push(item)
  }
  return found
}

/** If an item has a text, it is that of the question: an answer to other words is another answer. */
const checkText = (item: QuestionnaireItem, found: readonly Spot[], { run }: Form): void => {
  for (const spot of found) {
    const text = (spot.value as Node)['text']
    if (typeof text !== 'string' || item.text === undefined || text === item.text) continue
    run.report(
      findingAt(
        spot,
        'item-text',
        'invalid',
        'The text of the item is not that of the Questionnaire, so other words may have been answered.',
        {
          expected: item.text,
          hint: 'Repeat the text of the Questionnaire, or leave it out.',
        },
      ),
    )
  }
}

const checkItem = (item: QuestionnaireItem, found: readonly Spot[], holder: Spot, scope: Scope, form: Form): void => {
  const { run } = form
  if (!isEnabled(item, scope)) {
    const answered = found.find(hasAnswer)
    if (answered !== undefined && !form.isInProgress)
      run.report(
        findingAt(
          answered,
          'item-not-enabled',
          'structure',
          'The item is answered, and the other answers say that it is not asked.',
          {
            hint: 'Leave its answer out, or correct the answer that it depends on.',
          },
        ),
      )
    return
  }
  checkText(item, found, form)
  const own = ownConstraints(item)
  for (const spot of found) own?.(spot, run)
  const { isRequired, least, most } = occurrencesOf(item)
  const isGroup = item.type === 'group' || item.type === 'display'
  const count = isGroup ? found.length : found.flatMap(answersOf).length
  if (form.isComplete && item.type !== 'display' && count < least && (isRequired || count > 0)) {
    const times = least > 1 ? ` ${least} times` : ''
    run.report(
      findingAt(
        found[0] ?? holder,
        'answer-missing',
        'required',
        `The item ${item.linkId} must be answered${times} in a completed form.`,
        {
          expected: `an item with the linkId ${item.linkId} and ${isGroup ? 'items below it' : 'an answer'}`,
          hint: 'Answer it, or send the form with the status in-progress.',
        },
      ),
    )
  }
  if (!isGroup) {
    checkQuestion(item, found, most, scope, form)
    return
  }
  const extra = found[most]
  if (extra !== undefined)
    run.report(
      findingAt(
        extra,
        'group-repeated',
        'structure',
        `The group stands at most ${most === 1 ? 'once' : `${most} times`}.`,
      ),
    )
  checkGroup(item, found, scope, form)
}

/** The items below an item, an answer or the response itself against those that the form has there. */
const checkItems = (holder: Spot, asked: readonly QuestionnaireItem[], around: Scope | undefined, form: Form): void => {
  const items = childrenNamed(holder, 'item')
  const scope: Scope = { items, around, all: form.all }
  checkPlaces(items, asked, form)
  const byLinkId = byLinkIdOf(items)
  for (const item of asked) checkItem(item, byLinkId.get(item.linkId) ?? [], holder, scope, form)
}

/**
 * A QuestionnaireResponse against the Questionnaire that it answers (http://hl7.org/fhir/R4/questionnaireresponse.html#notes), where that is known;
 * where it is not, a warning says that nothing was checked.
 */
export const checkResponse: Check = (spot, run) => {
  const { questionnaire: canonical, status } = spot.value as Node
  if (typeof canonical !== 'string') return
  const questionnaire = questionnaireOf(spot, canonical, run)
  if (questionnaire === undefined || !isSound(questionnaire)) {
    const [key, why, hint] =
      questionnaire === undefined
        ? [
            'questionnaire-unknown',
            'is not known',
            'Load the package that has it, or send it contained or in the same Bundle.',
          ]
        : ['questionnaire-broken', 'has errors in its structure', 'Mend the Questionnaire first.']
    run.report(
      findingAt(
        spot,
        key,
        'not-found',
        `The Questionnaire ${canonical} ${why}, so the answers were not held against it.`,
        {
          severity: 'warning',
          expression: `${expressionOf(spot)}.questionnaire`,
          hint,
        },
      ),
    )
    return
  }
  ownConstraints(questionnaire)?.(spot, run)
  checkItems(spot, itemsOf(questionnaire), undefined, {
    run,
    questionnaire,
    all: allItems(spot),
    parents: parentsOf(itemsOf(questionnaire), undefined, new Map()),
    isComplete: status === 'completed' || status === 'amended',
    isInProgress: status === 'in-progress',
  })
}
