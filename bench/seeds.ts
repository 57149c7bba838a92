import type { Bundle, FhirResource, Patient, QuestionnaireResponse } from 'fhir/r4.js'
import { nextPerson, RESPECT } from './people.ts'
import type { Stage, Target } from './stage.ts'

export type SeededPerson = Readonly<{ chi: string; patientId: string; planId: string }>

/** People with an active emergency-care plan, stored over the HTTP API when first asked for. */
export type Seeds = Readonly<{
  people(): Promise<readonly SeededPerson[]>
  /** Sends one request to KeyPlan and gives the resource of the answer; throws where it is not 2xx. */
  ask<R extends FhirResource>(method: 'GET' | 'POST', path: string, body?: FhirResource): Promise<R>
}>

/** How many requests are under way at a time while people are stored. */
const AT_A_TIME = 4

export const createSeeds = ({ keyplan }: Stage, count: number, progress: (done: number) => void): Seeds => {
  const ask: Seeds['ask'] = (method, path, body) => askFhir(keyplan, method, path, body)
  let stored: Promise<readonly SeededPerson[]> | undefined
  const store = async (): Promise<readonly SeededPerson[]> => {
    const people: SeededPerson[] = []
    let started = 0
    await Promise.all(
      Array.from({ length: AT_A_TIME }, async () => {
        while (started++ < count) {
          people.push(await submitOne(ask))
          progress(people.length)
        }
      }),
    )
    return people
  }
  return {
    ask,
    people: () => {
      stored ??= store()
      return stored
    },
  }
}

const PERSON = 'urn:uuid:3d1a4f5e-6a0b-4c55-9d51-0c9c1f6f2a10'

/** A person and their captured ReSPECT conversation as one submission. */
export const submitOne = async (ask: Seeds['ask']): Promise<SeededPerson> => {
  const { patient, chi } = nextPerson()
  const answer = await ask<Bundle<FhirResource>>('POST', '/CarePlan/$submit', {
    resourceType: 'Bundle',
    type: 'collection',
    entry: [{ fullUrl: PERSON, resource: patient }, { resource: about(RESPECT, PERSON) }],
  })
  return { chi, patientId: idOf(answer, 'Patient'), planId: idOf(answer, 'CarePlan') }
}

/** A conversation with the person whom it is about. */
export const about = (response: QuestionnaireResponse, person: string): QuestionnaireResponse => ({
  ...response,
  subject: { reference: person },
})

const idOf = ({ entry = [] }: Bundle<FhirResource>, type: (Patient | FhirResource)['resourceType']): string => {
  const id = entry.find(({ resource }) => resource?.resourceType === type)?.resource?.id
  if (id === undefined) throw new Error(`The submission answered without a ${type}.`)
  return id
}

/** Sends one FHIR request; throws, with what the server says is wrong, where it is not answered with 2xx. */
export const askFhir = async <R extends FhirResource>(
  { url, path: base, token }: Target,
  method: 'GET' | 'POST',
  path: string,
  body?: FhirResource | string,
): Promise<R> => {
  const response = await fetch(`${url}${base}${path}`, {
    method,
    headers: {
      Accept: 'application/fhir+json',
      'Content-Type': 'application/fhir+json',
      Authorization: `Bearer ${await token()}`,
    },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  })
  const text = await response.text()
  if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${text.slice(0, 2_000)}`)
  return JSON.parse(text) as R
}
