import type { CodeableConcept, Extension } from 'fhir/r4.js'
import { EXTENSION, INTERVENTIONS, type Intervention } from '../codes.ts'
import { type Answers, code, codes, coding, date, group, groups, text, yes } from './answers.ts'
import { responsible } from './clinicians.ts'
import { consent } from './consent.ts'
import { type Captured, type Entry, entry } from './entry.ts'
import { partsExtension, valueExtension } from './extensions.ts'

const intervention = (name: Intervention): CodeableConcept[] =>
  INTERVENTIONS.filter((candidate) => candidate.name === name).map(({ system, code, display }) => ({
    coding: [{ system, code, display }],
  }))

const discussion = (answers: Answers, linkId: string): Extension[] =>
  partsExtension(EXTENSION.discussion, [
    ...codes(answers, `${linkId}.discussed-with`).map((valueCode) => ({ url: 'with', valueCode })),
    ...valueExtension('reason', 'valueString', text(answers, `${linkId}.discussion-reason`)),
    ...valueExtension('personAware', 'valueBoolean', yes(answers, `${linkId}.person-aware`)),
    ...valueExtension('familyAware', 'valueBoolean', yes(answers, `${linkId}.family-aware`)),
  ])

/** The authored decision alone: permit and deny are derived from it, so no provision has a type here. */
const recommendation = (captured: Captured, answers: Answers, linkId: string, about: CodeableConcept[]): Entry => {
  const decided = date(group(captured.answers, 'plan'), 'plan.decision-date')
  return entry(captured.fullUrl(answers.name), {
    ...consent(captured, 'emergency-recommendation', decided),
    extension: [
      ...valueExtension(EXTENSION.recommendation, 'valueCode', code(answers, `${linkId}.recommendation`)),
      ...valueExtension(EXTENSION.basis, 'valueCode', code(answers, `${linkId}.basis`)),
      ...partsExtension(EXTENSION.rationale, [
        ...valueExtension('text', 'valueString', text(answers, `${linkId}.rationale`)),
        ...valueExtension('reason', 'valueCode', code(answers, `${linkId}.rationale-reason`)),
      ]),
      ...valueExtension(EXTENSION.condition, 'valueString', text(answers, `${linkId}.condition`)),
      ...discussion(answers, linkId),
      ...valueExtension(EXTENSION.reviewDate, 'valueDate', date(answers, `${linkId}.review-date`)),
    ],
    performer: [responsible(captured)].flatMap((clinician) => clinician ?? []),
    provision: { provision: [{ code: about }] },
  })
}

/** The recommendation on resuscitation, then those on other interventions in the order in which they were given. */
export const recommendations = (captured: Captured): Entry[] => [
  recommendation(captured, group(captured.answers, 'cpr'), 'cpr', intervention('cpr')),
  ...groups(captured.answers, 'intervention').map((answers) => {
    const kind = coding(answers, 'intervention.kind')
    return recommendation(captured, answers, 'intervention', kind === undefined ? [] : [{ coding: [kind] }])
  }),
]
