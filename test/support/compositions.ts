/**
 * Derives the compositions among the worked examples from the other examples, as the service derives them, and writes them to
 * `fixtures/examples`:
 *
 *   node --import ./test/support/typescript.js test/support/compositions.ts && npx biome check --write fixtures/examples
 */
import { writeFileSync } from 'node:fs'
import type { Bundle, CarePlan, FhirResource, Patient } from 'fhir/r4.js'
import { personRecord } from '../../src/plan/person.ts'
import { summaryDocument } from '../../src/plan/summary/document.ts'
import { readPerson } from '../../src/plan/summary/reading.ts'
import { respectDocument } from '../../src/plan/summary/respect-document.ts'
import { examples } from '../profiles/cases.ts'

const NOW = new Date('2026-10-03T01:14:07Z')

const example = <T extends FhirResource>(name: string): T => {
  const resource = examples.get(name)
  if (resource === undefined) throw new Error(`There is no example ${name}.`)
  return resource as T
}

const DERIVED: readonly string[] = [
  'AuditEvent',
  'Bundle',
  'Composition',
  'DocumentReference',
  'Flag',
  'Patient',
  'Task',
]

const isMargarets = (resource: FhirResource): boolean =>
  resource.resourceType === 'Provenance' || JSON.stringify(resource).includes('"Patient/margaret"')

const person = personRecord(
  example<Patient>('Patient-margaret'),
  [...examples.values()].filter((resource) => !DERIVED.includes(resource.resourceType) && isMargarets(resource)),
)

const write = (id: string, { entry }: Bundle): void => {
  const composition = { ...entry?.[0]?.resource, id }
  writeFileSync(
    new URL(`../../fixtures/examples/Composition-${id}.json`, import.meta.url),
    `${JSON.stringify(composition, null, 2)}\n`,
  )
}

write('margaret-key-information-summary', summaryDocument(readPerson(person, NOW), { now: NOW, sequence: 3, epoch: 1 }))
for (const id of ['margaret-emergency-care', 'margaret-emergency-care-february'])
  write(id, respectDocument(person, example<CarePlan>(`CarePlan-${id}`), NOW))
