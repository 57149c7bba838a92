import { readdir, readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import type { Bundle, FhirResource, Patient, QuestionnaireResponse } from 'fhir/r4.js'

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
