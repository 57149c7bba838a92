import { EXTENSION, OBSERVATION, PROFILE } from '../codes.ts'
import { code, codes, coding, date, group, groups, text, texts } from './answers.ts'
import { draftPlan } from './care-plan.ts'
import { responsible, signatures } from './clinicians.ts'
import { contact } from './contact.ts'
import { type Captured, type Entry, entry, referenceTo } from './entry.ts'
import { partsExtension, valueExtension } from './extensions.ts'
import { keyInformation } from './key-information.ts'
import { proxies } from './proxy.ts'
import { recommendations } from './recommendation.ts'

const capacity = (captured: Captured, decided: string | undefined): Entry => {
  const answers = group(captured.answers, 'capacity')
  const finding = coding(answers, 'capacity.finding')
  return entry(captured.fullUrl('capacity'), {
    resourceType: 'Observation',
    meta: { profile: [PROFILE.capacity] },
    extension: valueExtension(EXTENSION.capacityReason, 'valueString', text(answers, 'capacity.reason')),
    status: 'final',
    code: { coding: [OBSERVATION.capacity] },
    subject: captured.subject,
    effectiveDateTime: decided,
    performer: [responsible(captured)].flatMap((clinician) => clinician ?? []),
    valueCodeableConcept: { coding: finding === undefined ? [] : [finding] },
  })
}

/** The emergency-care plan (ReSPECT version 3, sections 2 to 9), what it consists of, and its signatures. */
export const respect = (captured: Captured): Entry[] => {
  const { answers } = captured
  const decided = date(group(answers, 'plan'), 'plan.decision-date')
  const focus = coding(group(answers, 'focus'), 'focus.overall')
  const involvement = group(answers, 'involvement')
  const proxyPresent = coding(group(answers, 'proxy'), 'proxy.present')
  const review = group(answers, 'review')
  const content = [
    ...recommendations(captured),
    capacity(captured, decided),
    ...proxies(captured),
    ...groups(answers, 'contact').map((person) => contact(captured, person, 'contact')),
    ...keyInformation(captured, decided),
  ]
  const plan = entry(captured.fullUrl('plan'), {
    ...draftPlan(captured, 'emergency-care', decided),
    extension: [
      ...valueExtension(
        EXTENSION.overallFocus,
        'valueCodeableConcept',
        focus === undefined ? undefined : { coding: [focus] },
      ),
      ...partsExtension(EXTENSION.involvement, [
        ...codes(involvement, 'involvement.basis').map((valueCode) => ({ url: 'basis', valueCode })),
        ...valueExtension('reason', 'valueString', text(involvement, 'involvement.reason')),
      ]),
      ...valueExtension(EXTENSION.proxyPresent, 'valueCoding', proxyPresent),
      ...valueExtension(
        EXTENSION.sharedUnderstanding,
        'valueString',
        text(group(answers, 'understanding'), 'understanding.summary'),
      ),
      ...valueExtension(EXTENSION.reviewDate, 'valueDate', date(review, 'review.date')),
      ...texts(review, 'review.trigger').flatMap((trigger) =>
        valueExtension(EXTENSION.reviewTrigger, 'valueString', trigger),
      ),
      ...valueExtension(EXTENSION.recordSource, 'valueCode', code(group(answers, 'plan'), 'plan.source')),
    ],
    author: responsible(captured),
    note: texts(group(answers, 'understanding'), 'understanding.special-note').map((note) => ({
      authorReference: responsible(captured),
      time: decided,
      text: note,
    })),
    supportingInfo: [...content.map(referenceTo), captured.source],
  })
  return [plan, ...content, signatures(captured, referenceTo(plan))]
}
