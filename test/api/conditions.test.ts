import { describe, expect, test } from '@jest/globals'
import {
  type Conditions,
  NO_CONDITIONS,
  noneExist,
  notModified,
  onlyCreate,
  refuseConditions,
  requiredVersion,
} from '../../src/api/conditions.ts'
import { Problem } from '../../src/fhir/outcome.ts'

const given = (conditions: Partial<Conditions>): Conditions => ({ ...NO_CONDITIONS, ...conditions })

const keyOf = (act: () => unknown): unknown => {
  try {
    return act()
  } catch (error) {
    return error instanceof Problem ? error.issues[0]?.key : error
  }
}

describe('If-Match (http.html#concurrency)', () => {
  test.each([
    ['W/"3"', 3],
    ['"3"', 3],
    [' W/"12" ', 12],
    [undefined, undefined],
    ['3', 'if-match-malformed'],
    ['*', 'if-match-malformed'],
    ['W/"1", W/"2"', 'if-match-malformed'],
    ['W/3', 'if-match-malformed'],
  ])('%s means %s', (ifMatch, expected) => {
    expect(keyOf(() => requiredVersion(given({ ifMatch })))).toBe(expected)
  })

  test.each([['W/"abc"'], ['W/"0"'], ['W/"01"'], ['W/""'], ['W/"-1"']])(
    '%s is an entity tag that no resource has, so nothing matches it',
    (ifMatch) => {
      expect(requiredVersion(given({ ifMatch }))).toBe(0)
    },
  )
})

describe('If-None-Match on a write', () => {
  test('* means only create', () => {
    expect(onlyCreate(given({ ifNoneMatch: '*' }))).toBe(true)
    expect(onlyCreate(NO_CONDITIONS)).toBe(false)
  })
  test('an entity tag is refused', () => {
    expect(keyOf(() => onlyCreate(given({ ifNoneMatch: 'W/"1"' })))).toBe('if-none-match-malformed')
  })
})

describe('conditional read (http.html#cread)', () => {
  const stored = {
    type: 'Goal',
    id: '1',
    version: 3,
    lastUpdated: '2026-03-12T14:30:05.500Z',
    deleted: false,
    body: '{}',
  }
  test.each([
    [{ ifNoneMatch: 'W/"3"' }, true],
    [{ ifNoneMatch: 'W/"2"' }, false],
    [{ ifNoneMatch: 'W/"2", W/"3"' }, true],
    [{ ifNoneMatch: '*' }, true],
    [{ ifModifiedSince: 'Thu, 12 Mar 2026 14:30:06 GMT' }, true],
    [{ ifModifiedSince: 'Thu, 12 Mar 2026 14:30:05 GMT' }, false],
    [{ ifModifiedSince: 'Thu, 12 Mar 2026 14:30:04 GMT' }, false],
    [{ ifModifiedSince: 'yesterday' }, false],
    [{ ifNoneMatch: 'W/"2"', ifModifiedSince: 'Thu, 12 Mar 2036 14:30:05 GMT' }, false],
    [{}, false],
  ])('%j: the caller has it already: %s', (conditions, expected) => {
    expect(notModified(given(conditions), stored)).toBe(expected)
  })

  test('a first version is not modified since its own Last-Modified, a later one may have been in the same second', () => {
    const conditions = given({ ifModifiedSince: new Date(stored.lastUpdated).toUTCString() })
    expect(notModified(conditions, { ...stored, version: 1 })).toBe(true)
    expect(notModified(conditions, { ...stored, version: 2 })).toBe(false)
  })
})

describe('a condition that an interaction cannot keep', () => {
  test('is refused, not passed over', () => {
    const conditions = given({ ifMatch: 'W/"1"', ifNoneExist: 'identifier=a|b' })
    expect(keyOf(() => refuseConditions(conditions, 'ifMatch', 'ifNoneMatch'))).toBe('condition-meaningless')
    expect(keyOf(() => refuseConditions(conditions, 'ifNoneMatch'))).toBeUndefined()
    expect(keyOf(() => refuseConditions(NO_CONDITIONS, 'ifMatch', 'ifNoneMatch', 'ifNoneExist'))).toBeUndefined()
  })
})

describe('If-None-Exist (http.html#ccreate)', () => {
  test.each([
    ['identifier=a|b', 'identifier=a|b'],
    ['?identifier=a|b', 'identifier=a|b'],
    [undefined, undefined],
    ['', 'if-none-exist-empty'],
    [' ? ', 'if-none-exist-empty'],
  ])('%s is the search %s', (ifNoneExist, expected) => {
    expect(keyOf(() => noneExist(given({ ifNoneExist })))).toBe(expected)
  })
})
