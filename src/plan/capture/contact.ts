import { EXTENSION, PROFILE } from '../codes.ts'
import { type Answers, text, yes } from './answers.ts'
import { type Captured, type Entry, entry } from './entry.ts'
import { valueExtension } from './extensions.ts'

/** PlanContact of a group that asks for `.name`, `.relationship`, `.phone`, `.involved`, `.primary` under its own linkId. */
export const contact = ({ subject, fullUrl }: Captured, answers: Answers, linkId: string): Entry =>
  entry(fullUrl(`${answers.name}/contact`), {
    resourceType: 'RelatedPerson',
    meta: { profile: [PROFILE.contact] },
    extension: [
      ...valueExtension(EXTENSION.primaryEmergencyContact, 'valueBoolean', yes(answers, `${linkId}.primary`)),
      ...valueExtension(EXTENSION.involvedInPlan, 'valueBoolean', yes(answers, `${linkId}.involved`)),
    ],
    active: true,
    patient: subject,
    relationship: [{ text: text(answers, `${linkId}.relationship`) }],
    name: [{ text: text(answers, `${linkId}.name`) }],
    telecom: [text(answers, `${linkId}.phone`)].flatMap((value) =>
      value === undefined ? [] : [{ system: 'phone', value }],
    ),
  })
