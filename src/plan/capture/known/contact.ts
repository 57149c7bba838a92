import type { HumanName, QuestionnaireResponseItem, RelatedPerson } from 'fhir/r4.js'
import { EXTENSION } from '../../codes.ts'
import { extension } from '../../person.ts'
import { question } from './item.ts'

const nameText = ({ text, prefix = [], given = [], family, suffix = [] }: HumanName): string | undefined =>
  text ?? ([...prefix, ...given, ...(family === undefined ? [] : [family]), ...suffix].join(' ') || undefined)

/** What `contact` makes a PlanContact of. */
export const knownContact = (person: RelatedPerson, linkId: string): QuestionnaireResponseItem[] => {
  const [relationship] = person.relationship ?? []
  return [
    ...question(
      `${linkId}.name`,
      'valueString',
      person.name?.map(nameText).find((name) => name !== undefined),
    ),
    ...question(`${linkId}.relationship`, 'valueString', relationship?.text ?? relationship?.coding?.[0]?.display),
    ...question(
      `${linkId}.phone`,
      'valueString',
      person.telecom?.find(({ system, use }) => system === 'phone' && use !== 'old')?.value,
    ),
    ...question(`${linkId}.involved`, 'valueBoolean', extension(person, EXTENSION.involvedInPlan)?.valueBoolean),
    ...question(
      `${linkId}.primary`,
      'valueBoolean',
      extension(person, EXTENSION.primaryEmergencyContact)?.valueBoolean,
    ),
  ]
}
