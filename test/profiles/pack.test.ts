/** The package as a file, as others load it. */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { loadDataType, validateResource } from '@medplum/core'
import type { FhirResource, StructureDefinition } from 'fhir/r4.js'
import { type Files, filesOfArchive } from '../../src/definitions/packages/files.ts'
import { packageArchive, packageFileName, packageTar } from '../../src/definitions/packages/pack.ts'
import { PACKAGE, packageFiles } from './package-files.ts'

const CORE = dirname(createRequire(import.meta.url).resolve('hl7.fhir.r4.examples/package.json'))
const FOREIGN_GUIDE = fileURLToPath(new URL('./foreign-guide.mjs', import.meta.url))
const EXAMPLES = new URL('../../fixtures/examples/', import.meta.url)

let folder: string
let archive: string
let files: Files
const json = (path: string): Record<string, unknown> => JSON.parse((files.get(path) as Buffer).toString())

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'keyplan-pack-'))
  archive = join(folder, await packageFileName())
  writeFileSync(archive, await packageArchive())
  files = await filesOfArchive(archive)
})
afterAll(() => rmSync(folder, { recursive: true }))

describe('keyplan.fhir.r4-VERSION.tgz (FHIR NPM package specification)', () => {
  test('holds, byte for byte, the committed definitions, and each is in its index', () => {
    const there = [...files.keys()].filter((path) => /^package\/[^/]+$/.test(path)).map((path) => path.slice(8))
    expect(there.toSorted()).toEqual(packageFiles())
    for (const name of packageFiles())
      expect(files.get(`package/${name}`)?.equals(readFileSync(new URL(name, PACKAGE)))).toBe(true)
    const index = json('package/.index.json') as { files: { filename: string }[] }
    expect(index.files.map(({ filename }) => filename)).toEqual(there.filter((name) => /^[A-Z]/.test(name)).toSorted())
  })

  test('holds every worked example and its index, and a JSON Schema of each profile', () => {
    const examples = readdirSync(EXAMPLES).sort()
    expect(examples.length).toBeGreaterThan(30)
    const index = json('package/example/.index.json') as { files: { filename: string }[] }
    expect(index.files.map(({ filename }) => filename)).toEqual(examples)
    for (const name of examples) expect(files.has(`package/example/${name}`)).toBe(true)
    expect(json('package/openapi/plan-patient.schema.json')).toMatchObject({
      $schema: 'https://json-schema.org/draft/2020-12/schema',
    })
  })

  test('is the same each time, and says nothing of the machine on which it was packed', async () => {
    const tar = await packageTar()
    expect(tar.equals(await packageTar())).toBe(true)
    expect((await packageArchive()).equals(readFileSync(archive))).toBe(true)
    expect(readFileSync(archive).subarray(0, 10).toString('hex')).toBe('1f8b08000000000002ff')
    // ustar: seconds of the first entry's change, in octal.
    expect(tar.subarray(136, 147).toString()).toBe('00000000000')
  })

  test('is read without complaint by fsh-sushi as what a small guide of somebody else depends on', () => {
    const cache = join(folder, 'cache')
    const told = execFileSync(process.execPath, [FOREIGN_GUIDE, archive, cache], {
      encoding: 'utf8',
      env: { ...process.env, NODE_OPTIONS: '' },
      stdio: 'pipe',
    })
    const { made, ...complaints } = JSON.parse(told) as { made: StructureDefinition[] }
    expect(complaints).toEqual({ status: 'LOADED', numError: 0, numWarn: 0 })
    expect(readdirSync(cache)).toEqual(['keyplan.fhir.r4#0.1.0'])
    const plan = made.find(({ id }) => id === 'CareHomePlan')
    expect(plan?.snapshot?.element.find(({ id }) => id === 'CarePlan.author')).toMatchObject({ min: 1 })
    expect(plan?.snapshot?.element.find(({ id }) => id === 'CarePlan.category:emergencyCare')).toBeDefined()
  })

  test('its examples are read by another R4 parser: that of Medplum, with the definitions of R4', () => {
    for (const name of readdirSync(CORE).filter((one) => /^StructureDefinition-[A-Za-z]+\.json$/.test(one))) {
      const definition = JSON.parse(readFileSync(join(CORE, name), 'utf8')) as StructureDefinition
      if (definition.derivation !== 'constraint') loadDataType(definition as Parameters<typeof loadDataType>[0])
    }
    const faults = readdirSync(EXAMPLES).flatMap((name) => {
      const resource = json(`package/example/${name}`) as unknown as FhirResource
      try {
        validateResource(resource as Parameters<typeof validateResource>[0])
        return []
      } catch (error) {
        return [`${name}: ${(error as Error).message}`]
      }
    })
    expect(faults).toEqual([])
  })
})
