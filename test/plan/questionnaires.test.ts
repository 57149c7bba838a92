import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, test } from '@jest/globals'
import type {
  CodeSystem,
  Coding,
  QuestionnaireItem,
  QuestionnaireResponse,
  QuestionnaireResponseItem,
} from 'fhir/r4.js'
import type { FhirResource } from '../../src/fhir/resource.ts'
import { BASE, INTERVENTIONS, QUESTIONNAIRE } from '../../src/plan/codes.ts'
import { extractResponse } from '../../src/plan/extract.ts'
import { KEY_INFORMATION } from '../../src/plan/key-information.ts'
import { PEOPLE, QUESTIONNAIRES, questionnaireOf, responsesOf } from './people.ts'

const allItems = (items: readonly QuestionnaireItem[] = []): QuestionnaireItem[] =>
  items.flatMap((item) => [item, ...allItems(item.item)])
const ITEMS = QUESTIONNAIRES.flatMap((questionnaire) =>
  allItems(questionnaire.item).map((item) => ({
    questionnaire: questionnaire.url as string,
    linkId: item.linkId,
    item,
  })),
)
const QUESTIONS = ITEMS.filter(({ item }) => item.type !== 'group')

const allAnswers = (items: readonly QuestionnaireResponseItem[] = []): { linkId: string; value: unknown }[] =>
  items.flatMap((item) => [
    ...(item.answer ?? []).map((answer) => ({ linkId: item.linkId, value: Object.values(answer)[0] as unknown })),
    ...allAnswers(item.item),
  ])

const DECLINED = {
  valueCoding: { system: 'http://terminology.hl7.org/CodeSystem/data-absent-reason', code: 'asked-declined' },
}

/** Nothing that is valued and no place: two questions that no synthetic person declines to answer. */
const declined = (response: QuestionnaireResponse): QuestionnaireResponse => ({
  ...response,
  item: [
    ...(response.item ?? []).filter((item) => item.linkId !== 'value' && item.linkId !== 'place-of-care'),
    { linkId: 'value-absent', answer: [DECLINED] },
    { linkId: 'place-of-care', item: [{ linkId: 'place-of-care.absent', answer: [DECLINED] }] },
  ],
})

const RESPONSES = [...PEOPLE.flatMap(responsesOf), declined(responsesOf('margaret')[0] as QuestionnaireResponse)]

const childrenOf = (value: unknown): unknown[] =>
  typeof value === 'object' && value !== null ? Object.values(value) : []
const anywhere = (value: unknown, wanted: (node: Record<string, unknown>) => boolean): unknown[] => [
  ...(typeof value === 'object' && value !== null && wanted(value as Record<string, unknown>) ? [value] : []),
  ...childrenOf(value).flatMap((child) => anywhere(child, wanted)),
]

/** One step of an element path: `name`, a choice such as `value[x]`, or the part `extension:name` of an extension. */
const step = (value: unknown, name: string): unknown[] => {
  const nodes = (Array.isArray(value) ? value : [value]) as Record<string, unknown>[]
  const [property, part] = name.split(':') as [string, string?]
  const wanted = (key: string): boolean =>
    property.endsWith('[x]') ? key.startsWith(property.slice(0, -3)) : key === property
  return nodes
    .flatMap((node) => Object.entries(node).flatMap(([key, child]) => (wanted(key) ? [child].flat() : [])))
    .filter((child) => part === undefined || (child as { url?: string }).url === part)
}

/** What stands at the elements that an `item.definition` names (http://hl7.org/fhir/R4/questionnaire-definitions.html#Questionnaire.item.definition). */
const at = (resources: readonly FhirResource[], definition: string): unknown[] => {
  const [url, path] = definition.split('#') as [string, string]
  const [type, ...names] = path.split('.')
  const found =
    type === 'Extension'
      ? anywhere(resources, (node) => node['url'] === url)
      : resources.filter((resource) => resource.resourceType === type && resource.meta?.profile?.includes(url) === true)
  return names.reduce<unknown[]>((values, name) => values.flatMap((value) => step(value, name)), found)
}

/** Whether an answer stands in an element: its code where it is a choice, its words where they are part of a longer text. */
const holds = (element: unknown, answer: unknown): boolean => {
  if (answer === true && typeof element === 'object') return true
  const wanted = typeof answer === 'object' ? (answer as Coding).code : answer
  return anywhere([element], (node) => Object.values(node).some((value) => isSame(value, wanted))).length > 0
}
const isSame = (value: unknown, wanted: unknown): boolean =>
  value === wanted ||
  (typeof value === 'string' && typeof wanted === 'string' && value.toLowerCase().includes(wanted.toLowerCase()))

describe('the Questionnaires', () => {
  test('are the two that codes.ts names', () => {
    expect(QUESTIONNAIRES.map((questionnaire) => questionnaire.url)).toEqual(Object.values(QUESTIONNAIRE))
  })

  test.each(QUESTIONNAIRES)('$id: no linkId twice, and each below its group by name', (questionnaire) => {
    const linkIds = allItems(questionnaire.item).map((item) => item.linkId)
    expect(linkIds.toSorted()).toEqual([...new Set(linkIds)].toSorted())
    for (const group of allItems(questionnaire.item).filter((item) => item.type === 'group')) {
      expect(group.item?.filter((item) => !item.linkId.startsWith(`${group.linkId}.`)) ?? []).toEqual([])
    }
  })

  test('use of enableWhen only what extraction understands: exists, and = and != on a code', () => {
    const conditions = ITEMS.flatMap(({ item }) => item.enableWhen ?? [])
    expect(conditions.length).toBeGreaterThan(0)
    for (const condition of conditions) {
      const answer = condition.operator === 'exists' ? condition.answerBoolean : condition.answerCoding
      expect({ operator: ['exists', '=', '!='].includes(condition.operator), answered: answer !== undefined }).toEqual({
        operator: true,
        answered: true,
      })
      expect(QUESTIONS.map(({ linkId }) => linkId)).toContain(condition.question)
    }
  })

  test('offer of local codes only those of the code systems, with the same words', () => {
    const options = QUESTIONS.flatMap(({ item }) => item.answerOption ?? []).flatMap(
      (option) => option.valueCoding ?? [],
    )
    const local = options.filter((option) => option.system?.startsWith(BASE))
    expect(local.length).toBeGreaterThan(40)
    for (const { system, code, display } of local) {
      const file = new URL(`../../profiles/package/CodeSystem-${system?.split('/').at(-1)}.json`, import.meta.url)
      expect({ system, defined: existsSync(file) }).toEqual({ system, defined: true })
      const concepts = (JSON.parse(readFileSync(file, 'utf8')) as CodeSystem).concept
      expect({ system, code, display }).toEqual({
        system,
        code,
        display: concepts?.find((concept) => concept.code === code)?.display,
      })
    }
  })

  test('ask for every item that the Key Information Summary asks for, below its section, in its order', () => {
    const sections = Object.keys(KEY_INFORMATION)
    const asked = QUESTIONS.filter(({ linkId }) => sections.includes(linkId.split('.')[0] as string))
    expect(asked.map(({ linkId }) => linkId)).toEqual(
      Object.entries(KEY_INFORMATION).flatMap(([section, items]) => items.map(({ code }) => `${section}.${code}`)),
    )
  })

  test('offer every intervention but CPR, which has a section of its own (RSP-1)', () => {
    const kind = QUESTIONS.find(({ linkId }) => linkId === 'intervention.kind')?.item
    expect(kind?.answerOption?.map((option) => option.valueCoding)).toEqual(
      INTERVENTIONS.filter(({ name }) => name !== 'cpr').map(({ system, code, display }) => ({
        system,
        code,
        display,
      })),
    )
  })
})

describe('what the Questionnaires say of their answers', () => {
  const proven = new Set<string>()

  test.each(RESPONSES.map((response, index) => ({ index, response })))(
    'response $index: each answer stands at its item.definition',
    ({ response }) => {
      const questionnaire = questionnaireOf(response)
      const items = new Map(allItems(questionnaire.item).map((item) => [item.linkId, item]))
      const resources = extractResponse(response, questionnaire)
        .map((entry) => entry.resource)
        .filter((resource) => resource.resourceType !== 'QuestionnaireResponse')
      const missing = allAnswers(response.item).filter(({ linkId, value }) => {
        const definition = items.get(linkId)?.definition
        if (definition === undefined || value === false) return false
        proven.add(`${questionnaire.url}#${linkId}`)
        return !at(resources, definition).some((element) => holds(element, value))
      })
      expect(missing).toEqual([])
    },
  )

  test('every question was answered, and becomes an element', () => {
    const open = QUESTIONS.filter(({ questionnaire, linkId }) => !proven.has(`${questionnaire}#${linkId}`))
    expect(open.map(({ linkId }) => linkId)).toEqual([])
  })
})
