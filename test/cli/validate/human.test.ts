import { describe, expect, test } from '@jest/globals'
import { human } from '../../../src/cli/validate/formats/human.ts'
import type { Located } from '../../../src/validation/report/check.ts'

describe('what people read', () => {
  const CLEAR = { profiles: [], extensions: [], codeSystems: [], valueSets: [] }
  const told = (findings: readonly Located[], file = 'a.json'): string =>
    human({ colours: true, all: true }).result({
      file,
      resourceType: 'Patient',
      valid: false,
      findings,
      unchecked: CLEAR,
    })
  const found = (more: Partial<Located>): Located => ({
    severity: 'error',
    code: 'value',
    key: 'k',
    text: 'Wrong.',
    ...more,
  })

  test('what makes it invalid comes before warnings, and those before notes', () => {
    const text = told([
      found({ severity: 'information', text: 'Third.' }),
      found({ severity: 'warning', text: 'Second.', place: { line: 1, column: 1 } }),
      found({ text: 'First.', place: { line: 9, column: 1 } }),
    ])
    expect(text).toMatch(/First\..*Second\..*Third\./s)
  })

  test('nothing that stands in a file, or in its name, can move the cursor or turn the direction of writing', () => {
    const evil = '\u001b[2J\u009b1A\u202eevil\r'
    const text = told(
      [
        found({
          text: evil,
          value: evil,
          expected: evil,
          hint: evil,
          expression: `Patient.${evil}`,
          place: { line: 1, column: 1 },
          source: { text: evil, from: 0, to: 1 },
        }),
      ],
      evil,
    )
    // Our own colours are taken out first.
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
    expect(text.replace(/\u001b\[\d+m/g, '')).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/)
    expect(text.split('\ufffd').length).toBeGreaterThan(20)
  })
})
