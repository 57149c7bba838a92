/** package.json of a FHIR package (https://confluence.hl7.org/display/FHIR/NPM+Package+Specification). */
import { parseJson } from '../../fhir/json.ts'
import { Problem } from '../../fhir/outcome.ts'
import { PackageFault } from './fault.ts'
import type { Files } from './files.ts'

export type Manifest = Readonly<{
  name: string
  version: string
  title?: string
  /** Version by the name of the package that it needs. */
  dependencies: Readonly<Record<string, string>>
}>

/** What the caller says of a package that has no package.json. */
export type Named = Readonly<{ name?: string | undefined; version?: string | undefined }>

const NAME = /^[a-z0-9][a-z0-9-]*(\.[a-z0-9][a-z0-9-]*)*$/
const VERSION = /^[0-9A-Za-z][0-9A-Za-z.+-]{0,63}$/
/** What is loaded always and comes with KeyPlan itself. */
export const BUILT_IN: readonly string[] = ['keyplan.fhir.r4', 'hl7.fhir.r4.core', 'hl7.fhir.r4.examples']

const wrong = (why: string): PackageFault => new PackageFault('package-manifest', `The package is refused: ${why}`)

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** JSON of a file of the package. Throws a PackageFault that names the file. */
export const jsonOf = (path: string, content: Buffer): unknown => {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(content)
    parseJson(text)
    return JSON.parse(text)
  } catch (error) {
    const why = error instanceof Problem ? error.issues[0]?.text : 'It is not UTF-8.'
    throw new PackageFault('package-json', `The package is refused: ${path} cannot be read. ${why ?? ''}`.trim())
  }
}

/** The folder with the definitions: the one with package.json, or undefined where there is none. */
export const rootOf = (files: Files): string | undefined => {
  if (files.has('package/package.json')) return 'package/'
  return files.has('package.json') ? '' : undefined
}

const dependenciesOf = (name: string, found: unknown): Record<string, string> => {
  if (found === undefined) return {}
  if (!isRecord(found)) throw wrong('"dependencies" of package.json is not an object of names and versions.')
  for (const [other, version] of Object.entries(found)) {
    if (!NAME.test(other) || typeof version !== 'string' || version.length > 64)
      throw wrong('"dependencies" of package.json is not an object of names and versions.')
    if (other === name) throw new PackageFault('package-cycle', `The package is refused: ${name} depends on itself.`)
  }
  return found as Record<string, string>
}

const isR4 = (version: unknown): boolean => typeof version === 'string' && /^4\.0(\.|$)/.test(version)

/** Name, version and dependencies, from package.json or, without one, as the caller says. Throws a PackageFault. */
export const manifestOf = (files: Files, named: Named): Manifest => {
  const root = rootOf(files)
  const found = root === undefined ? {} : jsonOf(`${root}package.json`, files.get(`${root}package.json`) as Buffer)
  if (!isRecord(found)) throw wrong('package.json is not an object.')
  const name = found['name'] ?? named.name
  const version = found['version'] ?? named.version
  if (root === undefined && (name === undefined || version === undefined))
    throw wrong(
      'it has no package.json. Say what it is called: --name NAME --version VERSION, e.g. --name fhir.r4.ukcore --version 2.0.1.',
    )
  if (typeof name !== 'string' || !NAME.test(name) || name.length > 128)
    throw wrong(
      'its name is not that of a FHIR package. Expected e.g. fhir.r4.ukcore: small letters, digits and hyphens, with dots between.',
    )
  if (typeof version !== 'string' || !VERSION.test(version)) throw wrong('its version is not one. Expected e.g. 2.0.1.')
  if (BUILT_IN.includes(name)) throw wrong(`${name} is part of KeyPlan, and no other is taken in its place.`)
  const fhir = found['fhirVersions'] ?? found['fhir-version-list']
  if (fhir !== undefined && !(Array.isArray(fhir) && fhir.some(isR4)))
    throw new PackageFault(
      'package-fhir-version',
      'The package is refused: it is not for FHIR R4 (4.0.1), by what "fhirVersions" of its package.json says.',
    )
  return {
    name,
    version,
    ...(typeof found['title'] === 'string' ? { title: found['title'].slice(0, 200) } : {}),
    dependencies: dependenciesOf(name, found['dependencies']),
  }
}
