import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { person, register } from '../support/people.ts'
import { startService, type TestService } from '../support/service.ts'

let service: TestService
beforeAll(async () => {
  service = await startService()
})
afterAll(() => service.stop())

const WARNING = 'A person could not be derived anew; trying again'

const warnings = () => service.logged.filter(({ msg }) => msg === WARNING)

const turnOf = async (patient: string): Promise<string | null | undefined> => {
  const [row] = await service.database.query<{ turn: string | null }>(
    'select next_turn as turn from emergency_summary where patient = $1',
    [patient],
  )
  return row?.turn
}

const until = async (holds: () => Promise<boolean>): Promise<void> => {
  while (!(await holds())) await wait(100)
}

const replaceInBody = (patient: string, from: string, to: string) =>
  service.database.query(`update resource set body = replace(body, $2, $3) where type = 'Patient' and id = $1`, [
    patient,
    from,
    to,
  ])

test('a person who cannot be derived holds up nobody, is named in no log line, and is derived once that is mended', async () => {
  const gp = await service.fhir('gp-practice')
  const [broken, other] = [await register(gp, person('wales')), await register(gp, person('england'))]
  expect(await turnOf(broken)).toBeNull()
  await replaceInBody(broken, '"GB-WLS"', '"GB-XXX"')
  await service.database.query(
    `update emergency_summary set next_turn = now() - case when patient = $1 then interval '2 h' else interval '1 h' end`,
    [broken],
  )
  await until(async () => (await turnOf(other)) === null)
  await until(async () => warnings().length >= 2)
  expect(await turnOf(broken)).not.toBeNull()
  expect(JSON.stringify(warnings())).toContain('jurisdiction')
  const { name = [], identifier = [] } = person('wales').patient
  for (const secret of [broken, name[0]?.family, identifier[0]?.value]) {
    expect(JSON.stringify(warnings())).not.toContain(String(secret))
  }
  await replaceInBody(broken, '"GB-XXX"', '"GB-WLS"')
  await until(async () => (await turnOf(broken)) === null)
}, 120_000)
