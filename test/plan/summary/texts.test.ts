import { describe, expect, test } from '@jest/globals'
import { shownDay, shownMoment } from '../../../src/plan/summary/dates.ts'
import { preferredName, shownName, shownWho } from '../../../src/plan/summary/people.ts'
import { listed, plainText, sentence, shownText } from '../../../src/plan/summary/plain-text.ts'
import { DOCTOR, example } from './example.ts'

describe('texts as they are shown', () => {
  test.each([
    ['  a  ', 'a'],
    ['a\r\nb\rc', 'a\nb\nc'],
    ['Do \u202enot\u202c \u2067x\u2069\u200f', 'Do not x'],
    ['a\u0000b\u0007c', 'a\ufffdb\ufffdc'],
    ['a\ud800b', 'a\ufffdb'],
    ['👩‍⚕️ שלום', '👩‍⚕️ שלום'],
    ['<b>&amp;</b>', '<b>&amp;</b>'],
  ])('%j is shown as %j', (text, shown) => {
    expect(plainText(text)).toBe(shown)
  })

  test('what is blank, or made of invisible controls only, is not there', () => {
    expect([shownText(undefined), shownText(' \n'), shownText('\u202e')]).toEqual([undefined, undefined, undefined])
  })

  test.each([
    ['Done', 'Done.'],
    ['Done.', 'Done.'],
    ['Why?', 'Why?'],
  ])('%j as a sentence is %j', (text, expected) => {
    expect(sentence(text)).toBe(expected)
  })

  test('lists are read out', () => {
    expect([listed([]), listed(['a']), listed(['a', 'b']), listed(['a', 'b', 'c'])]).toEqual([
      '',
      'a',
      'a and b',
      'a, b and c',
    ])
  })
})

describe('dates as they are shown (http://hl7.org/fhir/R4/datatypes.html#dateTime)', () => {
  test.each([
    ['2026', '2026'],
    ['2026-03', 'March 2026'],
    ['2026-03-03', '3 March 2026'],
    ['2026-07-01T23:30:00Z', '2 July 2026'],
    ['2026-01-01T23:30:00Z', '1 January 2026'],
    ['2026-03-03T00:30:00+13:00', '2 March 2026'],
    ['2026-13-45', undefined],
    ['yesterday', undefined],
    ['2026-03-03T10:00', undefined],
    [undefined, undefined],
  ])('%s is %s, whatever zone the process runs in', (date, shown) => {
    expect(shownDay(date)).toBe(shown)
  })

  test('a moment is told in the time of the United Kingdom', () => {
    expect(shownMoment(new Date('2026-07-01T23:30:00Z'))).toBe('2 July 2026, 00:30')
    expect(shownMoment(new Date('2026-01-01T23:30:00Z'))).toBe('1 January 2026, 23:30')
  })
})

describe('people as they are shown', () => {
  const { person } = example()

  test.each([
    ['the person', { reference: 'Patient/one' }, 'the person'],
    ['a contact by name and relationship', { reference: 'RelatedPerson/primary' }, 'Ann Example (daughter)'],
    ['a clinician by name and registration', DOCTOR, 'Dr Una Testdoctor, General practitioner (GMC 9999001)'],
    ['a registration alone', { identifier: DOCTOR.identifier }, 'GMC 9999001'],
    ['a number of no register not at all', { identifier: { system: 'urn:x', value: '1' } }, undefined],
    ['someone unknown by the display', { reference: 'Practitioner/none', display: 'Nurse Testa' }, 'Nurse Testa'],
    ['nobody', undefined, undefined],
  ])('%s', (_case, reference, shown) => {
    expect(shownWho(person, reference)).toBe(shown)
  })

  test('the official name stands, the old one never does, and the preferred one is told beside it', () => {
    const names = [
      { use: 'old' as const, text: 'Old Name' },
      { use: 'nickname' as const, given: ['Tess'] },
      { use: 'usual' as const, text: 'Usual Name' },
      { use: 'official' as const, prefix: ['Ms'], given: ['Testa', 'May'], family: 'Person' },
    ]
    expect(shownName(names)).toBe('Ms Testa May Person')
    expect(shownName(names.slice(0, 3))).toBe('Usual Name')
    expect(preferredName(names)).toBe('Tess')
    expect(shownName([{ use: 'old', text: 'Old Name' }])).toBeUndefined()
  })
})
