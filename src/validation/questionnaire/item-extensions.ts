/** What items of a Questionnaire say by the extensions of R4 (http://hl7.org/fhir/R4/questionnaire-profiles.html). */
import type { Extension, QuestionnaireItem } from 'fhir/r4.js'
import { R4_MODEL } from '../../definitions/path-model.ts'

export const EXTENSION = 'http://hl7.org/fhir/StructureDefinition/'

/** The extensions of a name. */
export const extensionsOf = (item: QuestionnaireItem, name: string): readonly Extension[] =>
  (item.extension ?? []).filter(({ url }) => url === EXTENSION + name)

/** The value of the extension of a name, with its type. */
export const extensionValue = (item: QuestionnaireItem, name: string) => {
  const [extension] = extensionsOf(item, name)
  if (extension === undefined) return undefined
  for (const { property, type } of R4_MODEL.properties('Extension', 'value')) {
    const value = (extension as unknown as Readonly<Record<string, unknown>>)[property]
    if (value !== undefined) return { value, type }
  }
  return undefined
}

/** How often a question may and must be answered: `repeats`, `required` and the extensions that say it in numbers; `least` holds once it is answered. */
export const occurrencesOf = (
  item: QuestionnaireItem,
): Readonly<{ isRequired: boolean; least: number; most: number }> => {
  const least = extensionValue(item, 'questionnaire-minOccurs')?.value
  const most = extensionValue(item, 'questionnaire-maxOccurs')?.value
  return {
    isRequired: item.required === true,
    least: typeof least === 'number' ? Math.max(1, least) : 1,
    most: item.repeats === true ? (typeof most === 'number' ? most : Number.POSITIVE_INFINITY) : 1,
  }
}
