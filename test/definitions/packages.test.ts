/** Packages from outside are untrusted: each of these is made here, as somebody who means harm would make it. */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { type Header, pack } from 'tar-stream'
import { addPackage } from '../../src/definitions/packages/add.ts'
import { definitionsWith, discard, keptIn } from '../../src/definitions/packages/kept.ts'

const DATA = fileURLToPath(new URL('../../../shared/data', import.meta.url))

let home: string
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'keyplan-packages-'))
})
afterEach(() => rmSync(home, { recursive: true }))

type Entry = readonly [Partial<Header> & { name: string }, string?]

const text = (value: unknown): string => JSON.stringify(value)
const manifest = (more: object = {}): Entry => [
  { name: 'package/package.json' },
  text({ name: 'other.example.guide', version: '1.2.3', fhirVersions: ['4.0.1'], ...more }),
]

const structure = (name: string, more: object = {}) => ({
  resourceType: 'StructureDefinition',
  url: `https://other.example/StructureDefinition/${name}`,
  version: '1.2.3',
  name,
  status: 'active',
  kind: 'resource',
  abstract: false,
  type: 'Goal',
  baseDefinition: 'http://hl7.org/fhir/StructureDefinition/Goal',
  derivation: 'constraint',
  differential: { element: [{ id: 'Goal.note', path: 'Goal.note', min: 1 }] },
  ...more,
})
const colours = {
  resourceType: 'CodeSystem',
  url: 'https://other.example/CodeSystem/colours',
  version: '1.2.3',
  status: 'active',
  content: 'complete',
  concept: [{ code: 'red', display: 'Red' }],
}
const file = (name: string, resource: unknown): Entry => [{ name: `package/${name}.json` }, text(resource)]

const archive = async (...entries: readonly Entry[]): Promise<string> => {
  const tar = pack()
  for (const [header, content] of entries) tar.entry({ ...header }, content ?? '')
  tar.finalize()
  const chunks: Buffer[] = []
  for await (const chunk of tar) chunks.push(chunk as Buffer)
  return written(gzipSync(Buffer.concat(chunks)))
}

const written = (content: Buffer): string => {
  const path = join(home, 'package.tgz')
  writeFileSync(path, content)
  return path
}

const kept = (): string => join(home, 'kept')
const add = (source: string, named = {}, check: (resource: object) => string | undefined = () => undefined) =>
  addPackage({ source, folder: kept(), named, check, progress: () => {} })

/** The code with which it is refused; and nothing was written. */
const refused = async (source: string, named = {}): Promise<string> => {
  const before = readdirSync(home).sort()
  const error = await add(source, named).then(
    () => 'taken',
    (failure: { code?: string; message: string }) => failure.code ?? failure.message,
  )
  expect(existsSync(kept()) ? readdirSync(kept()) : []).toEqual([])
  expect(readdirSync(home).sort()).toEqual(before)
  return error
}

describe('a package from outside is refused whole, and nothing is written', () => {
  test.each<[string, Entry, string]>([
    ['a path that climbs out', [{ name: 'package/../../../escaped.json' }, '{}'], 'package-path'],
    ['an absolute path', [{ name: '/tmp/escaped.json' }, '{}'], 'package-path'],
    ['a path of another system', [{ name: 'package\\..\\escaped.json' }, '{}'], 'package-path'],
    ['a drive', [{ name: 'C:/escaped.json' }, '{}'], 'package-path'],
    ['a path with control characters', [{ name: 'package/a\u001b[2J.json' }, '{}'], 'package-path'],
    ['folders without end', [{ name: `package/${'a/'.repeat(40)}b.json` }, '{}'], 'package-path'],
    [
      'a symbolic link',
      [{ name: 'package/link.json', type: 'symlink', linkname: '/etc/passwd' }],
      'package-not-a-file',
    ],
    ['a hard link', [{ name: 'package/link.json', type: 'link', linkname: '/etc/passwd' }], 'package-not-a-file'],
    ['a device', [{ name: 'package/null', type: 'character-device' }], 'package-not-a-file'],
    ['a pipe', [{ name: 'package/pipe', type: 'fifo' }], 'package-not-a-file'],
    ['a file twice', [{ name: 'package/PACKAGE.json' }, '{}'], 'package-duplicate-file'],
    ['JSON that is none', [{ name: 'package/a.json' }, '{"resourceType": '], 'package-json'],
    ['a key twice', [{ name: 'package/a.json' }, '{"resourceType":"ValueSet","url":"a","url":"b"}'], 'package-json'],
    ['nesting without end', [{ name: 'package/a.json' }, `${'['.repeat(5_000)}${']'.repeat(5_000)}`], 'package-json'],
    ['a key that reaches prototypes', [{ name: 'package/a.json' }, '{"__proto__":{"a":1}}'], 'package-json'],
  ])('%s', async (_name, entry, code) => {
    expect(await refused(await archive(manifest(), file('CodeSystem-colours', colours), entry))).toBe(code)
    expect(existsSync('/tmp/escaped.json')).toBe(false)
  })

  test.each<[string, object, string]>([
    ['a name that is a path', { name: '../other' }, 'package-manifest'],
    ['a version that is a path', { version: '1/../../x' }, 'package-manifest'],
    ["KeyPlan's own name", { name: 'keyplan.fhir.r4' }, 'package-manifest'],
    ['no name', { name: undefined }, 'package-manifest'],
    ['dependencies that are none', { dependencies: ['a'] }, 'package-manifest'],
    ['a dependency on itself', { dependencies: { 'other.example.guide': '1.0.0' } }, 'package-cycle'],
    ['another release of FHIR', { fhirVersions: ['5.0.0'] }, 'package-fhir-version'],
  ])('package.json with %s', async (_name, more, code) => {
    expect(await refused(await archive(manifest(more), file('CodeSystem-colours', colours)))).toBe(code)
  })

  test('more than 50 MB, though it is 50 kB packed', async () => {
    const large = ' '.repeat(26_000_000)
    const source = await archive(manifest(), [{ name: 'package/a.txt' }, large], [{ name: 'package/b.txt' }, large])
    expect(await refused(source)).toBe('package-too-large')
    expect(await refused(written(gzipSync(Buffer.alloc(120_000_000))))).toBe('package-too-large')
  })

  test('more than 20,000 entries', async () => {
    const many = Array.from({ length: 20_001 }, (_, at): Entry => [{ name: `package/${at}`, type: 'directory' }])
    expect(await refused(await archive(...many))).toBe('package-too-many-files')
  })

  test('what is no .tgz, or only the beginning of one', async () => {
    expect(await refused(written(Buffer.from('PK not a package')))).toBe('package-not-gzip')
    const source = await archive(manifest(), file('CodeSystem-colours', colours))
    const { readFileSync } = await import('node:fs')
    const { gunzipSync } = await import('node:zlib')
    const whole = readFileSync(source)
    expect(await refused(written(whole.subarray(0, whole.length - 40)))).toBe('package-not-gzip')
    expect(await refused(written(gzipSync(gunzipSync(whole).subarray(0, 700))))).toBe('package-not-tar')
    expect(await refused(join(home, 'none.tgz'))).toBe('package-not-found')
  })

  test('profiles that build on each other', async () => {
    const on = (name: string) => ({ baseDefinition: `https://other.example/StructureDefinition/${name}` })
    const source = await archive(manifest(), file('a', structure('a', on('b'))), file('b', structure('b', on('a'))))
    expect(await refused(source)).toBe('package-cycle')
  })

  test('a folder with a link in it', async () => {
    const folder = join(home, 'folder')
    mkdirSync(folder)
    writeFileSync(join(folder, 'package.json'), manifest()[1] as string)
    symlinkSync('/etc/passwd', join(folder, 'CodeSystem-a.json'))
    expect(await refused(folder)).toBe('package-not-a-file')
  })

  test('a folder without package.json, until it is said what it is called', async () => {
    const folder = join(home, 'folder')
    mkdirSync(folder)
    writeFileSync(join(folder, 'colours.json'), text(colours))
    expect(await refused(folder)).toBe('package-manifest')
    expect((await add(folder, { name: 'other.example.colours', version: '1.0.0' })).taken).toHaveLength(1)
  })
})

describe('a package that was added', () => {
  test('is known by its addresses; its profiles have snapshots', async () => {
    const added = await add(
      await archive(
        manifest({ dependencies: { 'hl7.fhir.r4.core': '4.0.1', 'hl7.terminology.r4': '5.0.0' } }),
        file('colours', colours),
        file('goal', structure('goal')),
        file('later', structure('later', { baseDefinition: 'https://other.example/StructureDefinition/missing' })),
        file('wrong', structure('wrong', { differential: { element: [{ path: 'Goal.colour' }] } })),
        file('core', structure('core', { url: 'http://hl7.org/fhir/StructureDefinition/Patient' })),
        file('ours', structure('ours', { url: 'https://keyplan.example/fhir/StructureDefinition/plan-patient' })),
        file('patient', { resourceType: 'Patient' }),
        [{ name: 'package/example/Goal-a.json' }, '{"resourceType":"Goal"}'],
      ),
    )
    expect(added.taken.map((one) => one.file)).toEqual([
      'package/colours.json',
      'package/goal.json',
      'package/later.json',
    ])
    expect(Object.fromEntries(added.leftOut.map(({ file: name, why }) => [name, why]))).toEqual({
      'package/wrong.json': expect.stringMatching(/Goal\.colour: there is no element/),
      'package/core.json': expect.stringMatching(/no other is taken in its place/),
      'package/ours.json': expect.stringMatching(/no other is taken in its place/),
      'package/patient.json': 'no definition that KeyPlan works with',
      'package/example/Goal-a.json': expect.stringMatching(/example/),
    })
    expect([...added.waiting]).toEqual([
      ['https://other.example/StructureDefinition/later', 'https://other.example/StructureDefinition/missing'],
    ])
    expect(added.needs).toEqual(['hl7.terminology.r4 5.0.0'])

    const known = definitionsWith(keptIn(kept()))
    const goal = known.structure('https://other.example/StructureDefinition/goal')
    expect(goal?.snapshot?.element.find(({ path }) => path === 'Goal.note')?.min).toBe(1)
    expect(known.structure('https://other.example/StructureDefinition/goal|9')).toBeUndefined()
    expect(known.structure('https://other.example/StructureDefinition/later')).toBeUndefined()
    expect(known.codeSystem('https://other.example/CodeSystem/colours|1.2.3')?.concept).toHaveLength(1)
    expect(known.structure('http://hl7.org/fhir/StructureDefinition/Patient')?.type).toBe('Patient')
  })

  test('is there once, leads its definitions alone, and goes when it is removed', async () => {
    await add(await archive(manifest(), file('colours', colours)))
    await expect(add(await archive(manifest(), file('colours', colours)))).rejects.toMatchObject({
      code: 'package-there',
    })
    await expect(
      add(await archive(manifest({ name: 'third.example' }), file('colours', colours))),
    ).rejects.toMatchObject({ code: 'package-conflict' })
    await expect(
      add(
        await archive(
          manifest({ name: 'third.example', dependencies: { 'other.example.guide': '1.2.3' } }),
          file('goal', structure('goal')),
        ),
      ),
    ).resolves.toMatchObject({ needs: [] })
    await expect(
      add(
        await archive(
          manifest({ version: '2.0.0', dependencies: { 'third.example': '1.2.3' } }),
          file('b', structure('b')),
        ),
      ),
    ).rejects.toMatchObject({ code: 'package-cycle' })
    const all = keptIn(kept())
    expect(all.map((one) => one.manifest.name)).toEqual(['other.example.guide', 'third.example'])
    for (const one of all) discard(kept(), one)
    expect(readdirSync(kept())).toEqual([])
  })

  test('of two versions, the newer answers to an address without one', async () => {
    for (const version of ['10.0.0', '9.0.0'])
      await add(await archive(manifest({ version }), file('colours', { ...colours, version, title: version })))
    const known = definitionsWith(keptIn(kept()))
    expect(known.codeSystem(colours.url)).toMatchObject({ title: '10.0.0' })
    expect(known.codeSystem(`${colours.url}|9.0.0`)).toMatchObject({ title: '9.0.0' })
  })

  test('leaves out what is not valid FHIR, with the reason', async () => {
    const added = await add(await archive(manifest(), file('a', colours)), {}, () => 'CodeSystem.status is missing')
    expect(added.leftOut).toEqual([
      { file: 'package/a.json', why: 'not valid by FHIR R4: CodeSystem.status is missing' },
    ])
    expect(existsSync(kept())).toBe(false)
  })

  const withData = existsSync(DATA) ? test : test.skip
  withData.each([
    ['uk-core', 377, 112],
    ['pacio-adi', 79, 75],
    ['ips', 0, 19],
  ])('%s is taken as far as KeyPlan works with it (needs ../shared/data)', async (name, most, others) => {
    const added = await add(join(DATA, name), { name: 'other.example.guide', version: '1.0.0' })
    expect(added.taken).toHaveLength(most)
    expect(added.leftOut.filter(({ type }) => type !== undefined)).toHaveLength(others)
    expect(added.leftOut.filter(({ type }) => type === undefined).length).toBeLessThan(2)
    expect(added.waiting.size).toBe(0)
    const known = definitionsWith(keptIn(kept()))
    for (const { resource } of added.taken)
      if (resource.resourceType === 'StructureDefinition')
        expect(known.structure(resource.url)?.snapshot?.element.length).toBeGreaterThan(3)
  })
})
