import { appendFile, mkdtemp, rm } from 'node:fs/promises'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { EXTENSION, SYSTEM } from '../../../src/plan/codes.ts'
import { readApplications } from './journal.ts'
import { createRecipient } from './server.ts'

let folder: string
let server: Server
let base: string
let token: string

const start = async (): Promise<void> => {
  server = await createRecipient(folder)
  await new Promise<void>((settle) => server.listen(0, '127.0.0.1', settle))
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}/fhir`
}
const stop = async (): Promise<void> => {
  server.closeAllConnections()
  await new Promise((settle) => server.close(settle))
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'keyplan-recipient-'))
  await start()
})
afterAll(async () => {
  await stop()
  await rm(folder, { recursive: true })
})

const document = (sequence: number, state = 'current') => ({
  resourceType: 'Bundle',
  id: 'ann',
  type: 'document',
  meta: { tag: [{ system: SYSTEM.summaryState, code: state }] },
  entry: [
    {
      resource: {
        resourceType: 'Composition',
        section: state === 'current' ? [{ entry: [{ reference: `CarePlan/plan-${sequence}` }] }] : [],
        extension: [
          {
            url: EXTENSION.summaryOrder,
            extension: [
              { url: 'epoch', valueUnsignedInt: 1 },
              { url: 'sequence', valueUnsignedInt: sequence },
            ],
          },
        ],
      },
    },
  ],
})

const ask = (method: string, headers: Record<string, string> = {}, body?: object): Promise<Response> =>
  fetch(`${base}/Bundle/ann`, {
    method,
    headers: { Authorization: `Bearer ${token}`, ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })

test('its token endpoint is found by discovery, at the address by which it was asked', async () => {
  const found = await (await fetch(`${base}/.well-known/smart-configuration`)).json()
  const { token_endpoint } = found as { token_endpoint: string }
  expect(token_endpoint).toBe(`${base}/token`)
  const refused = await fetch(token_endpoint, { method: 'POST', body: new URLSearchParams({ scope: 'x' }) })
  expect(refused.status).toBe(400)
  const granted = await fetch(token_endpoint, {
    method: 'POST',
    body: new URLSearchParams({ client_assertion: 'x' }),
  })
  token = ((await granted.json()) as { access_token: string }).access_token
  expect((await fetch(`${base}/Bundle/ann`)).status).toBe(401)
  expect((await ask('GET')).status).toBe(404)
})

test('it keeps versions, and obeys If-None-Match and If-Match', async () => {
  expect((await ask('PUT', { 'If-None-Match': '*' }, document(1))).status).toBe(201)
  expect((await ask('PUT', { 'If-None-Match': '*' }, document(1))).status).toBe(412)
  const second = await ask('PUT', { 'If-Match': 'W/"1"' }, document(2, 'withdrawn'))
  expect([second.status, second.headers.get('etag')]).toEqual([200, 'W/"2"'])
  expect((await ask('PUT', { 'If-Match': 'W/"1"' }, document(1))).status).toBe(412)
  expect((await ask('PUT', {}, { resourceType: 'Bundle', id: 'ann' })).status).toBe(400)
  expect((await readApplications(folder)).map(({ sequence, state, plans }) => [sequence, state, plans])).toEqual([
    [1, 'current', ['plan-1']],
    [2, 'withdrawn', []],
  ])
})

test('what it answered it still holds after a kill in the middle of writing', async () => {
  await stop()
  await appendFile(join(folder, 'applications.jsonl'), '{"patient":"ann","seq')
  await start()
  const held = await ask('GET')
  expect([held.status, held.headers.get('etag')]).toEqual([200, 'W/"2"'])
  expect(await held.json()).toMatchObject({ ...document(2, 'withdrawn'), meta: { versionId: '2' } })
  expect((await ask('PUT', { 'If-Match': 'W/"2"' }, document(3))).status).toBe(200)
  expect((await readApplications(folder)).map(({ sequence }) => sequence)).toEqual([1, 2, 3])
})
