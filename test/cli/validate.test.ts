import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { SaxesParser } from 'saxes'
import { keyplan } from '../support/command.ts'
import { until } from '../support/until.ts'

let folder: string
const at = (name: string): string => join(folder, name)

const DIV = '<div xmlns="http://www.w3.org/1999/xhtml">A person</div>'
const GOOD = { resourceType: 'Patient', text: { status: 'generated', div: DIV }, active: true }
const BROKEN = `{
  "resourceType": "Patient",
  "activ": true,
  "gender": "unclear"
}
`

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'keyplan-test-validate-'))
  mkdirSync(at('plans/old'), { recursive: true })
  writeFileSync(at('plans/good.json'), JSON.stringify(GOOD))
  writeFileSync(at('plans/broken.json'), BROKEN)
  writeFileSync(at('plans/no.json'), '{"resourceType": Patient}')
  writeFileSync(
    at('plans/old/many.ndjson'),
    `${JSON.stringify(GOOD)}\n\n{"resourceType":"Patient","gender":"unclear"}\n`,
  )
  writeFileSync(
    at('plans/old/good.xml'),
    `<Patient xmlns="http://hl7.org/fhir"><text><status value="generated"/>${DIV}</text><active value="true"/></Patient>`,
  )
  writeFileSync(at('plans/notes.txt'), 'no resource')
  writeFileSync(
    at('dated.json'),
    JSON.stringify({
      resourceType: 'StructureDefinition',
      url: 'https://keyplan.example/test/StructureDefinition/born',
      name: 'Born',
      status: 'draft',
      fhirVersion: '4.0.1',
      kind: 'resource',
      abstract: false,
      type: 'Patient',
      baseDefinition: 'http://hl7.org/fhir/StructureDefinition/Patient',
      derivation: 'constraint',
      differential: { element: [{ id: 'Patient.birthDate', path: 'Patient.birthDate', min: 1 }] },
    }),
  )
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const run = async (...args: string[]) => {
  const running = keyplan(['validate', ...args], { NO_COLOR: '1' })
  return { code: await running.ended, out: running.stdout(), err: running.stderr() }
}

describe('keyplan validate', () => {
  test('shows a newcomer what to change: the line, what is wrong with it, and how to mend it', async () => {
    const { code, out, err } = await run(at('plans/broken.json'))
    expect([code, err]).toEqual([1, ''])
    expect(out).toContain(`${at('plans/broken.json')}  Patient, invalid`)
    expect(out).toContain('Patient.gender  line 4, column 3')
    expect(out).toContain('     4 │   "gender": "unclear"\n         │   ^^^^^^^^^^^^^^^^^^^')
    expect(out).toContain('"active"')
    expect(out).toMatch(/1 resource in 1 file: 0 valid, 1 invalid\. 2 errors, /)
  }, 240_000)

  test('ends with 0 and a count where all is valid', async () => {
    const { code, out } = await run(at('plans/good.json'), at('plans/old/good.xml'))
    expect([code, out]).toEqual([0, expect.stringMatching(/^2 resources in 2 files: 2 valid, 0 invalid\. 0 errors/)])
  }, 240_000)

  test('- is standard input, in JSON or in XML', async () => {
    const xml = keyplan(
      ['validate', '-'],
      { NO_COLOR: '1' },
      '\n<Patient xmlns="http://hl7.org/fhir">\n<foo/></Patient>',
    )
    const json = keyplan(['validate', '-', at('plans/good.json'), '--format', 'json'], {}, BROKEN)
    expect([await xml.ended, xml.stderr()]).toEqual([1, ''])
    expect(xml.stdout()).toMatch(/^- .+, invalid\n\n.+ line 3, column 1\n/)
    expect([await json.ended, json.stderr()]).toEqual([1, ''])
    expect(JSON.parse(json.stdout()).results).toMatchObject([
      { file: '-', resourceType: 'Patient', valid: false },
      { file: at('plans/good.json'), valid: true },
    ])
    expect(await run('-', '--watch')).toMatchObject({
      code: 2,
      out: '',
      err: expect.stringContaining('cannot be watched'),
    })
  }, 240_000)

  test('ends without a word where whoever reads has read enough', async () => {
    // More than any pipe holds.
    writeFileSync(at('much.ndjson'), `${BROKEN.replaceAll('\n', '')}\n`.repeat(10_000))
    const { child, ended, stderr } = keyplan(['validate', at('much.ndjson')])
    child.stdout?.once('data', () => child.stdout?.destroy())
    expect([await ended, stderr()]).toEqual([141, ''])
    rmSync(at('much.ndjson'))
  }, 240_000)

  test('--format json has every finding with its place, of every resource of a folder', async () => {
    const { code, out } = await run(at('plans'), '--format', 'json')
    const { results, summary } = JSON.parse(out)
    expect(code).toBe(1)
    expect(summary).toMatchObject({ files: 5, resources: 6, valid: 3, invalid: 3 })
    const invalid = results.filter(({ valid }: { valid: boolean }) => !valid)
    expect(invalid.map(({ file }: { file: string }) => file)).toEqual(
      ['plans/broken.json', 'plans/no.json', 'plans/old/many.ndjson'].map(at),
    )
    expect(invalid[1].findings).toMatchObject([
      { severity: 'fatal', key: 'json-malformed', place: { line: 1, column: 18 } },
    ])
    expect(invalid[2].findings[0]).toMatchObject({ expression: 'Patient.gender', place: { line: 3, column: 27 } })
  }, 240_000)

  test('--format sarif and junit are what CI servers read', async () => {
    const sarif = JSON.parse((await run(at('plans/broken.json'), '--format', 'sarif')).out)
    expect(sarif.version).toBe('2.1.0')
    const found = sarif.runs[0].results.find(
      (one: { locations: [{ logicalLocations: [{ fullyQualifiedName: string }] }] }) =>
        one.locations[0].logicalLocations[0].fullyQualifiedName === 'Patient.gender',
    )
    expect(found).toMatchObject({
      level: 'error',
      locations: [
        {
          physicalLocation: {
            artifactLocation: { uri: `file://${at('plans/broken.json')}` },
            region: { startLine: 4, startColumn: 3 },
          },
        },
      ],
    })
    const junit = (await run(at('plans/broken.json'), at('plans/good.json'), '--format', 'junit')).out
    expect(junit).toMatch(/<testsuite name="keyplan validate" tests="2" failures="1"/)
    expect(junit).toContain('&quot;unclear&quot;')
    expect(() => new SaxesParser().write(junit).close()).not.toThrow()
  }, 240_000)

  test('--package and --profile: a definition without a snapshot from a file', async () => {
    const args = [at('plans/good.json'), '--profile', 'https://keyplan.example/test/StructureDefinition/born']
    const { code, out } = await run(...args, '--package', at('dated.json'))
    expect([code, out]).toEqual([1, expect.stringContaining('birthDate')])
    expect((await run(...args)).out).toContain('not loaded')
  }, 240_000)

  test.each([
    [[], /Name the files/],
    [['nowhere.json'], /There is no file or folder nowhere\.json/],
    [['a.json', '--colour'], /--colour/],
    [['package.json', '--format', 'pdf'], /human, json, sarif, junit/],
  ])(
    '%j is not understood: exit code 2',
    async (args, says) => {
      const { code, err } = await run(...args)
      expect([code, err]).toEqual([2, expect.stringMatching(says)])
    },
    120_000,
  )

  test('--watch checks again when a file changes, when a definition does, and when that is mended', async () => {
    const definition = JSON.parse(readFileSync(at('dated.json'), 'utf8'))
    writeFileSync(at('watched.json'), BROKEN)
    writeFileSync(at('tried.json'), JSON.stringify(definition))
    const args = ['--watch', '--package', at('tried.json'), '--profile', definition.url]
    const running = keyplan(['validate', at('watched.json'), ...args], { NO_COLOR: '1' })
    let seen = 0
    /** Waits for it on standard output, from where it was last found; it may come after a look at a file that was half written. */
    const says = async (wanted: RegExp): Promise<void> => {
      const said = await until(
        () => running.stdout().slice(seen),
        (text) => wanted.test(text),
        100,
      )
      seen += said.length
    }
    await says(/unclear.*1 invalid/s)
    writeFileSync(at('watched.json'), `${JSON.stringify(GOOD)}\n`)
    await says(/birthDate.*1 invalid/s)
    const changed = (id: string): string =>
      JSON.stringify({ ...definition, differential: { element: [{ id, path: id, min: 1 }] } })
    writeFileSync(at('tried.json'), changed('Patient.no'))
    await until(running.stderr, (text) => text.includes('there is no element no'), 100)
    writeFileSync(at('tried.json'), changed('Patient.active'))
    await says(/1 valid, 0 invalid/)
    running.child.kill('SIGTERM')
    expect(await running.ended).toBe(0)
  }, 240_000)
})
