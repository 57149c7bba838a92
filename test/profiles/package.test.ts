import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { describe, expect, test } from '@jest/globals'
import { EXTENSION, PROFILE } from '../../src/plan/codes.ts'
import { errorsIn } from './conformance.ts'
import { allOf, allResources, PACKAGE, packageFiles } from './package-files.ts'

const BUILD = fileURLToPath(new URL('../../profiles/build.mjs', import.meta.url))

const RESOURCES = [
  'Patient',
  'CarePlan',
  'Goal',
  'Consent',
  'RelatedPerson',
  'Observation',
  'Composition',
  'DocumentReference',
]

const structures = allOf('StructureDefinition')
const structure = (url: string) => structures.find((definition) => definition.url === url)
const elements = (url: string) => structure(url)?.snapshot?.element ?? []

describe('the committed FHIR package', () => {
  test('is, byte for byte, what its sources compile to', () => {
    const folder = mkdtempSync(join(tmpdir(), 'keyplan-profiles-'))
    try {
      execFileSync(process.execPath, [BUILD, folder], { stdio: 'pipe', env: { ...process.env, NODE_OPTIONS: '' } })
      const built = pathToFileURL(`${folder}/`)
      expect(packageFiles(built)).toEqual(packageFiles())
      const differing = packageFiles().filter(
        (name) => !readFileSync(new URL(name, built)).equals(readFileSync(new URL(name, PACKAGE))),
      )
      expect(differing).toEqual([])
    } finally {
      rmSync(folder, { recursive: true })
    }
  })

  test.each(allResources().map((one) => [`${one.resourceType}/${one.id}`, one] as const))(
    'is valid FHIR by our own validator: %s',
    (_name, resource) => {
      expect(errorsIn(resource)).toEqual([])
    },
  )

  test('holds no date and no path of the machine that built it', () => {
    for (const name of packageFiles()) {
      const text = readFileSync(new URL(name, PACKAGE), 'utf8')
      expect(text).not.toContain(process.cwd())
      expect(JSON.parse(text)).not.toHaveProperty('date')
    }
  })

  test('every profile and extension has a snapshot, a version and a description for clinicians', () => {
    for (const definition of structures) {
      expect(definition).toMatchObject({ version: '0.1.0', fhirVersion: '4.0.1', derivation: 'constraint' })
      expect(definition.snapshot?.element.length).toBeGreaterThan(3)
      expect(definition.description).toMatch(/^[A-Z].{30,}/s)
    }
  })

  test('has a profile for each address in PROFILE and an extension for each in EXTENSION, and no others', () => {
    const ofKind = (extension: boolean) =>
      structures.filter(({ type }) => (type === 'Extension') === extension).map(({ url }) => url)
    const ours = Object.values(EXTENSION).filter((url) => url !== EXTENSION.dataAbsentReason)
    expect(ofKind(false).toSorted()).toEqual(Object.values(PROFILE).toSorted())
    expect(ofKind(true).toSorted()).toEqual(ours.toSorted())
  })

  test('each element that must be supported says in a few words of ours what stands there', () => {
    const silent = structures.flatMap(({ id, type, differential }) =>
      (differential?.element ?? [])
        .filter((element) => type !== 'Extension' && element.mustSupport === true && element.short === undefined)
        // A slice without words of its own has those of the extension or of the element that it is of.
        .filter((element) => !/:[^.]+$/.test(element.id ?? ''))
        .map((element) => `${id} ${element.id}`),
    )
    expect(silent).toEqual([])
  })

  test('every extension says on which resource it may stand', () => {
    for (const definition of structures.filter(({ type }) => type === 'Extension')) {
      expect(definition.context?.length).toBeGreaterThan(0)
      for (const { type, expression } of definition.context ?? []) {
        expect(type).toBe('element')
        expect(RESOURCES).toContain(expression.split('.')[0])
      }
    }
  })

  test.each([PROFILE.recommendation, PROFILE.refusal, PROFILE.proxy, PROFILE.sharing])(
    'no decision on the root rule of a Consent (R4 Consent.provision.type): %s',
    (url) => {
      expect(elements(url).find(({ id }) => id === 'Consent.provision.type')).toMatchObject({ min: 0, max: '0' })
    },
  )

  test('an emergency recommendation has exactly one coded recommendation, about exactly one intervention', () => {
    const element = (id: string) => elements(PROFILE.recommendation).find((candidate) => candidate.id === id)
    expect(element('Consent.extension:recommendation')).toMatchObject({ min: 1, max: '1', mustSupport: true })
    expect(element('Consent.provision.provision')).toMatchObject({ min: 1, max: '1' })
    expect(element('Consent.provision.provision.code')).toMatchObject({ min: 1, max: '1' })
    expect(element('Consent.provision.provision.type')).toMatchObject({ min: 0, max: '1', mustSupport: true })
  })

  test('every value set that a profile, extension or operation binds exists', () => {
    const known = new Set(allOf('ValueSet').map(({ url }) => url))
    const bound = [
      ...structures.flatMap(({ snapshot }) => snapshot?.element.map(({ binding }) => binding?.valueSet) ?? []),
      ...allOf('OperationDefinition').flatMap(
        ({ parameter }) => parameter?.map(({ binding }) => binding?.valueSet) ?? [],
      ),
    ].filter((url) => url?.startsWith('https://keyplan.example/'))
    expect(bound.length).toBeGreaterThan(15)
    for (const url of bound) expect(known).toContain(url)
  })
})
