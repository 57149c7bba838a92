import type { Parameters, ParametersParameter } from 'fhir/r4.js'
import { isId } from '../../fhir/resource.ts'
import type { RecipientStatus } from '../../records/sharing/recipient-status.ts'
import { FORMATS } from '../../validation/values/formats.ts'
import { malformedParameter, refuseParameters } from '../parameters.ts'
import { inputOf } from './input.ts'
import type { Operation } from './operation.ts'
import { difficultyParts, editionParts, group, instantPart, stringPart } from './sharing-parts.ts'

const INPUT = { count: 'valuePositiveInt', after: 'valueString' } as const

const DEFAULT_COUNT = 50
const MOST_COUNT = 500

/** How far one recipient is behind and for whom, withdrawals that it has not acknowledged first. */
export const recipientStatus: Operation = {
  code: 'sharing-status',
  type: 'Endpoint',
  level: 'instance',
  methods: ['GET', 'POST'],
  scope: 'r',
  body: 'optional-resource',
  input: INPUT,
  purpose: 'administration',
  handle: async ({ cx, id, query, resource }, { records }) => {
    refuseParameters(query)
    const { count = DEFAULT_COUNT, after } = inputOf(resource, INPUT)
    const status = await records.recipientStatus(cx, {
      recipient: id,
      count: Math.min(count, MOST_COUNT),
      after: after === undefined ? undefined : positionOf(after),
    })
    return { status: 200, body: JSON.stringify(answerOf(status)) }
  },
}

const answerOf = ({ epoch, standing, deliveries, next }: RecipientStatus): Parameters => ({
  resourceType: 'Parameters',
  parameter: [
    { name: 'inStep', valueBoolean: standing.outstanding === 0 },
    { name: 'epoch', valueUnsignedInt: epoch },
    { name: 'name', valueString: standing.name },
    { name: 'role', valueCode: standing.role },
    { name: 'outstanding', valueUnsignedInt: standing.outstanding },
    { name: 'withdrawals', valueUnsignedInt: standing.withdrawals },
    { name: 'parked', valueUnsignedInt: standing.parked },
    { name: 'ahead', valueUnsignedInt: standing.verification?.ahead ?? 0 },
    ...instantPart('oldest', standing.oldestAt),
    ...instantPart('oldestWithdrawal', standing.oldestWithdrawalAt),
    {
      name: 'breaker',
      part: [
        { name: 'state', valueCode: standing.breaker },
        { name: 'failures', valueUnsignedInt: standing.failures },
        ...instantPart('until', standing.openUntil),
      ],
    },
    ...(standing.verification === undefined ? [] : verificationParts(standing.verification)),
    ...deliveries.map((delivery) => ({ name: 'delivery', part: partsOf(delivery) })),
    ...(next === undefined ? [] : [{ name: 'next', valueString: `${next.state}/${next.since}/${next.patient}` }]),
  ],
})

type Verification = NonNullable<RecipientStatus['standing']['verification']>

const verificationParts = (row: Verification): ParametersParameter[] => [
  ...group('heartbeat', [
    ...instantPart('sent', row.heartbeatSentAt),
    ...instantPart('acknowledged', row.heartbeatAcknowledgedAt),
    ...stringPart('lastError', row.heartbeatError),
  ]),
  ...group(
    'comparison',
    row.comparedAt === null
      ? []
      : [
          ...instantPart('at', row.comparedAt),
          { name: 'missing', valueUnsignedInt: row.missing ?? 0 },
          { name: 'older', valueUnsignedInt: row.older ?? 0 },
          { name: 'unexpected', valueUnsignedInt: row.unexpected ?? 0 },
        ],
  ),
  ...instantPart('unverifiedSince', row.unverifiedSince),
  ...stringPart('unverifiedBecause', row.unverifiedBecause),
  { name: 'held', valueBoolean: row.held },
]

const partsOf = (row: RecipientStatus['deliveries'][number]): ParametersParameter[] => [
  ...(row.patient === undefined ? [] : [{ name: 'patient', valueReference: { reference: `Patient/${row.patient}` } }]),
  ...editionParts(row.wantedEpoch, row.wantedSequence, row.wantedAt, row.wantedState),
  ...difficultyParts(row),
]

const positionOf = (after: string): RecipientStatus['next'] => {
  const [state, since = '', patient = ''] = after.split('/')
  if ((state === 'current' || state === 'withdrawn') && FORMATS['instant']?.accepts(since) === true && isId(patient))
    return { state, since, patient }
  throw malformedParameter('after', 'after must be the value of next, as the page before had it.')
}
