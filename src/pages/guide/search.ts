import type { CodeSystem, CodeSystemConcept } from 'fhir/r4.js'
import { escapeText } from '../../plan/summary/narrative.ts'
import { linkTo, type Up } from './layout.ts'
import { definitionsOfType, extensions, profiles, titleOf } from './library.ts'
import { addressOf } from './say.ts'
import { SAYINGS } from './sayings.ts'

type Entry = Readonly<{
  path: string
  kind: string
  title: string
  about: string
  words: readonly string[]
  weight: number
}>

/** Words that say nothing about what is looked for. */
const EMPTY = new Set(
  'a an and at be by do for from has have her his how i in is it my of on or say she he that the their to was what when where which who with'.split(
    ' ',
  ),
)
const MOST = 15

/** The words of a text without their endings, as far as that needs no dictionary. */
const wordsOf = (text: string): string[] =>
  text
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== '' && !EMPTY.has(word))
    .map((word) => word.replace(/(?:ies|es|s|ed|ing)$/, '') || word)

const entry = (path: string, kind: string, title: string, about: string, more = '', weight = 1): Entry => ({
  path,
  kind,
  title,
  about,
  words: [...new Set(wordsOf(`${title} ${about} ${more}`))],
  weight,
})

const concepts = (list: readonly CodeSystemConcept[]): CodeSystemConcept[] =>
  list.flatMap((one) => [one, ...concepts(one.concept ?? [])])

const makeIndex = (): readonly Entry[] => [
  ...SAYINGS.map((saying) => entry(`say/${addressOf(saying)}`, 'how to say it', saying.say, '', saying.also, 3)),
  ...[...profiles(), ...extensions()].map((one) =>
    entry(`StructureDefinition/${one.id}`, 'profile or extension', titleOf(one), one.description ?? '', one.id, 1.5),
  ),
  ...definitionsOfType('OperationDefinition').map((one) =>
    entry(`OperationDefinition/${one.id}`, 'operation', titleOf(one), one.description ?? '', one.id),
  ),
  ...definitionsOfType('Questionnaire').map((one) =>
    entry(`Questionnaire/${one.id}`, 'form', titleOf(one), one.description ?? '', one.id),
  ),
  ...definitionsOfType('ValueSet').map((one) =>
    entry(`ValueSet/${one.id}`, 'value set', titleOf(one), one.description ?? '', one.id),
  ),
  ...definitionsOfType('ConceptMap').map((one) =>
    entry(`ConceptMap/${one.id}`, 'map between codes', titleOf(one), one.description ?? '', one.id),
  ),
  ...definitionsOfType('SearchParameter').map((one) =>
    entry(`SearchParameter/${one.id}`, 'search parameter', titleOf(one), one.description ?? '', one.id),
  ),
  ...definitionsOfType('CodeSystem').flatMap((one) =>
    concepts((one as unknown as CodeSystem).concept ?? []).map(({ code, display = code, definition = '' }) =>
      entry(`CodeSystem/${one.id}`, `code ${code} of ${titleOf(one)}`, display, definition, code),
    ),
  ),
]

let index: readonly Entry[] | undefined

/** What was found, the best first; a word that few have counts more. */
export const find = (query: string): readonly Entry[] => {
  index ??= makeIndex()
  const all = index
  const wanted = [...new Set(wordsOf(query.slice(0, 200)))]
  const has = ({ words }: Entry, word: string): boolean => words.some((one) => one.startsWith(word))
  const worth = new Map(
    wanted.map((word) => [word, Math.log(1 + all.length / (1 + all.filter((one) => has(one, word)).length))]),
  )
  return all
    .map((one) => {
      const met = wanted.filter((word) => has(one, word))
      const sum = met.reduce((so, word) => so + (worth.get(word) ?? 0), 0)
      // What has all of the words comes before what has one of them that is rare.
      return { one, score: (one.weight * sum * met.length) / wanted.length }
    })
    .filter(({ score }) => score > 0)
    .toSorted((a, b) => b.score - a.score)
    .slice(0, MOST)
    .map(({ one }) => one)
}

export const resultsHtml = (up: Up, query: string): string => {
  const found = find(query)
  if (found.length === 0)
    return `<h2>Nothing was found</h2><p>Nothing in the guide has these words. Try fewer, or others.</p>`
  return `<h2>Found</h2><ul class="found">${found
    .map(
      ({ path, kind, title, about }) =>
        `<li>${linkTo(up, path, title)} <span class="soft">${escapeText(kind)}</span><p>${escapeText(about.length > 200 ? `${about.slice(0, 200)}…` : about)}</p></li>`,
    )
    .join('\n')}</ul>`
}
