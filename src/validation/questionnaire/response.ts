import type { QuestionnaireItem } from 'fhir/r4.js'
import { childrenNamed } from '../children.ts'
import type { Node } from '../invariants/invariant.ts'
import { type Check, expressionOf, findingAt, type Spot } from '../spot.ts'
import { checkAnswer } from './answer.ts'
import { allItems, answersOf, isEnabled, linkIdOf, type Scope } from './enabled.ts'
import { type Form, parentsOf } from './filled.ts'
import { isSound, itemsOf, questionnaireOf } from './find.ts'
import { occurrencesOf } from './item-extensions.ts'
import { checkExclusive } from './options.ts'
import { ownConstraints } from './own-constraints.ts'
import { checkPlaces, checkText } from './places.ts'
import { checkSubject } from './subject.ts'

const hasAnswer = (item: Spot): boolean =>
  answersOf(item).length > 0 || childrenNamed(item, 'item').some((child) => hasAnswer(child))

const checkGroup = (item: QuestionnaireItem, found: readonly Spot[], scope: Scope, form: Form): void => {
  const { run } = form
  for (const spot of found) {
    for (const answer of answersOf(spot))
      run.report(
        findingAt(answer, 'group-answered', 'structure', `An item of type ${item.type} has no answer of its own.`, {
          hint: 'Put answers into the items below it.',
        }),
      )
    const below = childrenNamed(spot, 'item')
    // A group of which nothing is there demands nothing of what is below it, as one that is not there.
    if (item.type === 'group' && below.length > 0) checkItems(spot, itemsOf(item), scope, form)
    if (item.type === 'display')
      for (const child of below)
        run.report(
          findingAt(child, 'item-misplaced', 'structure', `An item of type ${item.type} has no items below it.`, {
            hint: 'Move it to where the Questionnaire has it.',
          }),
        )
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
        // What it says is understood all the same.
        ...(item.repeats === true ? { severity: 'warning' } : {}),
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

const checkItem = (item: QuestionnaireItem, found: readonly Spot[], holder: Spot, scope: Scope, form: Form): void => {
  const { run } = form
  const isAsked = isEnabled(item, scope)
  if (isAsked === false) {
    const answered = found.find(hasAnswer)
    if (answered !== undefined)
      run.report(
        findingAt(
          answered,
          'item-not-enabled',
          'structure',
          'The item is answered, and the other answers say that it is not asked.',
          {
            // While the form is filled in, what is asked still changes.
            ...(form.isInProgress ? { severity: 'warning' } : {}),
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
  // A group of which nothing is there is as good as none.
  const count = found.flatMap((spot) => (isGroup ? childrenNamed(spot, 'item').slice(0, 1) : answersOf(spot))).length
  const isWanted = form.isComplete && isAsked === true && item.type !== 'display'
  if (isWanted && count < least && (isRequired || count > 0)) {
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
  checkSubject(spot, questionnaire, run)
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
