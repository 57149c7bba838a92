import type { Parameters, Reference } from 'fhir/r4.js'
import { parseReference } from '../../fhir/resource.ts'
import { malformedParameter, refuseParameters } from '../parameters.ts'
import { inputOf } from './input.ts'
import type { Operation } from './operation.ts'

const INPUT = {
  patient: 'valueReference',
  state: 'valueCode',
  epoch: 'valuePositiveInt',
  sequence: 'valuePositiveInt',
  level: 'valueCode',
  at: 'valueInstant',
} as const

/** Clocks of two systems may differ by so much. */
const CLOCK_SKEW_MS = 60_000

/** A recipient says that an edition of a summary was stored, or shown to its users, apart from its answer to the delivery. */
export const sharingAcknowledgement: Operation = {
  code: 'sharing-acknowledgement',
  type: 'Endpoint',
  level: 'instance',
  methods: ['POST'],
  scope: 'u',
  body: 'resource',
  input: INPUT,
  purpose: 'sharing',
  handle: async ({ cx, id, query, resource }, { records }) => {
    refuseParameters(query)
    const { patient, state, epoch, sequence, level, at } = inputOf(resource, INPUT, [
      'patient',
      'state',
      'epoch',
      'sequence',
      'level',
    ])
    const when = at === undefined ? cx.now : new Date(at)
    if (when.getTime() > cx.now.getTime() + CLOCK_SKEW_MS)
      throw malformedParameter('at', 'at must not be in the future: it is when this was done.')
    const { outcome, inStep } = await records.acknowledge(cx, {
      recipient: id,
      patient: patientOf(patient as Reference),
      state: oneOf('state', state, ['current', 'withdrawn']),
      epoch: epoch as number,
      sequence: sequence as number,
      level: oneOf('level', level, ['stored', 'shown']),
      at: when,
    })
    const answer: Parameters = {
      resourceType: 'Parameters',
      parameter: [
        { name: 'outcome', valueCode: outcome },
        { name: 'inStep', valueBoolean: inStep },
      ],
    }
    return { status: 200, body: JSON.stringify(answer) }
  },
}

const oneOf = <Code extends string>(name: string, given: string | undefined, codes: readonly Code[]): Code => {
  const found = codes.find((code) => code === given)
  if (found === undefined) throw malformedParameter(name, `${name} must be ${codes.join(' or ')}.`)
  return found
}

const patientOf = ({ reference }: Reference): string => {
  const target = parseReference(reference)
  if (target?.type !== 'Patient')
    throw malformedParameter('patient', 'patient must be a reference of the form Patient/[id].')
  return target.id
}
