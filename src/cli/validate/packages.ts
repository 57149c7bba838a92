import { statSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import type { FhirResource } from 'fhir/r4.js'
import { bringing } from '../../definitions/brought.ts'
import type { Definitions } from '../../definitions/definitions.ts'
import { filesOfArchive, filesOfFolder } from '../../definitions/packages/files.ts'
import { parseJson } from '../../fhir/json.ts'

/** The definitions in these packages, folders and files, and below them what is known already. Throws an Error that names what cannot be used. */
export const withPackages = async (known: Definitions, packages: readonly string[]): Promise<Definitions> => {
  const found = await Promise.all(packages.map(definitionsIn))
  return bringing(known, found.flat()).definitions
}

const definitionsIn = async (path: string): Promise<readonly FhirResource[]> => {
  const state = statSync(path, { throwIfNoEntry: false })
  if (state === undefined) throw new Error(`--package ${path}: there is no such file or folder.`)
  const files = state.isDirectory()
    ? filesOfFolder(path)
    : path.endsWith('.tgz')
      ? await filesOfArchive(path)
      : new Map([[path, await readFile(path)]])
  const definitions = [...files].flatMap(([name, content]) =>
    name.endsWith('.json') ? (resourceOf(`${path}: ${name}`, content) ?? []) : [],
  )
  if (definitions.length === 0)
    throw new Error(
      `--package ${path}: there are no definitions in it. Expected StructureDefinitions, ValueSets and CodeSystems as JSON.`,
    )
  return definitions
}

const resourceOf = (name: string, content: Buffer): FhirResource | undefined => {
  try {
    const found = parseJson(content.toString('utf8')) as FhirResource | null
    return typeof found?.resourceType === 'string' ? found : undefined
  } catch (error) {
    throw new Error(`--package ${name} cannot be read: ${(error as Error).message}`)
  }
}
