import { describe, expect, test } from '@jest/globals'
import { SaxesParser } from 'saxes'
import type { Checked } from '../../../src/cli/validate/check.ts'
import { json } from '../../../src/cli/validate/formats/json.ts'
import { junit } from '../../../src/cli/validate/formats/junit.ts'
import { sarif } from '../../../src/cli/validate/formats/sarif.ts'
import { createSummary } from '../../../src/cli/validate/summary.ts'

const checked = (file: string): Checked => ({
  file,
  resourceType: 'Patient',
  valid: false,
  findings: [
    {
      severity: 'error',
      code: 'value',
      key: 'code-not-in-value-set',
      text: 'It is "]]>\u0007 & <b>\ud800 wrong.',
      expression: 'Patient.gender',
      place: { line: 4, column: 3 },
      hint: 'Mend it.',
    },
    { severity: 'warning', code: 'invariant', key: 'dom-6', text: 'A narrative is missing.' },
  ],
  unchecked: { profiles: [], extensions: [], codeSystems: ['http://snomed.info/sct'], valueSets: [] },
})

const written = (format: ReturnType<typeof json>, ...all: readonly Checked[]): string => {
  const summary = createSummary()
  for (const one of all) summary.add(one)
  return all.map((one) => format.result(one)).join('') + format.end(summary.of(12))
}

describe('SARIF 2.1.0, by what its schema demands of what is written', () => {
  const log = JSON.parse(
    written(sarif('1.2.3'), checked('plans/a b#c?%.json'), checked('./x.json'), checked('/r/x.json')),
  )
  const [run] = log.runs

  test('its version, its tool, and each rule that a result names', () => {
    expect([log.version, run.tool.driver.name, run.tool.driver.version]).toEqual(['2.1.0', 'keyplan validate', '1.2.3'])
    const ids = run.tool.driver.rules.map(({ id }: { id: string }) => id)
    expect(ids).toEqual([...new Set(ids)])
    for (const { ruleId, level, message } of run.results) {
      expect(ids).toContain(ruleId)
      expect(['error', 'warning', 'note', 'none']).toContain(level)
      expect(message.text).toMatch(/\S/)
    }
  })

  test('files are URI references (RFC 3986), from the root of the repository where the path is relative', () => {
    const uris = run.results.map(
      (result: { locations: [{ physicalLocation: { artifactLocation: { uri: string } } }] }) =>
        result.locations[0].physicalLocation.artifactLocation.uri,
    )
    expect([...new Set(uris)]).toEqual(['plans/a%20b%23c%3F%25.json', 'x.json', 'file:///r/x.json'])
  })

  test('places count from 1, and stand only where they are known', () => {
    expect(
      run.results
        .map(
          (result: { locations: [{ physicalLocation: { region?: object } }] }) =>
            result.locations[0].physicalLocation.region,
        )
        .slice(0, 2),
    ).toEqual([{ startLine: 4, startColumn: 3 }, undefined])
    expect(run.columnKind).toBe('utf16CodeUnits')
  })
})

test('JUnit is well-formed whatever stands in a finding or the name of a file', () => {
  const cases: Record<string, string>[] = []
  const failures: string[] = []
  const parser = new SaxesParser()
  parser.on('opentag', ({ name, attributes }) => {
    if (name === 'testcase') cases.push(attributes as Record<string, string>)
    if (name === 'failure') failures.push((attributes as Record<string, string>)['message'] as string)
  })
  parser.write(written(junit(), checked('a"<&>\u0001.json'))).close()
  expect(cases).toMatchObject([{ classname: 'fhir', name: 'a"<&>.json (Patient)' }])
  expect(failures[0]).toMatch(/^It is "\]\]> & <b>.? wrong\.$/u)
})

test('JSON has what was found, and the sums', () => {
  const { results, summary } = JSON.parse(written(json(), checked('a.json')))
  expect(results).toMatchObject([
    { file: 'a.json', valid: false, findings: [{ place: { line: 4 } }, { key: 'dom-6' }] },
  ])
  expect(summary).toMatchObject({ files: 1, resources: 1, invalid: 1, errors: 1, warnings: 1 })
})
