import { readFileSync } from 'node:fs'
import type { Bundle, CarePlan, FhirResource, Identifier, Parameters, Patient, QuestionnaireResponse } from 'fhir/r4.js'
import type { FhirRequest } from './service.ts'

/** A synthetic person of `fixtures/people`. */
export const person = (name: string): { patient: Patient; conversations: QuestionnaireResponse[] } => {
  const { entry = [] } = JSON.parse(
    readFileSync(new URL(`../../fixtures/people/${name}.json`, import.meta.url), 'utf8'),
  ) as Bundle<FhirResource>
  const resources = entry.flatMap(({ resource }) => resource ?? [])
  return {
    patient: resources.find((resource) => resource.resourceType === 'Patient') as Patient,
    conversations: resources.filter((resource) => resource.resourceType === 'QuestionnaireResponse'),
  }
}

/** Registers a synthetic person; answers the Patient's id. */
export const register = async (gp: FhirRequest, { patient }: { patient: Patient }): Promise<string> => {
  const { id: _id, ...content } = patient
  const { status, body, text } = await gp<Patient>('POST', '/Patient', content)
  if (status !== 201) throw new Error(`Patient was not registered: ${status} ${text}`)
  return body.id as string
}

/** The body of `CarePlan/$submit` for a conversation. */
export const submission = (patient: string, conversation: QuestionnaireResponse, replaces?: string): Parameters => {
  const { id: _id, ...content } = conversation
  return {
    resourceType: 'Parameters',
    parameter: [
      {
        name: 'resource',
        resource: { ...content, subject: { reference: `Patient/${patient}` } } as QuestionnaireResponse,
      },
      ...(replaces === undefined ? [] : [{ name: 'replaces', valueReference: { reference: replaces } }]),
    ],
  }
}

/** Submits a conversation; answers the plan that it became. */
export const submit = async (
  gp: FhirRequest,
  patient: string,
  conversation: QuestionnaireResponse | undefined,
  replaces?: string,
): Promise<CarePlan> => {
  if (conversation === undefined) throw new Error('The synthetic person has no such conversation.')
  const { status, body, text } = await gp<Bundle<FhirResource>>(
    'POST',
    '/CarePlan/$submit',
    submission(patient, conversation, replaces),
  )
  if (status !== 201) throw new Error(`The plan was not stored: ${status} ${text}`)
  const plans = (body.entry ?? []).flatMap(({ resource }) => (resource?.resourceType === 'CarePlan' ? [resource] : []))
  return plans.find(({ status }) => status === 'active') as CarePlan
}

/** The body of `Patient/$emergency-view`. */
export const question = (identifier: Identifier | undefined): Parameters => ({
  resourceType: 'Parameters',
  parameter: [
    { name: 'identifier', valueIdentifier: { system: identifier?.system ?? '', value: identifier?.value ?? '' } },
  ],
})

/** The emergency view, as an ambulance crew gets it. */
export const emergencyView = async (crew: FhirRequest, { patient }: { patient: Patient }): Promise<Parameters> => {
  const { status, body, text } = await crew<Parameters>(
    'POST',
    '/Patient/$emergency-view',
    question(patient.identifier?.[0]),
  )
  if (status !== 200) throw new Error(`The emergency view failed: ${status} ${text}`)
  return body
}

export const outcomeOf = ({ parameter }: Parameters): string | undefined =>
  parameter?.find(({ name }) => name === 'outcome')?.valueCode

export const cprOf = ({ parameter }: Parameters): string | undefined =>
  parameter?.find(({ name }) => name === 'cpr')?.part?.find(({ name }) => name === 'recommendation')?.valueCode
