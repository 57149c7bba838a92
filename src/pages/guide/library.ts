/** What the guide shows: the definitions of KeyPlan's package, worked examples, and requests that really ran. All are part of what is shipped. */
import { readdirSync, readFileSync } from 'node:fs'
import type { FhirResource, OperationDefinition, StructureDefinition } from 'fhir/r4.js'
import { loadPackage } from '../../definitions/package.ts'

const EXAMPLES = new URL('../../../fixtures/examples/', import.meta.url)
const RUNS = new URL('../../../docs/examples.md', import.meta.url)

export type Definition = Exclude<FhirResource, { resourceType: 'Bundle' }> & {
  id: string
  url: string
  title?: string
  name?: string
  description?: string
  /** Of a SearchParameter. */
  code?: string
  base?: readonly string[]
}

/** A request and its answer, as they were when `docs/examples.md` was written by running them. */
export type Run = Readonly<{ about: string; request: string; status: string; answer: string }>

/** Its title; a search parameter has none, and is called by its code and what it searches. */
export const titleOf = ({ resourceType, title, name, id, code, base }: Definition): string =>
  resourceType === 'SearchParameter' ? `${code} of ${base?.join(', ')}` : (title ?? name ?? id)

const remembered = <T>(make: () => T): (() => T) => {
  let made: { value: T } | undefined
  return () => {
    made ??= { value: make() }
    return made.value
  }
}

/** Those of a type, by title. */
export const definitionsOfType = (type: string): readonly Definition[] =>
  (loadPackage().all(type) as unknown as Definition[]).toSorted((a, b) => titleOf(a).localeCompare(titleOf(b), 'en'))

export const isExtension = (one: Definition): boolean => (one as StructureDefinition).type === 'Extension'

export const profiles = (): readonly Definition[] =>
  definitionsOfType('StructureDefinition').filter((one) => !isExtension(one))
export const extensions = (): readonly Definition[] => definitionsOfType('StructureDefinition').filter(isExtension)

/** The worked examples by name, `Type-id`. */
export const examples = remembered(
  (): ReadonlyMap<string, FhirResource> =>
    new Map(
      readdirSync(EXAMPLES)
        .sort()
        .map((file) => [
          file.replace(/\.json$/, ''),
          JSON.parse(readFileSync(new URL(file, EXAMPLES), 'utf8')) as FhirResource,
        ]),
    ),
)

/** Those that claim a profile. */
export const examplesOf = (url: string): readonly string[] =>
  [...examples()].flatMap(([name, { meta }]) => (meta?.profile?.some((one) => one === url) === true ? [name] : []))

const RUN = /```http\n([\s\S]*?)\n```\n\n→ \*\*(\d+)\*\*[^\n]*\n\n```(?:json|xml)\n([\s\S]*?)\n```/g

const runs = remembered((): readonly Run[] => {
  const text = readFileSync(RUNS, 'utf8')
  return [...text.matchAll(RUN)].map((match) => {
    const [, request = '', status = '', answer = ''] = match
    // The paragraph before it says what is asked for.
    const before = text.slice(0, match.index).trimEnd().split('\n\n').at(-1) ?? ''
    return { about: /^[#`|→]/.test(before) ? '' : before, request, status, answer }
  })
})

/** Runs of an operation on what it is defined for, those that succeed first. */
export const runsOf = ({ code, resource = [] }: OperationDefinition): readonly Run[] => {
  const types = resource.filter((type) => type !== 'Resource')
  const on = types.length === 0 ? '' : `/fhir/(?:${types.join('|')})/`
  const asked = new RegExp(`^[A-Z]+ ${on}\\S*\\$${code}(?![a-z-])`)
  return runs()
    .filter(({ request }) => asked.test(request))
    .toSorted((a, b) => Number(a.status[0]) - Number(b.status[0]))
}
