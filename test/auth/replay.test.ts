/** One assertion gives one token, however many processes are asked at once (SMART asymmetric authentication, `jti`). */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { generateSigningKey, keySetText } from '../../src/auth/keys.ts'
import { freePort } from '../chaos/free-port.ts'
import { assertionOf } from '../support/assertion.ts'
import { keyplan, type RunningCommand } from '../support/command.ts'
import { database, type TestDatabase } from '../support/database.ts'
import { until } from '../support/until.ts'
import { tokenRequest } from './support.ts'

const BASE = 'http://localhost:9'
let own: TestDatabase
let folder: string
const running: { port: number; command: RunningCommand }[] = []

beforeAll(async () => {
  own = await database()
  folder = await mkdtemp(join(tmpdir(), 'keyplan-replay-'))
  const keys = join(folder, 'keys.json')
  await writeFile(keys, keySetText([await generateSigningKey()]))
  for (const name of ['one', 'two']) {
    const port = await freePort()
    const command = keyplan(['serve'], {
      PORT: String(port),
      DATABASE_URL: own.url,
      KEYPLAN_DATA: join(folder, name),
      KEYPLAN_SIGNING_KEYS: keys,
      KEYPLAN_BASE_URL: BASE,
    })
    running.push({ port, command })
    await command.until('KeyPlan is ready')
  }
}, 60_000)

afterAll(async () => {
  for (const { command } of running) command.child.kill('SIGTERM')
  await Promise.all(running.map(({ command }) => command.ended))
  await own.drop()
  await rm(folder, { recursive: true })
})

test('50 identical assertions at once, over two processes, give one token, which both take', async () => {
  const form = tokenRequest(await assertionOf('gp-practice', `${BASE}/auth/token`))
  const answers = await Promise.all(
    Array.from({ length: 50 }, async (_, index) => {
      const answer = await fetch(`http://127.0.0.1:${running[index % 2]?.port}/auth/token`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
        body: form,
      })
      return { status: answer.status, body: (await answer.json()) as { access_token?: string; error?: string } }
    }),
  )
  const given = answers.filter(({ status }) => status === 200)
  expect(given).toHaveLength(1)
  expect(answers.filter(({ status, body }) => status === 401 && body.error === 'invalid_client')).toHaveLength(49)
  // What a process writes comes here later than its answer.
  await until(
    () => running.flatMap(({ command }) => command.logged()).filter(({ check }) => check === 'replay').length,
    (refused) => refused === 49,
  )
  for (const { port } of running) {
    const { status } = await fetch(`http://127.0.0.1:${port}/fhir/Patient?_id=nobody`, {
      headers: { Authorization: `Bearer ${given[0]?.body.access_token}` },
    })
    expect(status).toBe(200)
  }
})
