/** Types of a choice that a name stands for: `valueQuantity` among those of `value[x]` (http://hl7.org/fhir/R4/formats.html#choice). */
import type { ElementDefinition, ElementDefinitionType } from 'fhir/r4.js'
import { isChoice, type Node } from './tree.ts'

const nameOf = ({ path }: ElementDefinition): string => path.slice(path.lastIndexOf('.') + 1)

/** The type that `valueQuantity` names among those of `value[x]`. */
export const typeNamed = (choice: ElementDefinition, name: string): ElementDefinitionType | undefined => {
  const stem = nameOf(choice).replace('[x]', '')
  return choice.type?.find(({ code }) => `${stem}${code.charAt(0).toUpperCase()}${code.slice(1)}` === name)
}

/** Types that a differential names alone, with no slicing before them, are all that the element may be: so published snapshots read it. */
export const narrowedToNamed = (choice: ElementDefinition, siblings: readonly Node[]): ElementDefinition => {
  const isNamed = ({ name }: Node): boolean => isChoice(name, nameOf(choice))
  return { ...choice, type: siblings.filter(isNamed).flatMap(({ name }) => typeNamed(choice, name) ?? []) }
}

/** A slice of a choice that is called as one of its types is of that type (http://hl7.org/fhir/R4/profiling.html#slicing); any other is as it was. */
export const ofNamedType = (slice: ElementDefinition, sliceName: string): ElementDefinition => {
  const type = nameOf(slice).endsWith('[x]') ? typeNamed(slice, sliceName) : undefined
  return type === undefined ? slice : { ...slice, type: [type] }
}
