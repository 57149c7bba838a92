/** A process that is killed while it performs what is answered later: another one does, and what was committed is committed once. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type { Bundle, FhirResource } from 'fhir/r4.js'
import pg from 'pg'
import { keyplan, type RunningCommand } from '../support/command.ts'
import { database, type TestDatabase } from '../support/database.ts'
import { person, register } from '../support/people.ts'
import { type FhirRequest, fhirClient, startService, type TestService } from '../support/service.ts'
import { until } from '../support/until.ts'

let own: TestDatabase
let folder: string
let command: RunningCommand
let patient: string
let gp: FhirRequest
let other: TestService | undefined

beforeAll(async () => {
  ;[own, folder] = await Promise.all([database(), mkdtemp(join(tmpdir(), 'keyplan-later-'))])
})

afterAll(async () => {
  command.child.kill('SIGKILL')
  await command.ended
  await other?.stop()
  await own.drop()
  await rm(folder, { recursive: true, force: true })
})

const start = async (): Promise<void> => {
  command = keyplan(['serve'], { PORT: '0', DATABASE_URL: own.url, KEYPLAN_DATA: folder })
  const { url } = await command.until('KeyPlan is ready')
  gp = await fhirClient(String(url), 'gp-practice')
}

/** Sends a request to be answered later, and kills its process while it waits for the records. Answers where the answer will be. */
const killedMeanwhile = async (method: string, path: string, body?: object): Promise<string> => {
  await start()
  patient ??= await register(gp, person('margaret'))
  const holder = new pg.Client({ connectionString: own.url, application_name: 'test' })
  await holder.connect()
  try {
    await holder.query('begin')
    await holder.query('lock table resource in access exclusive mode')
    const kickOff = await gp(method, path.replace('PATIENT', patient), body, { Prefer: 'respond-async' })
    expect(kickOff.status).toBe(202)
    await until(
      () =>
        own.query(`select pid from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()`),
      (waiting) => waiting.length > 0,
    )
    command.child.kill('SIGKILL')
    await command.ended
    return (kickOff.headers.get('content-location') ?? '').replace(/^.*\/fhir/, '')
  } finally {
    await holder.query('rollback')
    await holder.end()
  }
}

/** The answer that another process gives, once the lease of the first one is over. */
const answeredByAnother = async (place: string) => {
  await own.query(`update job set leased_until = now() where finished_at is null`)
  other ??= await startService({ database: own })
  const ask = await other.fhir('gp-practice')
  return until(
    () => ask<Bundle<FhirResource>>('GET', place),
    ({ status }) => status !== 202,
    60,
  )
}

describe('a process that is killed while it performs what is answered later (http://hl7.org/fhir/R4/async.html)', () => {
  test('everything of a person is told by another process', async () => {
    const answer = await answeredByAnother(await killedMeanwhile('GET', '/Patient/PATIENT/$everything'))
    expect([answer.status, answer.body.entry?.[0]?.resource?.id]).toEqual([200, patient])
    await other?.stop()
    other = undefined
  })

  test('a transaction is committed once, by the one or by the other, and the answer says which', async () => {
    const place = await killedMeanwhile('POST', '', {
      resourceType: 'Bundle',
      type: 'transaction',
      entry: [
        {
          resource: { resourceType: 'Organization', name: 'Just once' },
          request: { method: 'POST', url: 'Organization' },
        },
      ],
    })
    const answer = await answeredByAnother(place)
    const stored = () => own.query(`select id from resource where type = 'Organization' and body like '%Just once%'`)
    expect(await until(stored, (rows) => rows.length > 0)).toHaveLength(1)
    // PostgreSQL finishes what a client that is gone has sent: then the first attempt was the one that committed.
    if (answer.status === 200) expect(answer.body.type).toBe('transaction-response')
    else expect([answer.status, answer.text]).toEqual([409, expect.stringContaining('committed-already')])
  })
})
