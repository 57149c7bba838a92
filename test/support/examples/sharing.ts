import { createHash, generateKeyPairSync } from 'node:crypto'
import type { Parameters, ParametersParameter } from 'fhir/r4.js'
import { CompactSign, calculateJwkThumbprint } from 'jose'
import { type Heartbeat, heartbeatParameters, signedText } from '../../../src/plan/summary/heartbeat.ts'
import { person, register, submit } from '../people.ts'
import { recipientsFile } from '../recipients.ts'
import { startService, type TestService } from '../service.ts'
import { until } from '../until.ts'
import type { ExamplePage } from './page.ts'

/** A review that is not overdue for a long time, so that the answer is the same on each day. */
const REVIEW = '2090-03-18'

const picked =
  (...wanted: string[]) =>
  ({ parameter = [] }: Parameters) =>
    parameter.filter(({ name }) => wanted.includes(name))

const partOf = (parts: readonly ParametersParameter[] | undefined, name: string): ParametersParameter | undefined =>
  parts?.find((one) => one.name === name)

/** A heartbeat as a sender makes and signs it that is not KeyPlan, with a key of its own. */
const signedHeartbeat = async (recipient: string): Promise<Parameters> => {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-384' })
  const jwk = publicKey.export({ format: 'jwk' })
  const heartbeat: Heartbeat = {
    recipient,
    epoch: 1,
    number: 1,
    time: new Date().toISOString(),
    highestSequence: 0,
    count: 0,
    keys: [await calculateJwkThumbprint(jwk)],
  }
  const signed = await new CompactSign(new TextEncoder().encode(signedText(heartbeat)))
    .setProtectedHeader({ alg: 'ES384', typ: 'keyplan-heartbeat+jws', jwk })
    .sign(privateKey)
  // Detached: what is signed is in the parameters.
  return heartbeatParameters(heartbeat, signed.replace(/\..*\./, '..'))
}

/** What a KeyPlan with one recipient, another KeyPlan, says of it, and that of itself. */
const showBetween = async (
  { write, showing }: ExamplePage,
  { sender, recipient }: Readonly<{ sender: TestService; recipient: TestService }>,
): Promise<void> => {
  const gp = await sender.fhir('gp-practice')
  const margaret = person('margaret')
  const patient = await register(gp, margaret)
  const conversation = JSON.parse(JSON.stringify(margaret.conversations[2]).replaceAll('2027-03-18', REVIEW))
  await submit(gp, patient, conversation)
  const outstanding = async () => (await sender.database.query('select from delivery where outstanding')).length
  await until(outstanding, (count) => count === 0, 60)

  const atSender = showing({ 'gp-practice': gp, hospital: await sender.fhir('hospital') })
  write('Which plans in force are to be reviewed by a day.')
  await atSender(200, {
    as: 'gp-practice',
    path: '/CarePlan/$review-due',
    body: { resourceType: 'Parameters', parameter: [{ name: 'until', valueDate: '2090-12-31' }] },
  })
  write(
    '## Sharing',
    '',
    'A KeyPlan sends its summaries to a hospital, which runs a KeyPlan of its own. How far the hospital is behind, asked by the hospital.',
  )
  await atSender(200, {
    as: 'hospital',
    path: '/Endpoint/hospital/$sharing-status',
    pick: picked('inStep', 'name', 'role', 'outstanding', 'withdrawals', 'parked') as never,
  })
  write('The hospital says that a user has seen the edition that it holds.')
  const { body: status } = await gp<Parameters>('GET', `/Patient/${patient}/$sharing-status`)
  const wanted = partOf(partOf(status.parameter, 'recipient')?.part, 'wanted')?.part
  await atSender(200, {
    as: 'hospital',
    path: '/Endpoint/hospital/$sharing-acknowledgement',
    body: {
      resourceType: 'Parameters',
      parameter: [
        { name: 'patient', valueReference: { reference: `Patient/${patient}` } },
        { name: 'state', valueCode: 'current' },
        { name: 'epoch', valuePositiveInt: partOf(wanted, 'epoch')?.valueUnsignedInt },
        { name: 'sequence', valuePositiveInt: partOf(wanted, 'sequence')?.valueUnsignedInt },
        { name: 'level', valueCode: 'shown' },
      ],
    },
  })

  const atRecipient = showing({
    keyplan: await recipient.fhir('keyplan', 'system/Bundle.cruds'),
    hospital: await recipient.fhir('hospital'),
  })
  write('The sender compares: what the hospital holds of it in all, and in the bucket of one person.')
  await atRecipient(200, {
    as: 'keyplan',
    path: '/Bundle/$held-summaries',
    method: 'POST',
    pick: picked('persons') as never,
  })
  const bucket = createHash('sha256').update(patient).digest().readUInt16BE(0) >> 6
  await atRecipient(200, {
    as: 'keyplan',
    path: '/Bundle/$held-summaries',
    body: { resourceType: 'Parameters', parameter: [{ name: 'buckets', valueString: String(bucket) }] },
    said: `Parameters: buckets = the first 10 bits of SHA-256 of ${patient}, as a number`,
  })
  write('A sender says that it is there, and what should be held: here one that has nothing to send yet.')
  await atRecipient(200, {
    as: 'keyplan',
    path: '/Bundle/$sharing-heartbeat',
    body: await signedHeartbeat('hospital-ward'),
  })
  write('Whether what the hospital holds can be trusted to be current.')
  await sender.services.verification.beat({ all: true })
  await atRecipient(200, {
    as: 'hospital',
    path: '/Bundle/$sharing-health',
    pick: (({ parameter = [] }: Parameters) =>
      parameter.flatMap((one) => {
        if (one.name === 'held') return [one]
        if (partOf(one.part, 'recipient')?.valueString !== 'hospital') return []
        return [
          { ...one, part: one.part?.filter(({ name }) => ['id', 'recipient', 'state', 'expected'].includes(name)) },
        ]
      })) as never,
  })
}

/** Reviews and sharing, at two services of their own. */
export const showSharing = async (page: ExamplePage): Promise<void> => {
  const recipient = await startService()
  try {
    const list = await recipientsFile([
      { id: 'hospital', address: `${recipient.baseUrl}/fhir`, role: 'hospital', organization: 'ZZ904' },
    ])
    try {
      const sender = await startService({ environment: { KEYPLAN_RECIPIENTS: list.file } })
      try {
        await showBetween(page, { sender, recipient })
      } finally {
        await sender.stop()
      }
    } finally {
      await list.remove()
    }
  } finally {
    await recipient.stop()
  }
}
