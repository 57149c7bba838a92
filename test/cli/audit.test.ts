import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { loadAuditKey } from '../../src/auth/audit-key.ts'
import { keyplan } from '../support/command.ts'
import { person, register } from '../support/people.ts'
import { recipientsFile } from '../support/recipients.ts'
import { startService, type TestService } from '../support/service.ts'
import { until } from '../support/until.ts'

let folder: string
let witness: TestService
let list: Awaited<ReturnType<typeof recipientsFile>>
let service: TestService

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'keyplan-audit-'))
  await loadAuditKey({ dataFolder: folder })
  witness = await startService()
  list = await recipientsFile([{ id: 'hospital', address: `${witness.baseUrl}/fhir`, role: 'hospital' }])
  service = await startService({
    environment: { KEYPLAN_RECIPIENTS: list.file, KEYPLAN_AUDIT_KEY: join(folder, 'audit-key.json') },
  })
  await register(await service.fhir('gp-practice'), person('margaret'))
})

afterAll(async () => {
  await service.stop()
  await witness.stop()
  await list.remove()
  await rm(folder, { recursive: true, force: true })
})

/** `keyplan audit …` as a process of its own, on the database of this service. */
const run = async (of: TestService, ...args: string[]) => {
  const command = keyplan(['audit', ...args], { DATABASE_URL: of.database.url, KEYPLAN_DATA: folder })
  return { code: await command.ended, stdout: command.stdout(), stderr: command.stderr() }
}

const sealed = () =>
  until(
    async () => (await service.services.records.auditSeal.standing()).lag,
    (lag) => lag === 0,
  )

const beat = () => service.services.verification.beat({ all: true })

/** What the hospital keeps, in a file. */
const keptFile = async (): Promise<string> => {
  const { code, stdout } = await run(witness, 'witness')
  expect(code).toBe(0)
  const file = join(folder, 'witness.jsonl')
  await writeFile(file, stdout)
  return file
}

describe('keyplan audit', () => {
  test('verify finds nothing wrong with what a service seals by itself, and shows no row', async () => {
    await sealed()
    const { code, stdout, stderr } = await run(service, 'verify')
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toMatch(
      /^\d+ events in \d+ seals\. The newest: epoch 1, .*\n(The oldest.*\n)?Nothing is wrong with what is here\.\n$/,
    )
    expect(stdout).not.toContain('gp-practice')
  })

  test('witness prints what a recipient has kept, and verify holds the log against it', async () => {
    await sealed()
    await beat()
    const file = await keptFile()
    const { code, stdout } = await run(service, 'verify', '--witness', file, '--json')
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({ witnesses: { agree: 1, strange: 0 }, faults: [], total: 0 })
  })

  test('a seal that is not ours says nothing, and is no proof either', async () => {
    const file = join(folder, 'strange.jsonl')
    await register(await witness.fhir('gp-practice'), person('wales'))
    const own = await until(
      () => run(witness, 'witness', '--own'),
      ({ stdout }) => stdout !== '',
    )
    await writeFile(file, own.stdout)
    const strange = await run(service, 'verify', '--witness', file)
    expect(strange.code).toBe(1)
    expect(strange.stdout).toContain('which say nothing here: 1.')
    expect(strange.stderr).toContain('no file of a witness holds a seal of this log')
    await writeFile(file, '')
    expect((await run(service, 'verify', '--witness', file)).code).toBe(1)
  })

  test('what cannot be read is named', async () => {
    const file = join(folder, 'nonsense.jsonl')
    await writeFile(file, '\n{"checkpoint": {"size": "many"}}\n')
    const nonsense = await run(service, 'verify', '--witness', file)
    expect([nonsense.code, nonsense.stderr]).toEqual([1, expect.stringContaining(`${file}, line 2: this is no line`)])
    const nowhere = await run(service, 'verify', '--witness', join(folder, 'none'))
    expect([nowhere.code, nowhere.stderr]).toEqual([1, expect.stringContaining('none cannot be read (ENOENT)')])
    const keyless = keyplan(['audit', 'verify'], {
      DATABASE_URL: service.database.url,
      KEYPLAN_DATA: join(folder, 'other'),
    })
    expect(await keyless.ended).toBe(1)
    expect(keyless.stderr()).toMatch(/KEYPLAN_AUDIT_KEY: .*audit-key\.json does not exist/)
    expect((await run(service, 'mend')).code).toBe(2)
  })

  test('a log that was written anew with our own key is found by the witness, in its file and by heartbeat', async () => {
    await sealed()
    await beat()
    const file = await keptFile()
    const { database } = service
    for (const table of ['audit_event', 'audit_leaf', 'audit_node', 'audit_seal'])
      await database.query(`alter table ${table} disable trigger user`)
    await database.query(`begin; delete from audit_event where id = (select min(id) from audit_event);
      truncate audit_leaf, audit_node, audit_seal; commit`)
    await register(await service.fhir('gp-practice'), person('england'))
    await sealed()
    expect((await run(service, 'verify')).code).toBe(0)
    const { code, stdout } = await run(service, 'verify', '--witness', file)
    expect([code, stdout]).toEqual([1, expect.stringMatching(/^(rebuilt|tail-cut): a witness has seen/m)])
    const contradicted = async (): Promise<boolean> => {
      await beat()
      const rows = await witness.database.query('select from received_checkpoint where contradicted_at is not null')
      return rows.length > 0
    }
    await until(contradicted, (is) => is, 60)
    expect((await run(witness, 'witness')).stdout).toContain('"contradicts":true')
    const figures = await (await fetch(`${witness.baseUrl}/metrics`)).text()
    expect(figures).toContain('keyplan_received_audit_contradicted{sender="keyplan",recipient="hospital"} 1')
  }, 90_000)
})
