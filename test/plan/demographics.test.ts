import { describe, expect, test } from '@jest/globals'
import { checkDemographics } from '../../src/plan/demographics.ts'

const GOOD = { name: 'Testa Person', birthDate: '1941-03-12', postcode: 'ZZ99 1WZ' }

describe('by what a person is asked for without a number (model.md section 5)', () => {
  test.each([
    ['all three', {}, []],
    ['the family name first', { name: 'Person, Testa' }, []],
    ['a postcode without its space, in small letters', { postcode: ' eh11aa ' }, []],
    ['one word', { name: ' Person ' }, ['name-incomplete']],
    ['a name too long to compare', { name: 'ab '.repeat(67) }, ['name-incomplete']],
    ['a day that the calendar has not', { birthDate: '1941-02-30' }, ['birth-date-format']],
    ['the day after February in a leap year', { birthDate: '1940-02-29' }, []],
    ['a month', { birthDate: '1941-03' }, ['birth-date-format']],
    ['half a postcode', { postcode: 'EH1' }, ['postcode-format']],
    ['a wildcard', { postcode: 'EH1 1A%' }, ['postcode-format']],
    [
      'all wrong',
      { name: '', birthDate: '', postcode: '' },
      ['name-incomplete', 'birth-date-format', 'postcode-format'],
    ],
  ])('%s', (_about, change, keys) => {
    expect(checkDemographics({ ...GOOD, ...change }).map(({ key }) => key)).toEqual(keys)
  })

  test('what is wrong is said without the particulars', () => {
    const issues = checkDemographics({ name: 'Solitary', birthDate: '1941', postcode: 'QQ' })
    expect(JSON.stringify(issues)).not.toMatch(/Solitary|1941|QQ/)
  })
})
