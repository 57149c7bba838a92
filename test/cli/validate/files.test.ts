import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import * as fc from 'fast-check'
import { createChecker } from '../../../src/cli/validate/check.ts'
import { filesOf } from '../../../src/cli/validate/files.ts'
import { human } from '../../../src/cli/validate/formats/human.ts'
import { createShares } from '../../../src/cli/validate/shares.ts'
import { checkAll } from '../../../src/cli/validate/threads.ts'

let folder: string
const at = (name: string): string => join(folder, name)
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'keyplan-test-validate-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const DIV = '<div xmlns="http://www.w3.org/1999/xhtml">A person</div>'
const GOOD = { resourceType: 'Patient', text: { status: 'generated', div: DIV }, active: true }

const BROKEN = JSON.stringify({ resourceType: 'Patient', gender: 'unclear' })

describe('which files are meant', () => {
  beforeAll(() => {
    mkdirSync(at('plans/old'), { recursive: true })
    for (const name of ['broken.json', 'good.json', 'no.json', 'notes.txt', 'old/good.xml', 'old/many.ndjson'])
      writeFileSync(at(`plans/${name}`), '')
  })
  const named = (files: readonly string[]) => files.map((file) => file.slice(folder.length + 1)).sort()

  test.each([
    ['plans', ['plans/broken.json', 'plans/good.json', 'plans/no.json', 'plans/old/good.xml', 'plans/old/many.ndjson']],
    ['plans/*.json', ['plans/broken.json', 'plans/good.json', 'plans/no.json']],
    ['plans/**/good.*', ['plans/good.json', 'plans/old/good.xml']],
    ['plans/?o.json', ['plans/no.json']],
  ])('%s', async (name, expected) => {
    expect(named(await filesOf([at(name)]))).toEqual(expected)
  })

  test('a pattern that matches nothing, and a folder with nothing in it, are mistakes', async () => {
    await expect(filesOf([at('plans/*.yaml')])).rejects.toThrow(/matches no file that ends in/)
    mkdirSync(at('empty'))
    await expect(filesOf([at('empty')])).rejects.toThrow(/The folder \S+empty has no file that ends in/)
  })

  test('links that lead round, pipes and folders that are named like files are passed over', async () => {
    mkdirSync(at('odd/within.json'), { recursive: true })
    writeFileSync(at('odd/good.json'), JSON.stringify(GOOD))
    symlinkSync('..', at('odd/within.json/ring.json'))
    symlinkSync('good.json', at('odd/link.json'))
    symlinkSync('nowhere.json', at('odd/dangling.json'))
    execFileSync('mkfifo', [at('odd/pipe.json')])
    expect(named(await filesOf([at('odd')]))).toEqual(['odd/dangling.json', 'odd/good.json', 'odd/link.json'])
    await expect(filesOf([at('odd/pipe.json')])).rejects.toThrow(/neither a file nor a folder/)
  })
})

test('many files are checked in threads, with the same results in the same order', async () => {
  mkdirSync(at('many'))
  const files = Array.from({ length: 50 }, (_, index) => at(`many/${index}.json`))
  for (const [index, file] of files.entries()) writeFileSync(file, index % 7 === 0 ? BROKEN : JSON.stringify(GOOD))
  const options = { profiles: [], definitions: [] }
  const check = createChecker(options)
  const here = (await Promise.all(files.map(check))).flat()
  const thread = new URL('../../support/validate-files-thread.js', import.meta.url)
  const there = []
  for await (const checked of checkAll(files, options, { threads: 2, thread })) there.push(...checked)
  expect(there).toEqual(here)
  expect(there.filter(({ valid }) => !valid)).toHaveLength(8)
}, 240_000)

describe('how files are shared out', () => {
  const KB = 1_000
  const MB = 1_000 * KB

  test('the first file is begun at once, and the largest by another, before what is small', () => {
    const take = createShares([2 * MB, KB, KB, 9 * MB, KB], 2)
    expect([take(0), take(1), take(1)]).toEqual([[1, 2], [3], [0]])
  })

  test('each once, whoever asks next', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(0, KB, MB, 2 * MB), { maxLength: 100 }),
        fc.integer({ min: 1, max: 5 }),
        fc.infiniteStream(fc.nat()),
        (sizes, takers, turns) => {
          const take = createShares(sizes, takers)
          const taken: number[] = []
          const left = new Set(Array.from({ length: takers }, (_, taker) => taker))
          while (left.size > 0) {
            const taker = [...left][(turns.next().value as number) % left.size] as number
            const share = take(taker)
            if (share.length === 0) left.delete(taker)
            taken.push(...share)
          }
          expect(taken.sort((one, other) => one - other)).toEqual(sizes.map((_, index) => index))
        },
      ),
    )
  })
})

describe('a file that cannot be read is a finding, and the others are checked', () => {
  const check = async (name: string, content: string | Buffer) => {
    writeFileSync(at(name), content)
    return createChecker({ profiles: [], definitions: [] })(at(name))
  }

  test.each([
    ['latin.json', Buffer.from([0x7b, 0xe9, 0x7d]), 'file-unreadable', /UTF-8/],
    ['nothing.json', ' \n', 'file-unreadable', /empty/],
    ['nothing.xml', '', 'file-unreadable', /empty/],
    ['other.json', '{"name":"my-app"}', 'resource-type-missing', /^This is not a FHIR resource/],
    ['list.json', '[1]', 'resource-type-missing', /^This is not a FHIR resource/],
    ['comma.json', '{"resourceType":"Patient",}', 'json-malformed', /^This is not JSON: expected a property name/],
    ['wrong.xml', '<Patient xmlns="http://hl7.org/fhir"></Patiet>', 'xml-malformed', /^This is not well-formed XML/],
  ])('%s', async (name, content, key, says) => {
    const [found] = await check(name, content)
    expect(found).toMatchObject({
      valid: false,
      findings: [{ severity: 'fatal', key, text: expect.stringMatching(says) }],
    })
    expect(human({ colours: false, all: false }).result(found as NonNullable<typeof found>)).toMatch(/✗ error/)
  })

  test('what is gone, and what is too large, without being read', async () => {
    const checker = createChecker({ profiles: [], definitions: [] })
    expect((await checker(at('gone.json')))[0]?.findings[0]?.text).toBe(
      'The file cannot be read: no such file or directory.',
    )
    writeFileSync(at('huge.json'), '')
    truncateSync(at('huge.json'), 3_000_000_000)
    expect((await checker(at('huge.json')))[0]?.findings[0]?.text).toMatch(/3000 MB; at most 200 are read/)
    rmSync(at('huge.json'))
  })

  test('a byte order mark and ends of lines as Windows writes them are no fault', async () => {
    expect((await check('marked.json', `\ufeff${JSON.stringify(GOOD)}`)).map(({ valid }) => valid)).toEqual([true])
    const lines = await check(
      'windows.ndjson',
      `${JSON.stringify(GOOD)}\r\n\r\n{"resourceType":"Patient","gender":"f"}\r\n`,
    )
    expect(lines.map(({ valid }) => valid)).toEqual([true, false])
    const gender = lines[1]?.findings.find(({ expression }) => expression === 'Patient.gender')
    expect([gender?.place?.line, gender?.source?.text]).toEqual([3, '{"resourceType":"Patient","gender":"f"}'])
  })
})
