import type { Bundle, CarePlan, FhirResource, OperationOutcome, Parameters, Patient } from 'fhir/r4.js'
import { person, submission } from '../people.ts'
import { type FhirRequest, fhirClient } from '../service.ts'
import { build } from '../submissions/build.ts'
import { submissionCases } from '../submissions/cases.ts'
import { createNumbers } from '../submissions/numbers.ts'
import type { ExamplePage, Show } from './page.ts'

type Client = 'gp-practice' | 'ambulance'
export type Registered = Readonly<{ patient: Patient; id: string }>

/** What the chapters of the page are told with: one KeyPlan, a practice and a crew. */
export type Story = Readonly<{
  write(...text: string[]): void
  show: Show<Client>
  clients: Readonly<Record<Client, FhirRequest>>
  /** Numbers that nobody has yet. */
  numbers(patient: Patient): Patient['identifier']
  /** A person of `fixtures/people`, registered by a number of their own. */
  registered(name: string): Promise<Registered>
  /** A case of `fixtures/contradictions`, for a person of its own. */
  seeded(file: string): Bundle<FhirResource>
}>

export const createStory = async ({ write, showing }: ExamplePage, baseUrl: string): Promise<Story> => {
  const numbers = createNumbers()
  const clients = {
    'gp-practice': await fhirClient(baseUrl, 'gp-practice'),
    ambulance: await fhirClient(baseUrl, 'ambulance'),
  }
  return {
    write,
    show: showing(clients),
    clients,
    numbers,
    async registered(name) {
      const { patient } = person(name)
      const { id: _id, ...content } = { ...patient, identifier: numbers(patient) ?? [] }
      const { body } = await clients['gp-practice']<Patient>('POST', '/Patient', content)
      return { patient: body, id: body.id as string }
    },
    seeded(file) {
      const found = submissionCases('contradictions').find((one) => one.file === file)
      if (found === undefined) throw new Error(`There is no ${file}.`)
      return build(found.submission, numbers, () => '').bundle
    },
  }
}

/** The plan that a submission stored. */
export const stored = ({ entry = [] }: Bundle<FhirResource>): CarePlan =>
  entry
    .map(({ resource }) => resource)
    .find((one) => one?.resourceType === 'CarePlan' && one.status !== 'revoked') as CarePlan

export const findings = ({ issue }: OperationOutcome) =>
  issue.map(({ severity, details, diagnostics, expression }) => ({
    severity,
    key: details?.coding?.[0]?.code,
    diagnostics,
    expression: expression?.[0],
  }))

/** The parameters of these names. */
export const parts =
  (...wanted: string[]) =>
  (body: Parameters) =>
    body.parameter?.filter(({ name }) => wanted.includes(name))

/** A completed form of `fixtures/people`, to be submitted for a Patient. */
export const form = (name: string, index: number, patient: string, replaces?: string): Parameters =>
  submission(patient, person(name).conversations[index] as never, replaces)

/** Who acts, and in which role. */
export const clinician = (role: string, more: NonNullable<Parameters['parameter']> = []): Parameters => ({
  resourceType: 'Parameters',
  parameter: [
    {
      name: 'who',
      valueReference: {
        identifier: { system: 'https://fhir.hl7.org.uk/Id/gmc-number', value: '7654321' },
        display: 'Dr Robin Example',
      },
    },
    { name: 'role', valueString: role },
    ...more,
  ],
})
