/** KeyPlan's own FHIR package as one file, the same bytes each time (https://confluence.hl7.org/display/FHIR/NPM+Package+Specification). */
import { promises } from 'node:fs'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import type { FhirResource, StructureDefinition } from 'fhir/r4.js'
import { pack } from 'tar-stream'
import { BASE } from '../base.ts'
import { jsonSchemaOf } from '../json-schema.ts'
import { loadPackage } from '../package.ts'

const ROOT = new URL('../../../', import.meta.url)
const DEFINITIONS = new URL('profiles/package/', ROOT)
const EXAMPLES = new URL('fixtures/examples/', ROOT)

/** Nothing in it says when or where it was made. */
const SAME = { mtime: new Date(0), mode: 0o644, uid: 0, gid: 0, uname: '', gname: '' } as const

type PackedFile = readonly [path: string, content: string | Buffer]

const filesIn = async (folder: URL, below: string): Promise<PackedFile[]> =>
  Promise.all(
    (await promises.readdir(folder))
      .sort()
      .map(
        async (name): Promise<PackedFile> => [
          `package/${below}${name}`,
          await promises.readFile(new URL(name, folder)),
        ],
      ),
  )

const lines = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`

const indexOf = (files: readonly PackedFile[]): PackedFile => {
  const entries = files.map(([path, content]) => {
    const { resourceType, id } = JSON.parse(content.toString()) as FhirResource
    return { filename: path.slice(path.lastIndexOf('/') + 1), resourceType, id }
  })
  return ['package/example/.index.json', lines({ 'index-version': 2, files: entries })]
}

/** The address of a JSON Schema, which never moves; `name` is the id of the profile. */
export const schemaAddress = (name: string): string => `https://keyplan.example/fhir/schema/${name}.schema.json`

/** The JSON Schema of a profile of ours by its id; undefined where there is no such profile. */
export const schemaOf = (name: string): object | undefined => {
  const profile = loadPackage().resource('StructureDefinition', name) as StructureDefinition | undefined
  if (profile === undefined || profile.type === 'Extension') return undefined
  return jsonSchemaOf(profile, BASE, schemaAddress(name))
}

const schemas = async (): Promise<PackedFile[]> => {
  const found: PackedFile[] = []
  for (const name of profileNames()) {
    found.push([`package/openapi/${name}.schema.json`, lines(schemaOf(name))])
    // A service that packs goes on answering.
    await new Promise((next) => setImmediate(next))
  }
  return found
}

const profileNames = (): string[] =>
  loadPackage()
    .profiles()
    .map(({ url }) => url.slice(url.lastIndexOf('/') + 1))
    .sort()

/** The uncompressed archive: definitions, worked examples in `example`, JSON Schemas in `openapi`. */
export const packageTar = async (): Promise<Buffer> => {
  const examples = await filesIn(EXAMPLES, 'example/')
  const files = [...(await filesIn(DEFINITIONS, '')), indexOf(examples), ...examples, ...(await schemas())]
  // The manifest first: whoever reads an archive from its beginning knows what it is.
  const first = files.findIndex(([path]) => path === 'package/package.json')
  files.unshift(...files.splice(first, 1))
  const tar = pack()
  for (const [name, content] of files) tar.entry({ name, ...SAME }, content)
  tar.finalize()
  const chunks: Buffer[] = []
  for await (const chunk of tar) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}

const zip = promisify(gzip)

/** The archive as registries publish it, `NAME-VERSION.tgz`. */
export const packageArchive = async (): Promise<Buffer> => {
  const archive = await zip(await packageTar(), { level: 9 })
  // RFC 1952: the byte that names the system on which it was packed says "unknown" everywhere.
  archive[9] = 255
  return archive
}

/** `keyplan.fhir.r4-0.1.0.tgz` */
export const packageFileName = async (): Promise<string> => {
  const { name, version } = JSON.parse(await promises.readFile(new URL('package.json', DEFINITIONS), 'utf8')) as Record<
    string,
    string
  >
  return `${name}-${version}.tgz`
}
