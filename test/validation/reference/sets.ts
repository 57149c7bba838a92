/** Resources whose validity somebody else has judged: what the validator is held against. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import type { FhirResource } from 'fhir/r4.js'
import { BASE } from '../../../src/definitions/base.ts'
import { bringing } from '../../../src/definitions/brought.ts'
import type { Definitions } from '../../../src/definitions/definitions.ts'
import { isError } from '../../../src/fhir/outcome.ts'
import { checkText, type Report } from '../../../src/validation/report/check.ts'
import { createValidator, type Validator } from '../../../src/validation/validator.ts'

export type Judged = Readonly<{
  id: string
  text: string
  profiles: readonly string[]
  valid: boolean
  /** What the other validator said, where that is recorded. */
  said: readonly Readonly<{ severity: string; expression?: string; text?: string }>[]
  /** What it is to be judged by. */
  definitions: () => Definitions
  validator: () => Validator
}>

export type JudgedSet = Readonly<{
  name: 'public-cases' | 'official-examples' | 'uk-core'
  /** Why there is nothing in it on this machine, where that is so. */
  missing?: string
  cases: () => readonly Judged[]
}>

const SHARED = new URL('../../../../shared/data/', import.meta.url)
const EXAMPLES = new URL('../../../node_modules/hl7.fhir.r4.examples/', import.meta.url)

const textOf = (path: string, base: URL): string => readFileSync(new URL(path, base), 'utf8')
const resourceAt = (path: string, base: URL): FhirResource => JSON.parse(textOf(path, base)) as FhirResource
const jsonIn = (folder: URL): string[] => readdirSync(folder).filter((name) => name.endsWith('.json'))

const once = <T>(make: () => T): (() => T) => {
  let made: T | undefined
  return () => {
    made ??= make()
    return made
  }
}

/** These definitions, and one validator that knows them for all cases that are judged by them. */
const judgedBy = (make: () => Definitions): Pick<Judged, 'definitions' | 'validator'> => {
  const definitions = once(make)
  return { definitions, validator: once(() => createValidator(definitions())) }
}

const base = judgedBy(() => BASE)

type PublicCase = Readonly<{
  id: string
  file: string
  profiles: readonly string[]
  supporting: readonly string[]
  expect: Readonly<{ valid: boolean; issues: Judged['said'] }>
}>

const publicCases = (): readonly Judged[] => {
  const folder = new URL('validator-cases/', SHARED)
  return textOf('cases.jsonl', folder)
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as PublicCase)
    .map(({ id, file, profiles, supporting, expect }) => ({
      id,
      text: textOf(file, folder),
      profiles,
      valid: expect.valid,
      said: expect.issues,
      ...(supporting.length === 0
        ? base
        : judgedBy(
            () =>
              bringing(
                BASE,
                supporting.map((path) => resourceAt(path, folder)),
              ).definitions,
          )),
    }))
}

/** What defines something, rather than being an example of something. */
export const DEFINES =
  /^(?:StructureDefinition|SearchParameter|ValueSet|CodeSystem|OperationDefinition|ConceptMap|NamingSystem|CapabilityStatement|CompartmentDefinition|ImplementationGuide|StructureMap|ig|package|\.)/

const officialExamples = (): readonly Judged[] =>
  jsonIn(EXAMPLES)
    .filter((name) => !DEFINES.test(name))
    .map((name) => ({ id: name, text: textOf(name, EXAMPLES), profiles: [], valid: true, said: [], ...base }))

/** UK Core, whose definitions have no snapshots. */
export const ukCoreDefinitions = (): Definitions =>
  bringing(
    BASE,
    ['structuredefinitions', 'valuesets', 'codesystems'].flatMap((name) => {
      const folder = new URL(`uk-core/${name}/`, SHARED)
      return jsonIn(folder).map((file) => resourceAt(file, folder))
    }),
  ).definitions

const ukCoreExamples = (): readonly Judged[] => {
  const folder = new URL('uk-core/examples/', SHARED)
  const profilesOf = resourceAt('../example-profiles.json', folder) as unknown as Record<string, readonly string[]>
  const judged = judgedBy(ukCoreDefinitions)
  return jsonIn(folder).map((name) => ({
    id: name,
    text: textOf(name, folder),
    profiles: profilesOf[name] ?? [],
    valid: true,
    said: [],
    ...judged,
  }))
}

const missing = (path: string): { missing?: string } =>
  existsSync(new URL(path, SHARED)) ? {} : { missing: `there is no ../shared/data/${path}` }

export const JUDGED_SETS: readonly JudgedSet[] = [
  { name: 'public-cases', ...missing('validator-cases/'), cases: publicCases },
  { name: 'official-examples', cases: officialExamples },
  { name: 'uk-core', ...missing('uk-core/'), cases: ukCoreExamples },
]

export type Judgement = Readonly<{ report: Report; valid: boolean; agrees: boolean }>

/** What our validator says of a case. A failure that nobody foresaw is not a judgement, and is thrown. */
export const judge = ({ text, profiles, valid: expected, validator }: Judged): Judgement => {
  const report = checkText(validator(), { text, format: 'json' }, { profiles, now: new Date() })
  const valid = !report.findings.some(isError)
  return { report, valid, agrees: valid === expected }
}
