import { readFileSync } from 'node:fs'
import type { Bundle, Patient, Questionnaire, QuestionnaireResponse } from 'fhir/r4.js'

const json = (path: string): unknown => JSON.parse(readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8'))

export const PEOPLE = ['margaret', 'child', 'objection', 'england', 'wales'] as const
export type PersonName = (typeof PEOPLE)[number]

export const personBundle = (name: string): Bundle => json(`fixtures/people/${name}.json`) as Bundle

export const patientOf = (name: string): Patient => personBundle(name).entry?.[0]?.resource as Patient

/** The responses of a person, in the order in which they are submitted. */
export const responsesOf = (name: string): QuestionnaireResponse[] =>
  personBundle(name)
    .entry?.slice(1)
    .map((entry) => entry.resource as QuestionnaireResponse) ?? []

export const QUESTIONNAIRES = ['what-matters-to-me', 'respect-v3'].map(
  (id) => json(`profiles/package/Questionnaire-${id}.json`) as Questionnaire,
)

export const questionnaireOf = (response: QuestionnaireResponse): Questionnaire =>
  QUESTIONNAIRES.find((questionnaire) => questionnaire.url === response.questionnaire?.split('|')[0]) as Questionnaire
