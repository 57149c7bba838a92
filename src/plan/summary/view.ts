import type { Bundle, Composition, Patient } from 'fhir/r4.js'
import { IDENTIFIER_SYSTEM } from '../../fhir/identifier.ts'
import { SYSTEM } from '../codes.ts'
import { editionCode, editionsOf, type PlanEdition } from '../edition.ts'
import { shownDay, shownMoment } from './dates.ts'
import { type ReadIdentity, readIdentity } from './identity.ts'
import { summaryOrder } from './order.ts'

/** What is shown around the sections of a document, on a page or on paper. */
export type DocumentView = Readonly<{
  composition: Composition
  title: string
  /** Undefined where the document names nobody (a tombstone). */
  identity: ReadIdentity | undefined
  /** Label and value of each thing to compare with the person. */
  facts: readonly (readonly [label: string, value: string])[]
  /** Date and edition, in words. */
  edition: string
  /** Said across the document where it must not be acted on. */
  mark: 'DRAFT' | 'SUPERSEDED' | 'WITHDRAWN' | undefined
  /** The emergency-care plan that it is made from, else the first. */
  plan: PlanEdition | undefined
  /** What its QR code holds. */
  code: string | undefined
}>

const MARKS: Readonly<Record<string, DocumentView['mark']>> = {
  draft: 'DRAFT',
  superseded: 'SUPERSEDED',
  revoked: 'WITHDRAWN',
  withdrawn: 'WITHDRAWN',
}

/** Throws a TypeError where the Bundle does not begin with a Composition. */
export const documentView = (bundle: Bundle): DocumentView => {
  const composition = bundle.entry?.[0]?.resource
  if (composition?.resourceType !== 'Composition')
    throw new TypeError('The document does not begin with a Composition.')
  const patient = bundle.entry?.map(({ resource }) => resource).find((resource) => resource?.resourceType === 'Patient')
  const identity = patient === undefined ? undefined : readIdentity(patient as Patient)
  const state = bundle.meta?.tag?.find(
    ({ system }) => system === SYSTEM.planStanding || system === SYSTEM.summaryState,
  )?.code
  const mark = state === undefined ? undefined : MARKS[state]
  const [plan] = editionsOf(composition as Composition)
  return {
    composition: composition as Composition,
    title: (composition as Composition).title,
    identity,
    facts: identity === undefined ? [] : factsOf(identity),
    edition: editionText(bundle, plan),
    mark,
    plan,
    code: plan === undefined ? undefined : editionCode(plan),
  }
}

const factsOf = ({ knownAs, birthDate, identifiers }: ReadIdentity): DocumentView['facts'] => [
  ...(knownAs === undefined ? [] : [['Known as', knownAs] as const]),
  ['Born', shownDay(birthDate) ?? 'not recorded'],
  ...identifiers.map(({ system, label, value }) => [label, grouped(system, value)] as const),
]

/** NHS and H&C numbers are read out as 3-3-4, a CHI number as its birth digits and the rest. */
const grouped = (system: string, value: string): string =>
  value.replace(
    system === IDENTIFIER_SYSTEM.chi ? /^(\d{6})(\d{4})$/ : /^(\d{3})(\d{3})(\d{4})$/,
    (_whole, ...groups) =>
      groups.filter((group) => typeof group === 'string' && /^\d{3,6}$/.test(group)).join('\u00a0'),
  )

const editionText = (bundle: Bundle, plan: PlanEdition | undefined): string => {
  const order = summaryOrder(bundle)
  const moment = new Date(bundle.timestamp ?? '')
  return [
    Number.isNaN(moment.getTime()) ? undefined : `as at ${shownMoment(moment)}`,
    order === undefined ? undefined : `sequence ${order.sequence}`,
    order !== undefined || plan === undefined ? undefined : `version ${plan.version}`,
  ]
    .filter((part) => part !== undefined)
    .join(', ')
}
