import type { Bundle } from 'fhir/r4.js'
import { isId } from '../../fhir/resource.ts'
import { SYSTEM } from '../../plan/codes.ts'
import { editionIdentifier, summaryOrder } from '../../plan/summary/order.ts'
import type { LeasedDelivery } from '../../store/sharing/deliveries.ts'

export type Sent = Pick<LeasedDelivery, 'patient' | 'state' | 'epoch' | 'sequence'>

/** What an answer says that is stored: the edition that was sent, one that comes after it, another one or none, or nothing that can be read. */
export type Held = 'sent' | 'newer' | 'other' | 'unreadable'

/**
 * What a recipient names in the body of an answer, and its own version of that: empty where it names none, or none that FHIR knows. An answer
 * that repeats the document byte for byte from its edition on is parsed no further than to there.
 */
export const readHeld = (answer: Buffer, sent: Sent, document: Buffer): Readonly<{ held: Held; version: string }> => {
  const head = headOfSame(answer, sent, document)
  if (head !== undefined && stateOf(head) === sent.state) return { held: 'sent', version: versionOf(head) }
  const bundle = parsed(answer.toString('utf8'))
  return bundle === undefined
    ? { held: 'unreadable', version: '' }
    : { held: heldOf(bundle, sent), version: versionOf(bundle) }
}

/** What stands before the edition in an answer that goes on with the bytes that were sent; undefined where it does not. */
const headOfSame = (answer: Buffer, sent: Sent, document: Buffer): Bundle | undefined => {
  const from = document.indexOf(`,"identifier":${JSON.stringify(editionIdentifier(sent.patient, sent))}`)
  const at = answer.length - document.length + from
  if (from === -1 || at <= 0 || document.compare(answer, at, answer.length, from) !== 0) return undefined
  const head = parsed(`${answer.toString('utf8', 0, at)}}`)
  return head?.resourceType === 'Bundle' ? head : undefined
}

const heldOf = (bundle: Bundle, sent: Sent): Held => {
  const theirs = orderOf(bundle)
  if (theirs === undefined) return 'other'
  const named = editionIdentifier(sent.patient, theirs)
  if (bundle.identifier?.system !== named.system || bundle.identifier.value !== named.value) return 'other'
  if (theirs.epoch !== sent.epoch) return theirs.epoch > sent.epoch ? 'newer' : 'other'
  if (theirs.sequence !== sent.sequence) return theirs.sequence > sent.sequence ? 'newer' : 'other'
  if (theirs.state === sent.state) return 'sent'
  // Of one edition, the withdrawal is the later word.
  return theirs.state === 'withdrawn' ? 'newer' : 'other'
}

/** A stranger's Bundle may be anything; what cannot be read has no order. */
const orderOf = (bundle: Bundle): ReturnType<typeof summaryOrder> => {
  try {
    return summaryOrder(bundle)
  } catch {
    return undefined
  }
}

const stateOf = ({ meta }: Bundle): string | undefined =>
  Array.isArray(meta?.tag) ? meta.tag.find((tag) => tag?.system === SYSTEM.summaryState)?.code : undefined

const versionOf = ({ meta }: Bundle): string =>
  typeof meta?.versionId === 'string' && isId(meta.versionId) ? meta.versionId : ''

/** The JSON object of a text; undefined where it is anything else. */
const parsed = (text: string): Bundle | undefined => {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? (value as Bundle) : undefined
  } catch {
    return undefined
  }
}
