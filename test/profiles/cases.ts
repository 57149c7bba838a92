import { readdirSync, readFileSync } from 'node:fs'
import { basename } from 'node:path'
import type { FhirResource } from 'fhir/r4.js'
import { applyJsonPatch, readJsonPatch } from '../../src/fhir/patch/json-patch.ts'

const FIXTURES = new URL('../../fixtures/', import.meta.url)

const json = (path: string): unknown => JSON.parse(readFileSync(new URL(path, FIXTURES), 'utf8'))
const filesIn = (folder: string): string[] => readdirSync(new URL(`${folder}/`, FIXTURES)).sort()

/** The worked examples, by file name without `.json`: `Type-id`. */
export const examples: ReadonlyMap<string, FhirResource> = new Map(
  filesIn('examples').map((file) => [basename(file, '.json'), json(`examples/${file}`) as FhirResource]),
)

/** What an invalid case must give: the rule of a profile, or the key of a finding about structure, and where. */
export type ExpectedIssue = Readonly<{ rule?: string; key?: string; expression: string; severity?: 'warning' }>

export type ProfileCase = Readonly<{
  /** Id of the profile. */
  profile: string
  title: string
  /** Example from which it is made. */
  example: string
  resource: FhirResource
  issue?: ExpectedIssue
}>

type Described = Readonly<{ title: string; example: string; change?: unknown; issue?: ExpectedIssue }>
type File = Readonly<{ profile: string; valid: readonly Described[]; invalid: readonly Described[] }>

const read = (profile: string, { title, example, change, issue }: Described): ProfileCase => {
  const resource = structuredClone(examples.get(example))
  if (resource === undefined) throw new Error(`${profile}, “${title}”: there is no example ${example}.`)
  return {
    profile,
    title,
    example,
    resource: (change === undefined ? resource : applyJsonPatch(resource, readJsonPatch(change))) as FhirResource,
    ...(issue === undefined ? {} : { issue }),
  }
}

const files = filesIn('profiles').map((file) => json(`profiles/${file}`) as File)

/** Resources that conform to a profile, and such as do not; each is a worked example with a few changes (fixtures/README.md). */
export const validCases: readonly ProfileCase[] = files.flatMap(({ profile, valid }) =>
  valid.map((one) => read(profile, one)),
)
export const invalidCases: readonly ProfileCase[] = files.flatMap(({ profile, invalid }) =>
  invalid.map((one) => read(profile, one)),
)
