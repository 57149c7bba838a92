import { afterAll, expect, test } from '@jest/globals'
import { keyplan } from '../support/command.ts'
import { database } from '../support/database.ts'

const own = await database()
afterAll(() => own.drop())

const migrate = async () => {
  const command = keyplan(['migrate'], { DATABASE_URL: own.url })
  return { code: await command.ended, stdout: command.stdout(), stderr: command.stderr() }
}

test('a database that is up to date is left as it is', async () => {
  expect(await migrate()).toEqual({ code: 0, stdout: 'The database is up to date.\n', stderr: '' })
})

test('a database of a newer KeyPlan is refused, and so is serving from it', async () => {
  await own.query(`insert into migration (name, run_on) values ('9999_tomorrow', now())`)
  const { code, stderr } = await migrate()
  expect(code).toBe(1)
  expect(stderr).toContain('9999_tomorrow')
  const serve = keyplan(['serve'], { DATABASE_URL: own.url, PORT: '0' })
  expect(await serve.ended).toBe(1)
  expect(serve.stderr()).toContain('9999_tomorrow')
  await own.query(`delete from migration where name = '9999_tomorrow'`)
})

test('a new database gets every migration, once, by processes that start at the same time', async () => {
  await own.query('drop schema public cascade; create schema public')
  const results = await Promise.all([migrate(), migrate(), migrate()])
  expect(results.map(({ code, stderr }) => ({ code, stderr }))).toEqual(results.map(() => ({ code: 0, stderr: '' })))
  expect(results.filter(({ stdout }) => stdout.startsWith('Migrated: 0001_records\n'))).toHaveLength(1)
})

test('a database that cannot be reached is named by its setting, without its password', async () => {
  const command = keyplan(['migrate'], { DATABASE_URL: 'postgres://me:secret-word@127.0.0.1:1/plans' })
  expect(await command.ended).toBe(1)
  expect(command.stderr()).toContain('DATABASE_URL')
  expect(command.stderr()).not.toContain('secret-word')
})
