/** No type that is stored has a parameter of type number yet; its rows and what is asked of them are shown by themselves. */
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { numberTest } from '../../../src/search/query/number.ts'
import { searchSql } from '../../../src/search/sql/statement.ts'
import { database, type TestDatabase } from '../../support/database.ts'
import { permitFor } from '../../support/permit.ts'

let stored: TestDatabase

beforeAll(async () => {
  stored = await database()
  await stored.query(
    `insert into resource (type, id, version, last_updated, body)
      select 'Organization', id, 1, now(), '' from unnest(array['five', 'below', 'range', 'hundred']) as id`,
  )
  await stored.query(
    `insert into search_number (type, parameter, low, high, id) values ('Organization', 'size', 5, 5, 'five'), ('Organization', 'size', '-infinity', 3, 'below'),
      ('Organization', 'size', 10, 20, 'range'), ('Organization', 'size', 100, 100, 'hundred')`,
  )
})

afterAll(() => stored.drop())

test.each<[string, string[]]>([
  ['5', ['five']],
  ['5.0', ['five']],
  ['5.4', []],
  ['1e2', ['hundred']],
  ['99.6', []],
  ['eq100', ['hundred']],
  ['ne5', ['below', 'hundred', 'range']],
  ['gt5', ['hundred', 'range']],
  ['ge5', ['five', 'hundred', 'range']],
  ['lt5', ['below']],
  ['le5', ['below', 'five']],
  ['gt15', ['hundred', 'range']],
  ['sa15', ['hundred']],
  ['lt15', ['below', 'five', 'range']],
  ['eb15', ['below', 'five']],
  ['ap95', ['hundred']],
  ['ap21', ['range']],
  ['5,100', ['five', 'hundred']],
])('a number: %s (search.html#number)', async (text, ids) => {
  const alternatives = text.split(',').map((one) => numberTest('size', one))
  const { text: sql, values } = searchSql(
    {
      branches: [{ type: 'Organization', conditions: [{ on: 'number', parameter: 'size', alternatives }] }],
      count: 50,
    },
    permitFor({ kind: 'internal', task: 'test' }),
  )
  expect((await stored.query<{ id: string }>(sql, values)).map(({ id }) => id)).toEqual(ids)
})
