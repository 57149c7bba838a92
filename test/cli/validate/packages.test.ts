import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { createChecker } from '../../../src/cli/validate/check.ts'
import { packagesNamed } from '../../../src/cli/validate/packages.ts'
import { profileOn } from '../../support/profile.ts'

let folder: string
const at = (name: string): string => join(folder, name)
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'keyplan-test-validate-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('--package', () => {
  const structure = (name: string, more: object = {}) =>
    profileOn('Patient', name, { id: 'Patient.birthDate', min: 1 }, more)
  const folderOf = (name: string, files: Readonly<Record<string, unknown>>): string => {
    mkdirSync(at(name))
    for (const [file, content] of Object.entries(files))
      writeFileSync(join(at(name), file), typeof content === 'string' ? content : JSON.stringify(content))
    return at(name)
  }
  const born = 'https://keyplan.example/test/StructureDefinition/Born'

  test('says which definitions cannot be used, and why', async () => {
    const path = folderOf('partly', {
      'Born.json': structure('Born'),
      'Waits.json': structure('Waits', { baseDefinition: 'https://elsewhere.example/base' }),
      'Nowhere.json': structure('Nowhere', { differential: { element: [{ id: 'Patient.no', path: 'Patient.no' }] } }),
      'Misspelt.json': structure('Misspelt', { status: 'drafty' }),
      'tsconfig.json': {},
    })
    const { resources, notUsed } = await packagesNamed([path])
    expect(resources.map((resource) => 'url' in resource && resource.url)).toContain(born)
    const [said] = notUsed
    for (const why of [
      'Nowhere.json: no snapshot can be made',
      'Misspelt.json: not valid by FHIR R4: StructureDefinition.status',
      'tsconfig.json: no FHIR resource',
      'it builds on https://elsewhere.example/base, which is not known',
    ])
      expect(said).toContain(why)
  })

  test('what one builds on may come in another, in any order', async () => {
    const derived = folderOf('derived', { 'Dated.json': structure('Dated', { baseDefinition: born }) })
    const base = folderOf('base', { 'Born.json': structure('Born') })
    expect((await packagesNamed([derived, base])).notUsed).toEqual([])
    expect((await packagesNamed([derived])).notUsed[0]).toContain(born)
  })

  test('a guide says which profile all resources of a type must follow', async () => {
    const path = folderOf('guide', {
      'Born.json': structure('Born'),
      'guide.json': {
        resourceType: 'ImplementationGuide',
        url: 'https://keyplan.example/test/ImplementationGuide/born',
        name: 'Born',
        status: 'draft',
        packageId: 'test.born',
        fhirVersion: ['4.0.1'],
        global: [{ type: 'Patient', profile: born }],
      },
    })
    const { resources } = await packagesNamed([path])
    writeFileSync(at('patient.json'), JSON.stringify({ resourceType: 'Patient', active: true }))
    const [checked] = await createChecker({ profiles: [], definitions: resources })(at('patient.json'))
    expect(checked?.findings).toEqual(
      expect.arrayContaining([expect.objectContaining({ expression: 'Patient.birthDate' })]),
    )
  })

  test.each([
    ['nothing there', () => 'no.such.package', /no such file or folder, and no package of that name was added/],
    [
      'nothing in it that can be used',
      () => folderOf('useless', { 'a.json': {} }),
      /no definitions in it.*\n {2}a\.json: no FHIR/s,
    ],
    [
      'JSON that is broken',
      () => folderOf('broken', { 'a.json': '{' }),
      /--package \S+broken: .*a\.json cannot be read/,
    ],
  ])('%s is refused, and exit code 2', async (_name, make, says) => {
    await expect(packagesNamed([make()])).rejects.toThrow(says)
  })
})
