import { createHash } from 'node:crypto'
import type { CarePlan, Extension } from 'fhir/r4.js'
import { IDENTIFIER_SYSTEM, identifierValue } from '../fhir/identifier.ts'
import type { FhirResource } from '../fhir/resource.ts'
import { EXTENSION } from './codes.ts'
import { RETIREMENT } from './lifecycle.ts'
import { membersOf } from './members.ts'
import { extension, type PersonRecord } from './person.ts'

/** One plan as it is named on paper: which lineage, which plan of it, and a check of what it says. */
export type PlanEdition = Readonly<{ planId: string; version: number; digest: string }>

/** Undefined for a draft, which has neither identifier nor version yet. */
export const planEdition = (person: PersonRecord, plan: CarePlan): PlanEdition | undefined => {
  const planId = identifierValue(plan.identifier, IDENTIFIER_SYSTEM.planId)
  const version = extension(plan, EXTENSION.planVersion)?.valuePositiveInt
  return planId === undefined || version === undefined
    ? undefined
    : { planId, version, digest: planDigest(person, plan) }
}

/** Hexadecimal digits of a digest: half of SHA-256, which still can neither be met by chance nor made to fit. */
const DIGEST_LENGTH = 32

/**
 * What a plan says, as 32 hexadecimal digits: the same from its activation on, through confirmations of review and after its end, and
 * another as soon as one word of its content differs.
 */
export const planDigest = (person: PersonRecord, plan: CarePlan): string => {
  const members = [...membersOf(person, plan)].sort(([one], [other]) => (one < other ? -1 : 1))
  const said = [planContent(plan), ...members.map(([, member]) => memberContent(member))]
  return createHash('sha256').update(canonical(said)).digest('hex').slice(0, DIGEST_LENGTH)
}

const MAY_CHANGE: readonly string[] = [EXTENSION.stateReason, EXTENSION.reviewDate]

/** The plan without what moves while its content stays (`rules/content-fixed.ts`). */
const planContent = ({ meta: _meta, status: _status, text: _text, period: _period, ...plan }: CarePlan): object => ({
  ...plan,
  extension: (plan.extension ?? []).filter(({ url }) => !MAY_CHANGE.includes(url)),
})

/** A member without the element in which it is retired with its plan. */
const memberContent = (member: FhirResource): object => {
  const { element } = RETIREMENT[member.resourceType] ?? {}
  const said = { ...member } as Record<string, unknown>
  for (const name of ['meta', 'text', ...(element === undefined ? [] : [element])]) delete said[name]
  return said
}

/** JSON with the properties of each object in order, so that the same content is the same text. */
const canonical = (value: unknown): string => {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const properties = Object.entries(value)
    .filter(([, property]) => property !== undefined)
    .sort(([one], [other]) => (one < other ? -1 : 1))
  return `{${properties.map(([name, property]) => `${JSON.stringify(name)}:${canonical(property)}`).join(',')}}`
}

/** The edition as a program finds it on a Composition. */
export const editionExtension = ({ planId, version, digest }: PlanEdition): Extension => ({
  url: EXTENSION.planEdition,
  extension: [
    { url: 'planId', valueString: planId },
    { url: 'version', valuePositiveInt: version },
    { url: 'digest', valueString: digest },
  ],
})

/** The editions that a Composition names, the emergency-care plan first. */
export const editionsOf = (composition: { extension?: Extension[] | undefined }): PlanEdition[] =>
  (composition.extension ?? [])
    .filter(({ url }) => url === EXTENSION.planEdition)
    .flatMap((found) => {
      const planId = extension(found, 'planId')?.valueString
      const version = extension(found, 'version')?.valuePositiveInt
      const digest = extension(found, 'digest')?.valueString
      return planId === undefined || version === undefined || digest === undefined ? [] : [{ planId, version, digest }]
    })

/** The digest as people read it out: groups of four. */
export const shownDigest = (digest: string): string => digest.replace(/(.{4})(?=.)/g, '$1 ')

/** A digest as someone typed or read it: spaces and capitals do not count. Undefined where it is none. */
export const readDigest = (text: string): string | undefined => {
  const digest = text.replace(/\s/g, '').toLowerCase()
  return digest.length === DIGEST_LENGTH && /^[0-9a-f]+$/.test(digest) ? digest : undefined
}

/** What the QR code of a document holds. It names the plan and nobody. */
export const editionCode = ({ planId, version, digest }: PlanEdition): string =>
  `keyplan:${planId}:${version}:${digest}`

/** The edition that a scanned code names; undefined where the code is not of KeyPlan. */
export const parseEditionCode = (code: string): PlanEdition | undefined => {
  const [, planId, version, digest] = /^keyplan:(.{1,200}):([1-9]\d{0,8}):([0-9a-f]{32})$/.exec(code.trim()) ?? []
  return planId === undefined || version === undefined || digest === undefined
    ? undefined
    : { planId, version: Number(version), digest }
}
