import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type { Parameters } from 'fhir/r4.js'
import {
  CompactSign,
  calculateJwkThumbprint,
  createLocalJWKSet,
  exportJWK,
  flattenedVerify,
  generateKeyPair,
  type JWK,
} from 'jose'
import { canonicalJson } from '../../src/fhir/canonical-json.ts'
import { type Heartbeat, heartbeatParameters } from '../../src/plan/summary/heartbeat.ts'
import { person, register, submit } from '../support/people.ts'
import { recipientsFile } from '../support/recipients.ts'
import { type FhirRequest, issueKeys, startService, type TestService } from '../support/service.ts'
import { until } from '../support/until.ts'

let hospital: TestService
let list: Awaited<ReturnType<typeof recipientsFile>>
let keyplan: TestService
/** The recipient as a reader there, and as its senders ask it. */
let reader: FhirRequest
let sender: FhirRequest

beforeAll(async () => {
  hospital = await startService()
  list = await recipientsFile([{ id: 'hospital', address: `${hospital.baseUrl}/fhir`, role: 'hospital' }])
  keyplan = await startService({ environment: { KEYPLAN_RECIPIENTS: list.file } })
  reader = await hospital.fhir('hospital')
  sender = await hospital.fhir('keyplan', 'system/Bundle.cruds')
  const gp = await keyplan.fhir('gp-practice')
  const margaret = person('margaret')
  await submit(gp, await register(gp, margaret), margaret.conversations[1])
  await until(outstanding, (count) => count === 0)
})

afterAll(async () => {
  await keyplan.stop()
  await hospital.stop()
  await list.remove()
})

const outstanding = async (): Promise<number> =>
  (await keyplan.database.query('select from delivery where outstanding')).length

const beat = () => keyplan.services.verification.beat({ all: true })

type Health = Readonly<{
  held: number | undefined
  state: string | undefined
  since: string | undefined
  message: string | undefined
  expected: number | undefined
  heartbeat: Heartbeat
  signed: string
  signature: string
}>

const health = async (): Promise<Health> => {
  const { status, body } = await reader<Parameters>('GET', '/Bundle/$sharing-health')
  expect(status).toBe(200)
  const senders = (body.parameter ?? []).filter(({ name }) => name === 'sender')
  const part = senders.find(({ part = [] }) => part.some(({ valueString }) => valueString === 'hospital'))?.part ?? []
  const named = (name: string) => part.find((each) => each.name === name)
  const signed = named('heartbeat')?.valueString ?? '{}'
  return {
    held: body.parameter?.find(({ name }) => name === 'held')?.valueUnsignedInt,
    state: named('state')?.valueCode,
    since: named('since')?.valueInstant,
    message: named('message')?.valueString,
    expected: named('expected')?.valueUnsignedInt,
    heartbeat: JSON.parse(signed),
    signed,
    signature: named('signature')?.valueString ?? '',
  }
}

const send = async (heartbeat: Heartbeat, signature: string) => {
  const { status, body } = await sender('POST', '/Bundle/$sharing-heartbeat', heartbeatParameters(heartbeat, signature))
  return { status, key: status === 200 ? undefined : issueKeys(body)[0] }
}

/** Signs as a sender does, with a key of its own. */
const strangerKeys = async () => {
  const { privateKey, publicKey } = await generateKeyPair('ES384')
  const jwk = await exportJWK(publicKey)
  const sign = async (heartbeat: Heartbeat, typ = 'keyplan-heartbeat+jws'): Promise<string> => {
    const compact = await new CompactSign(new TextEncoder().encode(canonicalJson(heartbeat)))
      .setProtectedHeader({ alg: 'ES384', typ, jwk })
      .sign(privateKey)
    const [header, , signature] = compact.split('.')
    return `${header}..${signature}`
  }
  return { sign, thumbprint: await calculateJwkThumbprint(jwk) }
}

describe('the heartbeat (trust, section 4, point 9)', () => {
  test('says what should be held, and a reader of the recipient sees that it is current', async () => {
    await beat()
    const { held, state, since, expected, heartbeat } = await health()
    expect({ held, state, since, expected }).toEqual({ held: 1, state: 'current', since: undefined, expected: 1 })
    expect(heartbeat).toMatchObject({ recipient: 'hospital', epoch: 1, count: 1 })
    expect(heartbeat.outstandingSince).toBeUndefined()
    const { recipients } = await keyplan.services.records.verification.read()
    expect(recipients[0]).toMatchObject({ heartbeatError: null, heartbeatAcknowledgedAt: expect.any(String) })
  })

  test('is signed with a key that the sender publishes, over its canonical JSON', async () => {
    const { heartbeat, signed, signature } = await health()
    expect(signed).toBe(canonicalJson(heartbeat))
    const published = (await (await fetch(`${keyplan.baseUrl}/auth/jwks`)).json()) as { keys: [JWK] }
    const [header = '', , value = ''] = signature.split('.')
    const verified = await flattenedVerify(
      { protected: header, payload: Buffer.from(signed).toString('base64url'), signature: value },
      createLocalJWKSet(published),
    )
    expect(verified.protectedHeader).toMatchObject({
      alg: 'ES384',
      typ: 'keyplan-heartbeat+jws',
      kid: published.keys[0].kid,
    })
  })

  test('of many processes, one sends that of an interval', async () => {
    const { number } = (await health()).heartbeat
    await keyplan.database.query(`update verification set heartbeat_due = now()`)
    await Promise.all(Array.from({ length: 8 }, () => keyplan.services.verification.beat()))
    expect((await health()).heartbeat.number).toBe(number + 1)
  })

  test('a repeated one is refused, and one that was changed', async () => {
    const { heartbeat, signature } = await health()
    expect(await send(heartbeat, signature)).toEqual({ status: 409, key: 'heartbeat-outdated' })
    expect(await send({ ...heartbeat, number: heartbeat.number + 1 }, signature)).toEqual({
      status: 422,
      key: 'signature-invalid',
    })
    expect(await send({ ...heartbeat, epoch: heartbeat.epoch + 1 }, signature)).toEqual({
      status: 422,
      key: 'signature-invalid',
    })
  })

  test('one that another key signed is refused', async () => {
    const { heartbeat } = await health()
    const { sign, thumbprint } = await strangerKeys()
    const forged = { ...heartbeat, number: heartbeat.number + 1, keys: [thumbprint] }
    expect(await send(forged, await sign(forged))).toEqual({ status: 403, key: 'signature-key-unknown' })
    const unannounced = { ...forged, keys: heartbeat.keys }
    expect(await send(unannounced, await sign(unannounced))).toEqual({ status: 422, key: 'signature-invalid' })
    expect((await health()).heartbeat.number).toBe(heartbeat.number)
  })

  test('an older epoch, a late one, and what is signed as something else are refused', async () => {
    const { sign, thumbprint } = await strangerKeys()
    const first: Heartbeat = {
      recipient: 'elsewhere',
      epoch: 2,
      number: 1,
      time: new Date().toISOString(),
      highestSequence: 0,
      count: 0,
      keys: [thumbprint],
    }
    expect(await send(first, await sign(first, 'keyplan-plan+jws'))).toEqual({ status: 422, key: 'signature-invalid' })
    expect(await send(first, await sign(first))).toEqual({ status: 200, key: undefined })
    const older = { ...first, epoch: 1, number: 9 }
    expect(await send(older, await sign(older))).toEqual({ status: 409, key: 'heartbeat-outdated' })
    const late = { ...first, number: 2, time: new Date(Date.now() - 150_000).toISOString() }
    expect(await send(late, await sign(late))).toEqual({ status: 422, key: 'heartbeat-late' })
  })

  test('a new key is taken once it was announced under the old one', async () => {
    const [old, next] = [await strangerKeys(), await strangerKeys()]
    const at = (number: number, keys: string[]): Heartbeat => ({
      recipient: 'changing',
      epoch: 1,
      number,
      time: new Date().toISOString(),
      highestSequence: 0,
      count: 0,
      keys,
    })
    const steps: [Heartbeat, typeof old][] = [
      [at(1, [old.thumbprint]), old],
      [at(2, [old.thumbprint, next.thumbprint]), old],
      [at(3, [next.thumbprint]), next],
    ]
    for (const [heartbeat, { sign }] of steps) expect((await send(heartbeat, await sign(heartbeat))).status).toBe(200)
    const back = at(4, [old.thumbprint])
    expect(await send(back, await old.sign(back))).toEqual({ status: 403, key: 'signature-key-unknown' })
  })

  test('is taken only from a client that is registered as a sender', async () => {
    const { heartbeat, signature } = await health()
    const { status, body } = await (await hospital.fhir('integrator'))(
      'POST',
      '/Bundle/$sharing-heartbeat',
      heartbeatParameters(heartbeat, signature),
    )
    expect([status, issueKeys(body)[0]]).toEqual([403, 'not-a-sender'])
    expect((await reader('POST', '/Bundle/$held-summaries')).status).toBe(403)
  })

  test('after two were missed a reader is told that what is held may be out of date, until one is heard', async () => {
    const [{ heard } = {}] = await hospital.database.query<{ heard: string }>(
      `update received_heartbeat set received_at = now() - interval '76 seconds', sent_at = now() - interval '76 seconds'
        where recipient = 'hospital' returning sent_at as heard`,
    )
    const { state, since, message } = await health()
    expect({ state, since }).toEqual({ state: 'may-be-out-of-date', since: heard })
    expect(message).toContain(`May be out of date since ${heard}`)
    const figures = await (await fetch(`${hospital.baseUrl}/metrics`)).text()
    const [, seconds] =
      /^keyplan_received_out_of_date_seconds{sender="keyplan",recipient="hospital"} ([\d.]+)$/m.exec(figures) ?? []
    expect(Number(seconds)).toBeGreaterThanOrEqual(76)
    await beat()
    expect((await health()).state).toBe('current')
  })

  test('where something has not come for longer, it may be out of date since then, however alive the sender is', async () => {
    const [{ since } = {}] = await keyplan.database.query<{ since: string }>(
      `update delivery set confirmed_state = null, next_attempt_at = now() + interval '1 hour', wanted_at = now() - interval '5 minutes'
        returning wanted_at as since`,
    )
    await beat()
    expect(await health()).toMatchObject({ state: 'may-be-out-of-date', since })
  })
})
