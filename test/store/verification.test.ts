import { createHash } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { database, type TestDatabase } from '../support/database.ts'

let own: TestDatabase

beforeAll(async () => {
  own = await database()
})

afterAll(() => own.drop())

const recognise = async (): Promise<{ epoch: number; raised: boolean }> => {
  const [row] = await own.query<{ epoch: number; raised: boolean }>('select epoch, raised from recognise_database()')
  return row as { epoch: number; raised: boolean }
}

describe('recognising the database', () => {
  test('a new one is recorded as it is, by a role that is no superuser, and recognised from then on', async () => {
    expect(await recognise()).toEqual({ epoch: 1, raised: false })
    const [{ identity } = {}] = await own.query<{ identity: string }>('select identity from installation')
    expect(identity).toMatch(/^\d+\/[0-9A-F]{8}\/\d+\/\d+$/)
    expect(await recognise()).toEqual({ epoch: 1, raised: false })
  })

  test.each([0, 1, 2, 3])('another one in part %i of its identity raises the epoch, once', async (part) => {
    const { epoch: before } = await recognise()
    await own.query(
      `update installation set identity = (
        select string_agg(case when place = $1 then 'other' else word end, '/' order by place)
        from unnest(string_to_array(identity, '/')) with ordinality as word (word, place))`,
      [part + 1],
    )
    const all = await Promise.all([recognise(), recognise(), recognise()])
    expect(all.filter(({ raised }) => raised)).toHaveLength(1)
    expect(await recognise()).toEqual({ epoch: before + 1, raised: false })
  })
})

describe('what may be sent', () => {
  const maySend = async (): Promise<boolean> => {
    const [row] = await own.query<{ may: boolean }>(`select may_send('gp') as may`)
    return row?.may === true
  }

  test('is nothing from the moment that the database is another, until the recipient was asked', async () => {
    await recognise()
    await own.query(
      `insert into recipient (id, name, role, organization, channel, address, jurisdictions, asked_epoch)
        select 'gp', 'GP', 'gp-practice', 'Z00001', 'fhir-rest', 'http://localhost/fhir', '{GB-SCT}', epoch from installation`,
    )
    expect(await maySend()).toBe(true)
    await own.query(`update installation set identity = 'another'`)
    expect(await maySend()).toBe(false)
    expect(await recognise()).toMatchObject({ raised: true })
    expect(await maySend()).toBe(false)
    await own.query(`update recipient set asked_epoch = epoch from installation`)
    expect(await maySend()).toBe(true)
  })

  test('is nothing to a recipient that is registered after a restore, until it was asked', async () => {
    await own.query(`delete from recipient`)
    await own.query(
      `insert into recipient (id, name, role, organization, channel, address, jurisdictions)
        values ('gp', 'GP', 'gp-practice', 'Z00001', 'fhir-rest', 'http://localhost/fhir', '{GB-SCT}')`,
    )
    expect(await maySend()).toBe(false)
  })
})

describe('buckets', () => {
  test('are the first ten bits of SHA-256 of the id', async () => {
    const ids = ['1', 'a.b-C', '3d1a4f5e-6a0b-4c55-9d51-0c9c1f6f2a10']
    const rows = await own.query<{ bucket: number }>(
      'select summary_bucket(id) as bucket from unnest($1::text[]) as id',
      [ids],
    )
    const expected = ids.map((id) => createHash('sha256').update(id).digest().readUInt16BE(0) >> 6)
    expect(rows.map(({ bucket }) => bucket)).toEqual(expected)
  })
})
