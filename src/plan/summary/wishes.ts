import type { Goal } from 'fhir/r4.js'
import { EXTENSION, SYSTEM, type WhatMattersKind } from '../codes.ts'
import { codeIn, extension, type PersonRecord } from '../person.ts'
import { saidText } from './attribution.ts'
import { directContent } from './content.ts'
import { type Markup, paragraph, quoted, source, spaced, strong } from './narrative.ts'
import { shownWho } from './people.ts'
import { sentence, shownText } from './plain-text.ts'
import { KIND_WORDING, worded } from './wording.ts'

/** One thing that matters to the person, in their own words. */
export type ReadWish = Readonly<{
  goal: Goal
  kind: WhatMattersKind | undefined
  /** Undefined where nothing was said; `absentReason` may then tell why. */
  words: string | undefined
  absentReason: string | undefined
  importance: number | undefined
  saidBy: string | undefined
  saidOn: string | undefined
}>

const KINDS: readonly (string | undefined)[] = Object.keys(KIND_WORDING)
const NOT_IN_EFFECT: readonly string[] = ['entered-in-error', 'cancelled', 'rejected']

/** What the person said matters: values, fears, hopes, then what has no kind; within a kind as the plan orders them. */
export const readWishes = (person: PersonRecord): ReadWish[] =>
  directContent(person)
    .filter((resource): resource is Goal => resource.resourceType === 'Goal')
    .filter((goal) => !NOT_IN_EFFECT.includes(goal.lifecycleStatus))
    .map((goal) => readWish(person, goal))
    .sort((one, other) => rank(one) - rank(other))

const rank = ({ kind }: ReadWish): number => (KINDS.includes(kind) ? KINDS.indexOf(kind) : KINDS.length)

const readWish = (person: PersonRecord, goal: Goal): ReadWish => {
  const absent =
    extension(goal.description, EXTENSION.dataAbsentReason) ??
    extension(goal.description._text, EXTENSION.dataAbsentReason)
  return {
    goal,
    kind: goal.category?.map((category) => codeIn(category, SYSTEM.whatMatters)).find(Boolean) as
      | WhatMattersKind
      | undefined,
    words: shownText(goal.description.text),
    absentReason: shownText(absent?.valueCode),
    importance: extension(goal, EXTENSION.importance)?.valueInteger,
    saidBy: shownWho(person, goal.expressedBy),
    saidOn: goal.startDate ?? goal.statusDate,
  }
}

export const kindText = (kind: WhatMattersKind | undefined): string =>
  kind === undefined ? 'Also' : worded(KIND_WORDING, kind)

/** "Nothing recorded (asked-declined)": a reason is a reason for silence, never an answer. */
export const absentText = (reason: string | undefined): string =>
  reason === undefined ? 'Nothing recorded' : `Nothing recorded (${reason})`

export const wishesNarrative = (wishes: readonly ReadWish[]): Markup[] =>
  wishes.map(({ kind, words, absentReason, importance, saidBy, saidOn }) =>
    paragraph(
      spaced(
        strong(`${kindText(kind)}:`),
        words === undefined ? sentence(absentText(absentReason)) : quoted(words),
        source(importance === undefined ? undefined : `Importance ${importance} of 10. `, saidText(saidOn, saidBy)),
      ),
    ),
  )
