import type { MedicationRequest, Observation, QuestionnaireResponseItem } from 'fhir/r4.js'
import type { FhirResource } from '../../../fhir/resource.ts'
import { SYSTEM } from '../../codes.ts'
import { codeIn } from '../../person.ts'
import { linkIdOf, SECTIONS } from '../key-information.ts'
import { question, section } from './item.ts'

const CODES: ReadonlySet<string | undefined> = new Set(SECTIONS.flatMap(([, items]) => items.map(({ code }) => code)))

/** Whether all that an item says is an answer of the form: a text, or yes or no, and nothing beside it. */
const isItem = ({ code, valueString, valueBoolean, note, dataAbsentReason }: Observation): boolean =>
  CODES.has(codeIn(code, SYSTEM.observation)) &&
  (valueString !== undefined || valueBoolean !== undefined) &&
  note === undefined &&
  dataAbsentReason === undefined

/** Whether all that is said of a medicine is in words, as the form has it: not one with a code, a structured dose or two notes. */
const isMedicine = ({
  status,
  doNotPerform,
  medicationCodeableConcept: concept,
  dosageInstruction = [],
  note = [],
}: MedicationRequest): boolean =>
  status === 'active' &&
  doNotPerform !== true &&
  concept?.text !== undefined &&
  concept.coding === undefined &&
  dosageInstruction.length < 2 &&
  dosageInstruction.every((dosage) => Object.keys(dosage).join() === 'text') &&
  note.length < 2

/** Whether the form can say all that such a part of a plan says. */
export const asksKeyInformation = (resource: FhirResource): boolean =>
  (resource.resourceType === 'Observation' && isItem(resource)) ||
  (resource.resourceType === 'MedicationRequest' && isMedicine(resource))

/** What `keyInformation` makes resources of, as far as the form can say it. */
export const knownKeyInformation = (content: readonly FhirResource[]): QuestionnaireResponseItem[] => {
  const asked = content.filter(asksKeyInformation)
  const observations = asked.filter((resource): resource is Observation => resource.resourceType === 'Observation')
  const medicines = asked.filter(
    (resource): resource is MedicationRequest => resource.resourceType === 'MedicationRequest',
  )
  return [
    ...medicines.flatMap(({ medicationCodeableConcept, dosageInstruction, note }) =>
      section(
        'medicine',
        question('medicine.name', 'valueString', medicationCodeableConcept?.text),
        question('medicine.dose', 'valueString', dosageInstruction?.[0]?.text),
        question('medicine.where', 'valueString', note?.[0]?.text),
      ),
    ),
    ...SECTIONS.flatMap(([name, items]) =>
      section(
        name,
        ...items.map((about) => {
          const answer = observations
            .filter(({ code }) => codeIn(code, SYSTEM.observation) === about.code)
            .map(({ valueString, valueBoolean }) => (valueString === undefined ? { valueBoolean } : { valueString }))
          return answer.length === 0 ? [] : [{ linkId: linkIdOf(name, about), answer }]
        }),
      ),
    ),
  ] as QuestionnaireResponseItem[]
}
