import { readdirSync, readFileSync } from 'node:fs'
import type { FhirResource, Patient, QuestionnaireResponse } from 'fhir/r4.js'
import { loadPackage } from '../../src/definitions/package.ts'
import { mapReferences } from '../../src/fhir/resource.ts'
import { extractResponse } from '../../src/plan/extract.ts'
import { type PersonRecord, personRecord } from '../../src/plan/person.ts'

const PEOPLE = new URL('../../fixtures/people/', import.meta.url)

/** File names of the synthetic people. */
export const people: readonly string[] = readdirSync(PEOPLE).filter((name) => name.endsWith('.json'))

type Sent = Readonly<{ fullUrl?: string | undefined; resource: FhirResource }>

const extracted = (response: QuestionnaireResponse): readonly Sent[] => {
  const questionnaire = loadPackage().questionnaire(response.questionnaire ?? '')
  return questionnaire === undefined ? [] : (extractResponse(response, questionnaire) as readonly Sent[])
}

/** The record of a fixture's person: the plans of their forms in force, or (without forms) no plan. */
export const fixturePerson = (file: string, withForms = true): PersonRecord => {
  const { entry } = JSON.parse(readFileSync(new URL(file, PEOPLE), 'utf8')) as { entry: Sent[] }
  const sent = entry.flatMap((one): readonly Sent[] => {
    if (one.resource.resourceType !== 'QuestionnaireResponse') return [one]
    return withForms ? extracted(one.resource) : []
  })
  const keys = new Map(sent.map(({ fullUrl, resource }, index) => [fullUrl, `${resource.resourceType}/r${index}`]))
  const resources = sent.map(({ resource }, index) => ({
    ...mapReferences(resource, (reference) => keys.get(reference) ?? reference),
    id: `r${index}`,
    ...(resource.resourceType === 'CarePlan' ? { status: 'active' } : {}),
  })) as FhirResource[]
  const patient = resources.find(({ resourceType }) => resourceType === 'Patient') as Patient
  return personRecord(patient, resources)
}
