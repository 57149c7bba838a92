import type { ElementDefinitionBinding, Extension } from 'fhir/r4.js'

const MAX_VALUE_SET = 'http://hl7.org/fhir/StructureDefinition/elementdefinition-maxValueSet'
/** As later versions of FHIR have it, and tools before them. */
const ADDITIONAL: ReadonlySet<string> = new Set([
  'http://hl7.org/fhir/tools/StructureDefinition/additional-binding',
  'http://hl7.org/fhir/StructureDefinition/additional-binding',
])

/** What an additional binding asks by its purpose (http://hl7.org/fhir/additional-binding-purpose); nothing for the others. */
const ASKED = { maximum: 'error', required: 'error', extensible: 'warning', preferred: 'information' } as const

/** A value set that the codes of an element are held to besides the one of its binding. */
export type Further = Readonly<{ valueSet: string; severity: 'error' | 'warning' | 'information' }>

const isAsked = (purpose: string | undefined): purpose is keyof typeof ASKED =>
  purpose !== undefined && Object.hasOwn(ASKED, purpose)

const additional = ({ extension = [] }: Extension): readonly Further[] => {
  const part = (name: string): Extension | undefined => extension.find(({ url }) => url === name)
  const purpose = part('purpose')?.valueCode
  const valueSet = part('valueSet')?.valueCanonical
  // Whether a place of use is the one at hand cannot be told from the resource.
  return valueSet === undefined || !isAsked(purpose) || part('usage') !== undefined
    ? []
    : [{ valueSet, severity: ASKED[purpose] }]
}

/**
 * The value sets that a binding names besides its own: the greatest one, from which no code may leave, however weak the binding itself is
 * (http://hl7.org/fhir/StructureDefinition/elementdefinition-maxValueSet), and additional ones.
 */
export const furtherBindings = ({ extension = [] }: ElementDefinitionBinding): readonly Further[] =>
  extension.flatMap((one): readonly Further[] => {
    if (ADDITIONAL.has(one.url)) return additional(one)
    const valueSet = one.url === MAX_VALUE_SET ? (one.valueCanonical ?? one.valueUri) : undefined
    return valueSet === undefined ? [] : [{ valueSet, severity: 'error' }]
  })
