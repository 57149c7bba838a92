import { IDENTIFIER_SYSTEM } from '../../src/fhir/identifier.ts'
import type { Known } from './person.ts'

/** What a shape is asked about: a person, and a moment after which some hundred plans were changed. */
export type Subject = Known & Readonly<{ since: string }>

/** A way to search that must cost the same however many persons there are. */
export type Shape = Readonly<{
  name: string
  type: string
  parameters(subject: Subject): readonly (readonly [name: string, value: string])[]
}>

const number = ({ identifier }: Known): string => `${IDENTIFIER_SYSTEM.nhsNumber}|${identifier}`

const PLAN_TYPE = 'https://keyplan.example/fhir/CodeSystem/plan-type'
const CONSENT_CATEGORY = 'https://keyplan.example/fhir/CodeSystem/consent-category'

export const SHAPES: readonly Shape[] = [
  { name: 'Patient?identifier', type: 'Patient', parameters: (of) => [['identifier', number(of)]] },
  {
    name: 'Patient?family&birthdate',
    type: 'Patient',
    parameters: ({ family, birthDate }) => [
      ['family', family],
      ['birthdate', birthDate],
    ],
  },
  {
    name: 'CarePlan?patient&status&category',
    type: 'CarePlan',
    parameters: ({ patientId }) => [
      ['patient', patientId],
      ['status', 'active'],
      ['category', `${PLAN_TYPE}|emergency-care`],
    ],
  },
  {
    name: 'Consent?patient&category',
    type: 'Consent',
    parameters: ({ patientId }) => [
      ['patient', patientId],
      ['category', `${CONSENT_CATEGORY}|emergency-recommendation`],
    ],
  },
  { name: 'Goal?patient:identifier', type: 'Goal', parameters: (of) => [['patient:identifier', number(of)]] },
  {
    name: 'CarePlan?_lastUpdated=gt&_sort=_lastUpdated',
    type: 'CarePlan',
    parameters: ({ since }) => [
      ['_lastUpdated', `gt${since}`],
      ['_sort', '_lastUpdated'],
      ['_count', '50'],
    ],
  },
  {
    name: 'Task?owner&status&_sort=-authored-on',
    type: 'Task',
    parameters: ({ practiceId }) => [
      ['owner', `Organization/${practiceId}`],
      ['status', 'requested'],
      ['_sort', '-authored-on'],
    ],
  },
  {
    name: 'CarePlan?patient.identifier',
    type: 'CarePlan',
    parameters: (of) => [['patient.identifier', number(of)]],
  },
  {
    name: 'Patient?_has:CarePlan:patient:status&_count=50',
    type: 'Patient',
    parameters: () => [
      ['_has:CarePlan:patient:status', 'active'],
      ['_count', '50'],
    ],
  },
  {
    name: 'CarePlan?_id&_include=*&_revinclude=*',
    type: 'CarePlan',
    parameters: ({ planId }) => [
      ['_id', planId],
      ['_include', '*'],
      ['_revinclude', '*'],
    ],
  },
]

/** Below the base. */
export const pathOf = (shape: Shape, subject: Subject): string =>
  `/${shape.type}?${new URLSearchParams([...shape.parameters(subject)].map(([name, value]): [string, string] => [name, value]))}`
