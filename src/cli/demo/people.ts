import { readdir, readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import type { Bundle, FhirResource, Identifier, Patient, QuestionnaireResponse } from 'fhir/r4.js'
import { PERSON_SYSTEMS } from '../../fhir/identifier.ts'

/** A synthetic person with the conversations held with them, in the order in which they are submitted. */
export type SyntheticPerson = Readonly<{
  file: string
  patient: Patient
  conversations: readonly QuestionnaireResponse[]
}>

const FOLDER = fileURLToPath(new URL('../../../fixtures/people/', import.meta.url))

/** Everybody in `fixtures/people`, Margaret first: hers is the way that is shown in full. */
export const loadPeople = async (): Promise<SyntheticPerson[]> => {
  const files = (await readdir(FOLDER)).filter((file) => file.endsWith('.json')).sort()
  const inOrder = [
    ...files.filter((file) => file === 'margaret.json'),
    ...files.filter((file) => file !== 'margaret.json'),
  ]
  return Promise.all(
    inOrder.map(async (file) =>
      readPerson(file, JSON.parse(await readFile(`${FOLDER}${file}`, 'utf8')) as Bundle<FhirResource>),
    ),
  )
}

const readPerson = (file: string, bundle: Bundle<FhirResource>): SyntheticPerson => {
  const resources = (bundle.entry ?? []).map(({ resource }) => resource)
  const patient = resources.find((resource) => resource?.resourceType === 'Patient')
  if (patient === undefined) throw new Error(`fixtures/people/${file} has no Patient.`)
  return {
    file,
    patient,
    conversations: resources.filter((resource) => resource?.resourceType === 'QuestionnaireResponse'),
  }
}

/** The number that a person is known by. Throws where there is none. */
export const identifierOf = ({ identifier }: Patient): Identifier & { system: string; value: string } => {
  const found = identifier?.find(({ system }) => PERSON_SYSTEMS.includes(system ?? ''))
  if (found?.system === undefined || found.value === undefined)
    throw new Error('The person has no CHI, NHS or H&C number.')
  return { ...found, system: found.system, value: found.value }
}
