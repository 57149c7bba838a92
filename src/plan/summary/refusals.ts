import type { Consent } from 'fhir/r4.js'
import { EXTENSION } from '../codes.ts'
import { extension, type PersonRecord } from '../person.ts'
import { recordedText } from './attribution.ts'
import { consentsInForce, decidedBy, provisionText } from './consents.ts'
import { type Markup, paragraph, strong } from './narrative.ts'
import { sentence, shownText } from './plain-text.ts'

/** An advance decision to refuse treatment. */
export type ReadRefusal = Readonly<{
  consent: Consent
  /** What is refused. */
  treatment: string
  /** When it applies, in the words of the decision. */
  circumstances: string | undefined
  reason: string | undefined
  recordedOn: string | undefined
  recordedBy: string | undefined
}>

export const readRefusals = (person: PersonRecord, now: Date): ReadRefusal[] =>
  consentsInForce(person, 'advance-refusal', now).map((consent) => ({
    consent,
    treatment: provisionText(consent, 'deny') ?? 'Treatment without a known code',
    circumstances: shownText(extension(consent, EXTENSION.condition)?.valueString),
    reason: shownText(extension(extension(consent, EXTENSION.rationale), 'text')?.valueString),
    recordedOn: consent.dateTime,
    recordedBy: decidedBy(person, consent),
  }))

/** `force` says what an advance refusal is in the person's jurisdiction. */
export const refusalsNarrative = (refusals: readonly ReadRefusal[], force: string): Markup[] => [
  ...refusals.flatMap(({ treatment, circumstances, reason, recordedOn, recordedBy }) => [
    paragraph(strong(sentence(`REFUSES: ${treatment}`)), 'decision refused'),
    ...(circumstances === undefined ? [] : [paragraph([strong('When: '), sentence(circumstances)])]),
    ...(reason === undefined ? [] : [paragraph([strong('Why: '), sentence(reason)])]),
    paragraph(recordedText(recordedOn, recordedBy), 'source'),
  ]),
  ...(refusals.length === 0 ? [] : [paragraph(sentence(force), 'source')]),
]
