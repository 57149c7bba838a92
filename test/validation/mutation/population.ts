import { readdirSync, readFileSync } from 'node:fs'
import type { StructureDefinition } from 'fhir/r4.js'
import { BASE } from '../../../src/definitions/base.ts'
import { isError } from '../../../src/fhir/outcome.ts'
import { createValidator, type Validator } from '../../../src/validation/validator.ts'
import { type Mutant, mutantsOf, numbers } from './mutants.ts'
import { profileMutantsOf } from './profile-mutants.ts'
import type { Tree } from './sites.ts'

const OURS = new URL('../../../fixtures/examples/', import.meta.url)
const OFFICIAL = new URL('../../../node_modules/hl7.fhir.r4.examples/', import.meta.url)

/** Types of which official examples are mutated: those that plans are made of and refer to, and some that are built otherwise. */
const TYPES =
  /^(?:CarePlan|Patient|Consent|Goal|Observation|QuestionnaireResponse|Questionnaire|Composition|MedicationRequest|Provenance|Task|Flag|RelatedPerson|Encounter|Claim|Location|HealthcareService|AuditEvent|DocumentReference|Appointment|ImagingStudy|Contract|PlanDefinition)-/
const LARGEST = 30_000
const SEED = 20_261_122

const read = (folder: URL, name: string): Tree => JSON.parse(readFileSync(new URL(name, folder), 'utf8')) as Tree

/** Valid resources: our own examples, and one of so many official ones. */
const examples = (validator: Validator, oneOf: number): (readonly [name: string, resource: Tree])[] =>
  [
    ...readdirSync(OURS).map((name) => [name, OURS] as const),
    ...readdirSync(OFFICIAL)
      .filter((name) => TYPES.test(name))
      .filter((_name, index) => index % oneOf === 0)
      .map((name) => [name, OFFICIAL] as const),
  ].flatMap(([name, folder]) => {
    if (!name.endsWith('.json') || readFileSync(new URL(name, folder)).length > LARGEST) return []
    const resource = read(folder, name)
    return validator.validate(resource).findings.some(isError) ? [] : [[name, resource] as const]
  })

const profilesOf = (resource: Tree): readonly StructureDefinition[] =>
  ((resource['meta'] as { profile?: readonly string[] } | undefined)?.profile ?? []).flatMap(
    (canonical) => BASE.structure(canonical) ?? [],
  )

/** Mutants of our own examples and of one of so many official ones, at most so many of each rule and example; the same each time. */
export const population = (
  oneOf: number,
  most = 1,
): Readonly<{ validator: Validator; examples: number; mutants: readonly Mutant[] }> => {
  const validator = createValidator(BASE)
  const valid = examples(validator, oneOf)
  const next = numbers(SEED)
  return {
    validator,
    examples: valid.length,
    mutants: valid.flatMap(([name, resource]) => [
      ...mutantsOf(name, resource, most, next),
      ...profilesOf(resource).flatMap((profile) => profileMutantsOf(name, resource, profile)),
    ]),
  }
}
