import type { Coding, Observation } from 'fhir/r4.js'
import { EXTENSION, OBSERVATION, PROFILE, SYSTEM, type WhatMattersKind } from '../codes.ts'
import { type Answers, code, coding, date, group, groups, integer, text, texts } from './answers.ts'
import { draftPlan } from './care-plan.ts'
import { consent } from './consent.ts'
import { contact } from './contact.ts'
import { type Captured, type Entry, entry, referenceTo } from './entry.ts'
import { valueExtension } from './extensions.ts'

/** In the order in which the form asks about them. */
export const KINDS: readonly WhatMattersKind[] = ['value', 'fear', 'hope']

const dayOf = ({ answers }: Captured): string | undefined => date(group(answers, 'conversation'), 'conversation.date')

const goal = (captured: Captured, kind: WhatMattersKind, answers: Answers, part: string): Entry => {
  const absent = code(answers, `${kind}-absent`)
  return entry(captured.fullUrl(part), {
    resourceType: 'Goal',
    meta: { profile: [PROFILE.goal] },
    extension: [
      ...valueExtension(EXTENSION.importance, 'valueInteger', integer(answers, `${kind}.importance`)),
      ...valueExtension(EXTENSION.confidence, 'valueInteger', integer(answers, `${kind}.confidence`)),
    ],
    lifecycleStatus: 'active',
    category: [{ coding: [{ system: SYSTEM.whatMatters, code: kind }] }],
    description: {
      extension: valueExtension(EXTENSION.dataAbsentReason, 'valueCode', absent),
      text: text(answers, `${kind}.words`),
    },
    subject: captured.subject,
    startDate: dayOf(captured),
    expressedBy: captured.subject,
  })
}

/** A Goal for each thing that was said; where nothing was, one that says why, if that was given. */
const goals = (captured: Captured): Entry[] =>
  KINDS.flatMap((kind) => [
    ...groups(captured.answers, kind).map((answers) => goal(captured, kind, answers, answers.name)),
    ...(code(captured.answers, `${kind}-absent`) === undefined
      ? []
      : [goal(captured, kind, captured.answers, `${kind}-absent`)]),
  ])

/** Own words stand in the note; where no place was named beside them, they are the place as well. */
const place = (captured: Captured, linkId: string, concept: Coding): Entry[] => {
  const answers = group(captured.answers, linkId)
  const absent = coding(answers, `${linkId}.absent`)
  const chosen = coding(answers, `${linkId}.place`)
  const words = text(answers, `${linkId}.words`)
  const inWords = text(answers, `${linkId}.place`) ?? (absent === undefined && chosen === undefined ? words : undefined)
  if (chosen === undefined && inWords === undefined && absent === undefined) return []
  const observation: Observation = {
    resourceType: 'Observation',
    meta: { profile: [PROFILE.place] },
    status: 'final',
    code: { coding: [concept] },
    subject: captured.subject,
    effectiveDateTime: dayOf(captured),
    performer: [captured.subject],
    valueCodeableConcept:
      absent === undefined ? { coding: chosen === undefined ? [] : [chosen], text: inWords } : undefined,
    dataAbsentReason: absent === undefined ? undefined : { coding: [absent] },
    note: words === undefined ? [] : [{ text: words }],
  }
  return [entry(captured.fullUrl(linkId), observation)]
}

const sharing = (captured: Captured): Entry =>
  entry(captured.fullUrl('sharing'), {
    ...consent(captured, 'sharing-decision', dayOf(captured)),
    extension: valueExtension(
      EXTENSION.sharingDecision,
      'valueCode',
      code(group(captured.answers, 'sharing'), 'sharing.decision'),
    ),
    performer: [captured.subject],
  })

/** The plan in the person's own words, its goals, preferred places and contacts, and the sharing decision, which is no part of the plan. */
export const whatMatters = (captured: Captured): Entry[] => {
  const conversation = group(captured.answers, 'conversation')
  const said = goals(captured)
  const about = [
    ...place(captured, 'place-of-care', OBSERVATION.placeOfCare),
    ...place(captured, 'place-of-death', OBSERVATION.placeOfDeath),
    ...groups(captured.answers, 'contact').map((answers) => contact(captured, answers, 'contact')),
  ]
  const plan = entry(captured.fullUrl('plan'), {
    ...draftPlan(captured, 'what-matters', dayOf(captured)),
    author: captured.subject,
    contributor: texts(conversation, 'conversation.helper').map((display) => ({ display })),
    supportingInfo: [...about.map(referenceTo), captured.source],
    goal: said.map(referenceTo),
  })
  return [plan, ...said, ...about, sharing(captured)]
}
