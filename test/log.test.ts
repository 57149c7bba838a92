import { describe, expect, test } from '@jest/globals'
import { createLog, describeError } from '../src/log.ts'

const databaseError = Object.assign(new Error('duplicate key value violates unique constraint "identity_pkey"'), {
  code: '23505',
  routine: '_bt_check_unique',
  constraint: 'identity_pkey',
  detail: 'Key (value)=(9434765919) already exists.',
})

describe('what is said about an error holds no data of a person', () => {
  test('PostgreSQL: code and constraint, neither its message nor its detail', () => {
    const said = describeError(databaseError)
    expect(said).toMatchObject({ code: '23505', constraint: 'identity_pkey' })
    expect(JSON.stringify(said)).not.toContain('9434765919')
    expect(said).not.toHaveProperty('message')
  })

  test('the JSON parser, which quotes what it could not read', () => {
    let thrown: unknown
    try {
      JSON.parse('{"family": "Ravenscroft" oops}')
    } catch (error) {
      thrown = error
    }
    expect(JSON.stringify(describeError(thrown))).not.toMatch(/Ravenscroft|family/)
  })

  test('causes, which are described in the same way', () => {
    const said = describeError(new Error('The commit failed.', { cause: databaseError }))
    expect(said).toMatchObject({ message: 'The commit failed.', cause: { code: '23505' } })
    expect(JSON.stringify(said)).not.toContain('9434765919')
  })

  test('what is no error, of which only the type is told', () => {
    expect(describeError('Ravenscroft')).toEqual({ type: 'string' })
  })
})

test('a log line is one line of JSON with level, time and message', () => {
  const lines: string[] = []
  const log = createLog('info', { write: (line: string) => void lines.push(line) })
  log.error({ err: databaseError }, 'A request failed')
  log.debug('not at this level')
  expect(lines).toHaveLength(1)
  const line = JSON.parse(lines[0] as string)
  expect(line).toMatchObject({ level: 'error', msg: 'A request failed', err: { code: '23505' } })
  expect(Date.parse(line.time)).not.toBeNaN()
  expect(lines[0]).not.toContain('9434765919')
})
