import { readdirSync, readFileSync } from 'node:fs'
import { basename } from 'node:path'
import type { Bundle, FhirResource, Patient, Questionnaire, QuestionnaireResponse } from 'fhir/r4.js'
import { IDENTIFIER_SYSTEM } from '../../src/fhir/identifier.ts'
import { EXTENSION, ISO_3166_2, OBSERVATION, QUESTIONNAIRE, SNOMED, SYSTEM } from '../../src/plan/codes.ts'
import { extractResponse } from '../../src/plan/extract.ts'
import { hasCheckDigit } from '../../src/plan/identifiers.ts'
import { consentCategory, interventionOf } from '../../src/plan/person.ts'

/** A plan of `fixtures/people` with changes (see `fixtures/README.md`, Submissions). */
export type Described = Readonly<{
  /** Person and conversation, counted from 0, e.g. `margaret/1`; or several conversations, of which the plans come together. */
  plan: string | readonly string[]
  /** Keeps the QuestionnaireResponse from which the plan was extracted; without it the Bundle is one of resources alone. */
  response?: boolean
  copy?: Readonly<Record<string, string>>
  add?: Readonly<Record<string, object>>
  change?: Readonly<Record<string, unknown>>
}>

export type SubmissionCase = Readonly<{
  title: string
  /** Submitted first, about the same person. */
  before?: readonly Described[]
  submission: Described
  expect: Readonly<{
    outcome: 'refused' | 'reported' | 'accepted'
    /** refused: all keys of errors; reported: keys of warnings and information that are among those found; accepted: all keys of warnings. */
    keys?: readonly string[]
    /** Among the places of the findings. */
    expressions?: readonly string[]
  }>
  file: string
}>

const root = new URL('../../', import.meta.url)
const json = (path: string): unknown => JSON.parse(readFileSync(new URL(path, root), 'utf8'))

/** The cases of a folder of `fixtures`, in the order of their file names. */
export const submissionCases = (folder: 'contradictions' | 'valid'): SubmissionCase[] =>
  readdirSync(new URL(`fixtures/${folder}/`, root))
    .sort()
    .map((file) => ({ ...(json(`fixtures/${folder}/${file}`) as SubmissionCase), file: basename(file, '.json') }))

const QUESTIONNAIRES = Object.values(QUESTIONNAIRE).map(
  (url) => json(`profiles/package/Questionnaire-${url.split('/').at(-1)}.json`) as Questionnaire,
)

/** What `extension(name)`, `"url": "name"` and `"system": "name"` stand for. */
const EXTENSIONS = new Map(Object.values(EXTENSION).map((url) => [url.split('/').at(-1) as string, url as string]))
const SYSTEMS = new Map<string, string>([
  ...Object.values(SYSTEM).map((url) => [url.split('/').at(-1) as string, url] as const),
  ...Object.entries(IDENTIFIER_SYSTEM),
  ['snomed', SNOMED],
  ['iso-3166-2', ISO_3166_2],
])

type Holder = Record<string, unknown>
type Named = Map<string, FhirResource>

const nameOf = (resource: FhirResource): string => {
  switch (resource.resourceType) {
    case 'CarePlan':
      return 'plan'
    case 'Patient':
      return 'patient'
    case 'Provenance':
      return 'signature'
    case 'RelatedPerson':
      return 'contact'
    case 'QuestionnaireResponse':
      return 'response'
    case 'Goal':
      return resource.category?.[0]?.coding?.[0]?.code ?? 'goal'
    case 'Consent':
      return (
        interventionOf(resource) ??
        { 'welfare-proxy': 'proxy', 'sharing-decision': 'sharing' }[consentCategory(resource) as string] ??
        'consent'
      )
    case 'Observation':
      return (
        (
          [
            ['capacity', OBSERVATION.capacity],
            ['place-of-care', OBSERVATION.placeOfCare],
            ['place-of-death', OBSERVATION.placeOfDeath],
          ] as const
        ).find(([, { code }]) => resource.code.coding?.[0]?.code === code)?.[0] ??
        (resource.code.coding?.[0]?.code as string)
      )
    default:
      return resource.resourceType.toLowerCase()
  }
}

const conversation = (plan: string): { patient: Patient; response: QuestionnaireResponse } => {
  const [name, index] = plan.split('/')
  const { entry = [] } = json(`fixtures/people/${name}.json`) as Bundle
  const { id: _id, ...response } = { ...(entry[1 + Number(index)]?.resource as QuestionnaireResponse) }
  return { patient: entry[0]?.resource as Patient, response }
}

const isObject = (value: unknown): value is Holder => typeof value === 'object' && value !== null

/** The same value, each string changed by where it stands. */
const mapped = (value: unknown, change: (text: string, name: string) => string, name = ''): unknown => {
  if (typeof value === 'string') return change(value, name)
  if (Array.isArray(value)) return value.map((one) => mapped(one, change, name))
  if (!isObject(value)) return value
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, mapped(one, change, key)]))
}

/** Short names written out. */
const expanded = (value: unknown): unknown =>
  mapped(value, (text, name) => {
    if (name === 'url') return EXTENSIONS.get(text) ?? text
    if (name === 'system') return SYSTEMS.get(text) ?? text
    return text
  })

type Step = string | Readonly<{ extension: string }>

/** `a.b[0].extension(name).valueCode` as steps. */
const stepsOf = (path: string): Step[] =>
  [...path.matchAll(/([A-Za-z]*[eE]xtension)\(([^)]*)\)|([^.[\]]+)/g)].flatMap(([, list, url, name]): Step[] =>
    list === undefined ? [name as string] : [list, { extension: EXTENSIONS.get(url as string) ?? (url as string) }],
  )

const set = (holder: Holder, [step, ...rest]: readonly Step[], value: unknown): void => {
  if (step === undefined) return
  if (typeof step === 'object') {
    const list = holder as unknown as Holder[]
    const found = list.findIndex(({ url }) => url === step.extension)
    if (rest.length === 0) {
      const put = value === null ? [] : [{ url: step.extension, ...(value as object) }]
      list.splice(found === -1 ? list.length : found, found === -1 ? 0 : 1, ...put)
      return
    }
    if (found === -1) list.push({ url: step.extension })
    set(list.at(found) as Holder, rest, value)
  } else if (rest.length === 0) {
    if (step === '+') (holder as unknown as unknown[]).push(value)
    else if (value !== null) holder[step] = value
    else if (Array.isArray(holder)) holder.splice(Number(step), 1)
    else delete holder[step]
  } else {
    holder[step] ??= typeof rest[0] === 'object' || /^(?:\d+|\+)$/.test(rest[0] as string) ? [] : {}
    set(holder[step] as Holder, rest, value)
  }
}

/** Synthetic numbers with right check digits, each once: NHS numbers from the range for tests, CHI numbers that fit the date of birth. */
export const createNumbers = () => {
  let serial = 0
  const next = (make: (serial: number) => string): string => {
    for (;;) {
      serial += 1
      const first = make(serial)
      const check = [...Array(10).keys()].find((digit) => hasCheckDigit(`${first}${digit}`))
      if (check !== undefined) return `${first}${check}`
    }
  }
  const chi = ({ birthDate = '1941-03-12', gender }: Patient): string => {
    const [, , year = '', month = '01', day = '01'] = /^(\d\d)(\d\d)-?(\d\d)?-?(\d\d)?/.exec(birthDate) ?? []
    return next((count) => {
      const [tens, last] = [Math.floor(count / 5) % 100, (count % 5) * 2 + (gender === 'male' ? 1 : 0)]
      return `${day}${month}${year}${String(tens).padStart(2, '0')}${last}`
    })
  }
  return (patient: Patient): Patient['identifier'] => {
    const nation = patient.extension?.find(({ url }) => url === EXTENSION.jurisdiction)?.valueCoding?.code
    if (nation === 'GB-SCT') return [{ system: IDENTIFIER_SYSTEM.chi, value: chi(patient) }]
    return nation === 'GB-NIR'
      ? [{ system: IDENTIFIER_SYSTEM.hcNumber, value: next((count) => `38${String(count).padStart(7, '0')}`) }]
      : [{ system: IDENTIFIER_SYSTEM.nhsNumber, value: next((count) => `999${String(count).padStart(6, '0')}`) }]
  }
}

const named = (resources: readonly FhirResource[]): Map<string, FhirResource> => {
  const names: Named = new Map()
  for (const resource of resources) {
    const name = nameOf(resource)
    const count = [...names.keys()].filter((each) => each === name || each.startsWith(`${name}~`)).length
    names.set(count === 0 ? name : `${name}~${count + 1}`, resource)
  }
  return names
}

const extracted = (plan: string, keep: boolean): { patient: Patient; resources: FhirResource[] } => {
  const { patient, response } = conversation(plan)
  const url = response.questionnaire?.split('|')[0]
  const questionnaire = QUESTIONNAIRES.find((one) => one.url === url) as Questionnaire
  const entries = extractResponse(response, questionnaire)
  const source = entries.find(({ resource }) => resource.resourceType === 'QuestionnaireResponse')?.fullUrl
  const subject = response.subject?.reference
  const kept = entries.filter(({ resource }) => keep || resource.resourceType !== 'QuestionnaireResponse')
  const isSource = (value: unknown): boolean => isObject(value) && value['reference'] === source
  const withoutSource = (value: unknown): unknown => {
    if (Array.isArray(value))
      return value.filter((one) => !isSource(one) && !(isObject(one) && isSource(one['what']))).map(withoutSource)
    if (!isObject(value)) return value
    return Object.fromEntries(
      Object.entries(value).flatMap(([key, one]) => {
        const left = isSource(one) ? undefined : withoutSource(one)
        return left === undefined || (Array.isArray(left) && left.length === 0) ? [] : [[key, left]]
      }),
    )
  }
  const names = new Map(kept.map(({ fullUrl, resource }) => [fullUrl, resource]))
  const content = named([...names.values()])
  const nameByUrl = new Map(
    [...content].map(([name, resource]) => [[...names].find(([, one]) => one === resource)?.[0] ?? '', name]),
  )
  const resources = [...content.values()].map(
    (resource) =>
      mapped(keep ? resource : withoutSource(resource), (text) =>
        text === subject ? '#patient' : nameByUrl.has(text) ? `#${nameByUrl.get(text)}` : text,
      ) as FhirResource,
  )
  return { patient: mapped(patient, (text) => (text === subject ? '#patient' : text)) as Patient, resources }
}

/** Takes a resource out, and the references to it. */
const remove = (names: Named, name: string): void => {
  names.delete(name)
  // Who is registered need not be sent again.
  if (name === 'patient') return
  const isReference = (value: unknown): boolean => isObject(value) && value['reference'] === `#${name}`
  for (const resource of names.values()) {
    for (const [element, value] of Object.entries(resource)) {
      if (Array.isArray(value)) (resource as unknown as Holder)[element] = value.filter((one) => !isReference(one))
    }
  }
}

/** The resources of a described submission by their names, the Patient first, with references as `#name`. */
export const describedResources = ({ plan, response = false, copy = {}, add = {}, change = {} }: Described): Named => {
  const plans = [plan].flat().map((one) => extracted(one, response))
  const names: Named = new Map([['patient', structuredClone(plans[0]?.patient as Patient)]])
  for (const [index, { resources }] of plans.entries()) {
    const prefix = index === 0 ? '' : `${index + 1}:`
    for (const [name, resource] of named(resources)) {
      names.set(
        prefix + name,
        mapped(resource, (text) =>
          text.startsWith('#') && text !== '#patient' ? `#${prefix}${text.slice(1)}` : text,
        ) as FhirResource,
      )
    }
  }
  for (const [name, from] of Object.entries(copy)) {
    const original = names.get(from)
    if (original === undefined)
      throw new Error(`There is no ${from} to copy. There are: ${[...names.keys()].join(', ')}.`)
    names.set(name, structuredClone(original))
  }
  for (const [name, resource] of Object.entries(add)) names.set(name, expanded(resource) as FhirResource)
  for (const [address, value] of Object.entries(change)) {
    const [name = '', ...path] = stepsOf(address)
    const resource = names.get(name as string)
    if (resource === undefined)
      throw new Error(`There is no ${String(name)} to change. There are: ${[...names.keys()].join(', ')}.`)
    if (path.length === 0 && value === null) remove(names, name as string)
    else set(resource as unknown as Holder, path, expanded(value))
  }
  return names
}

/** FHIR has no empty arrays: what a change emptied is left out. */
const pruned = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(pruned)
  if (!isObject(value)) return value
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, one]) => (Array.isArray(one) && one.length === 0 ? [] : [[key, pruned(one)]])),
  )
}

export type Built = Readonly<{ bundle: Bundle<FhirResource>; names: readonly string[]; patient: Patient }>

/**
 * The Bundle of a described submission: the Patient, then the plans and what they are made of. The Patient has `identifier`, unless a change
 * gives another. `stored` finds what `before:name` and `other:name` stand for.
 */
export const build = (
  described: Described,
  identifier: (patient: Patient) => Patient['identifier'],
  stored: (name: string) => string,
): Built => {
  const resources = describedResources(described)
  const patient = resources.get('patient') as Patient | undefined
  const isNumbered = Object.keys(described.change ?? {}).some((address) => address.startsWith('patient.identifier'))
  if (patient !== undefined && !isNumbered) patient.identifier = identifier(patient) ?? []
  const names = [...resources.keys()]
  const fullUrl = (name: string): string =>
    `urn:uuid:00000000-0000-4000-8000-${String(names.indexOf(name) + 1).padStart(12, '0')}`
  const linked = (text: string, key: string): string => {
    if (key !== 'reference') return text
    if (text === '#patient' && patient === undefined) return stored('before:patient')
    if (text.startsWith('#') && names.includes(text.slice(1))) return fullUrl(text.slice(1))
    return /^(?:before|other):/.test(text) ? stored(text) : text
  }
  return {
    bundle: {
      resourceType: 'Bundle',
      type: 'collection',
      entry: [...resources].map(([name, resource]) => ({
        fullUrl: fullUrl(name),
        resource: mapped(pruned(resource), linked) as FhirResource,
      })),
    },
    names,
    patient: patient as Patient,
  }
}
