import type { CarePlan } from 'fhir/r4.js'
import { EXTENSION, type OverallFocus, SYSTEM } from '../codes.ts'
import { activePlan, codeIn, extension, type PersonRecord } from '../person.ts'
import { recordedText } from './attribution.ts'
import { type Markup, paragraph, strong } from './narrative.ts'
import { shownWho } from './people.ts'
import { sentence, shownText } from './plain-text.ts'
import { FOCUS_WORDING, worded } from './wording.ts'

/** What the emergency-care plan itself carries for a crew: its overall focus and the shared understanding (ReSPECT 4 and 2). */
export type ReadFocus = Readonly<{
  plan: CarePlan
  focus: OverallFocus | undefined
  focusText: string | undefined
  sharedUnderstanding: string | undefined
  /** Special notes, each with its own date and author where it has them. */
  notes: readonly Readonly<{ text: string; on: string | undefined; by: string | undefined }>[]
  recordedOn: string | undefined
  recordedBy: string | undefined
}>

/** Undefined where no emergency-care plan is active. */
export const readFocus = (person: PersonRecord): ReadFocus | undefined => {
  const plan = activePlan(person, 'emergency-care')
  if (plan === undefined) return undefined
  const concept = extension(plan, EXTENSION.overallFocus)?.valueCodeableConcept
  return {
    plan,
    focus: codeIn(concept, SYSTEM.overallFocus) as OverallFocus | undefined,
    focusText: shownText(concept?.text),
    sharedUnderstanding: shownText(extension(plan, EXTENSION.sharedUnderstanding)?.valueString),
    notes: (plan.note ?? []).flatMap(({ text, time, authorString, authorReference }) => {
      const shown = shownText(text)
      const by = shownWho(person, authorReference) ?? shownText(authorString) ?? shownWho(person, plan.author)
      return shown === undefined ? [] : [{ text: shown, on: time ?? plan.created ?? plan.period?.start, by }]
    }),
    recordedOn: plan.created ?? plan.period?.start,
    recordedBy: shownWho(person, plan.author),
  }
}

const source = ({ recordedOn, recordedBy }: ReadFocus): Markup =>
  paragraph(recordedText(recordedOn, recordedBy), 'source')

export const focusNarrative = (read: ReadFocus | undefined): Markup[] =>
  read?.focus === undefined
    ? []
    : [
        paragraph(strong(sentence(worded(FOCUS_WORDING, read.focus))), `decision ${read.focus}`),
        ...(read.focusText === undefined ? [] : [paragraph(sentence(read.focusText))]),
        source(read),
      ]

export const understandingNarrative = (read: ReadFocus | undefined): Markup[] => {
  if (read === undefined) return []
  return [
    ...(read.sharedUnderstanding === undefined ? [] : [paragraph(read.sharedUnderstanding), source(read)]),
    ...read.notes.flatMap(({ text, on, by }) => [
      paragraph([strong('Special note: '), text]),
      paragraph(recordedText(on, by), 'source'),
    ]),
  ]
}
