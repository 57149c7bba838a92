import type { Bundle, CarePlan, FhirResource, Parameters } from 'fhir/r4.js'
import { nextPerson, RESPECT } from '../../../bench/people.ts'
import { about } from '../../../bench/seeds.ts'
import { submission } from '../../support/people.ts'
import type { Observation, State } from '../facts.ts'

/** The plans of a person with their status. */
export type Plans = readonly Readonly<{ id: string; status: string }>[]

const PERSON = 'urn:uuid:3d1a4f5e-6a0b-4c55-9d51-0c9c1f6f2a10'

const resourcesOf = ({ entry = [] }: Bundle<FhirResource>): FhirResource[] =>
  entry.flatMap(({ resource }) => resource ?? [])

/** The submission of a new synthetic person with a first plan. */
export const firstSubmission = (): Bundle<FhirResource> => ({
  resourceType: 'Bundle',
  type: 'collection',
  entry: [{ fullUrl: PERSON, resource: nextPerson().patient }, { resource: about(RESPECT, PERSON) }],
})

/** The submission of a further plan of a person, which replaces the one in force, if any. */
export const nextSubmission = (patient: string, active: string | undefined): Parameters =>
  submission(patient, RESPECT, active === undefined ? undefined : `CarePlan/${active}`)

export const WITHDRAWAL: Parameters = {
  resourceType: 'Parameters',
  parameter: [
    { name: 'reason', valueCode: 'withdrawn' },
    { name: 'text', valueString: 'The person changed their mind.' },
  ],
}

export const plansIn = (bundle: Bundle<FhirResource>): Plans =>
  resourcesOf(bundle).flatMap((resource) =>
    resource.resourceType === 'CarePlan' ? [{ id: resource.id as string, status: (resource as CarePlan).status }] : [],
  )

export const patientIn = (bundle: Bundle<FhirResource>): string | undefined =>
  resourcesOf(bundle).find(({ resourceType }) => resourceType === 'Patient')?.id

/** `Patient/[id]/$sharing-status` as facts. */
export const recipientsIn = ({ parameter = [] }: Parameters): Observation['recipients'] =>
  parameter
    .filter(({ name }) => name === 'recipient')
    .map(({ part = [] }) => {
      const named = (name: string) => part.find((one) => one.name === name)
      const state = (name: string) => {
        const parts = named(name)?.part
        const value = (part: string) => parts?.find((one) => one.name === part)
        return parts === undefined
          ? undefined
          : {
              state: value('state')?.valueCode as State,
              sequence: value('sequence')?.valueUnsignedInt ?? Number.NaN,
              since: Date.parse(value('since')?.valueInstant ?? ''),
            }
      }
      const wanted = state('wanted')
      if (wanted === undefined) throw new Error('$sharing-status does not say what is wanted at a recipient.')
      return {
        id: named('id')?.valueString ?? '',
        inStep: named('inStep')?.valueBoolean === true,
        wanted,
        confirmed: state('confirmed'),
      }
    })
