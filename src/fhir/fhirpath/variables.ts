import { type Compiled, fromValues } from './compiled.ts'
import { FhirPathFault } from './fault.ts'
import { type Collection, system } from './item.ts'
import type { Run } from './run.ts'

const text = (value: string): Collection => [system('String', value)]

const resource = (run: Run): Collection =>
  run.environment.resource === undefined ? run.input : [run.environment.resource]

/** The variables of FHIRPath and of FHIR (http://hl7.org/fhir/R4/fhirpath.html#variables). */
const VARIABLES: Readonly<Record<string, (run: Run) => Collection>> = {
  context: (run) => run.input,
  resource,
  rootResource: (run) => (run.environment.rootResource === undefined ? resource(run) : [run.environment.rootResource]),
  ucum: () => text('http://unitsofmeasure.org'),
  sct: () => text('http://snomed.info/sct'),
  loinc: () => text('http://loinc.org'),
}

/** `%vs-administrative-gender` and `%ext-birthPlace` stand for addresses that begin alike. */
const PREFIXES: readonly (readonly [string, string])[] = [
  ['vs-', 'http://hl7.org/fhir/ValueSet/'],
  ['ext-', 'http://hl7.org/fhir/StructureDefinition/'],
]

/** `%name`. A name that FHIR does not know must be among the variables of the environment when the expression is evaluated. */
export const variable = (name: string, position: number): Compiled => {
  const known = Object.hasOwn(VARIABLES, name) ? VARIABLES[name] : undefined
  if (known !== undefined) return fromValues(known)
  const [prefix, address] = PREFIXES.find(([start]) => name.startsWith(start)) ?? []
  if (prefix !== undefined) {
    const value = text(address + name.slice(prefix.length))
    return { ...fromValues(() => value), literal: address + name.slice(prefix.length) }
  }
  return fromValues(({ environment: { variables } }) => {
    if (variables === undefined || !Object.hasOwn(variables, name))
      throw new FhirPathFault('unknown', `There is no variable %${name} here.`, position)
    return variables[name] as Collection
  })
}
