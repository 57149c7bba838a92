import { setTimeout as wait } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import type { Channel } from '../../../src/sync/channels/channel.ts'
import { openEnding } from '../../../src/sync/channels/exchange.ts'
import { fhirRest } from '../../../src/sync/channels/fhir-rest.ts'
import { type ScriptedRecipient, scriptedRecipient } from '../../support/scripted-recipient.ts'

let recipient: ScriptedRecipient
let channel: Channel

beforeEach(async () => {
  recipient = await scriptedRecipient()
  channel = fhirRest(recipient, { token: async () => 'token', forget() {} }, { connections: 1 })
})

afterEach(async () => {
  channel.close()
  await recipient.stop()
})

const summary = {
  recipient: 'ambulance',
  patient: 'margaret',
  lease: 1,
  state: 'current',
  epoch: 1,
  sequence: 1,
  document: Buffer.from('{"resourceType":"Bundle","type":"document"}'),
  confirmedVersion: null,
  attempts: 1,
  unfinished: 0,
  failingSince: null,
} as const

describe('the time of one sending', () => {
  test('is less than that of a lease, also where the recipient is asked what it holds', async () => {
    recipient.script(async ({ method }) => {
      if (method === 'GET') return 'hang'
      await wait(6_000)
      return { status: 204 }
    })
    const from = performance.now()
    const result = await channel.send(summary, openEnding(), () => true)
    expect(performance.now() - from).toBeLessThan(12_000)
    expect(result).toMatchObject({ kind: 'failed', received: true })
    expect(recipient.asked.map(({ method }) => method)).toEqual(['PUT', 'GET'])
  }, 30_000)
})

describe('a server whose tokens come late and cannot be kept', () => {
  test('what grew old meanwhile is not sent, and goes out with that token when it is loaded anew', async () => {
    let tokens = 0
    channel.close()
    const access = { token: async () => `token-${++tokens}`, forget() {} }
    channel = fhirRest(recipient, access, { connections: 1 })
    const send = (fresh: boolean) => channel.send(summary, openEnding(), () => fresh)
    expect(await send(false)).toEqual({ kind: 'stale' })
    expect(recipient.asked).toEqual([])
    await send(true)
    await send(true)
    const puts = recipient.asked.filter(({ method }) => method === 'PUT')
    expect(puts.map(({ headers }) => headers.authorization)).toEqual(['Bearer token-1', 'Bearer token-2'])
  })
})
