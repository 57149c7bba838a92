import type { Bundle, FhirResource, Parameters } from 'fhir/r4.js'
import type { Client } from 'fhir-kit-client'
import { IDENTIFIER_SYSTEM } from '../../fhir/identifier.ts'
import { SYSTEM } from '../../plan/codes.ts'
import type { EditionRow } from '../../store/sharing/digests.ts'
import { DIGESTS_BYTES } from '../../store/sharing/digests.ts'
import type { Access } from './channel.ts'
import { openClient } from './client.ts'
import { type Answer, openExchange } from './exchange.ts'

/** A heartbeat as a recipient hands it back: the text that was signed, and the signature. */
export type Witness = Readonly<{ signed: string; signature: string }>

/** An answer to a heartbeat: which checkpoint of our audit log the recipient keeps, where it says so. */
export type Heard = Readonly<{ witnessed: Readonly<{ epoch: number; size: number }> | undefined }>

/** What a recipient says of itself. Everything throws an Error with words for an operator where it cannot be asked, or answers nonsense. */
export type Verifier = Readonly<{
  /** Where it is asked. */
  address: string
  /** What it answered; false where it has heard a later heartbeat; undefined where it takes none. */
  beat(heartbeat: Parameters): Promise<Heard | false | undefined>
  /** The heartbeats that it has heard. */
  witnesses(): Promise<readonly Witness[]>
  /** Digests of all that it holds (`store/sharing/digests.ts`), and of how many persons that is; undefined where it does not offer them. */
  digests(): Promise<Readonly<{ digests: Uint8Array; persons: number }> | undefined>
  /** All that it holds of the persons in these buckets. */
  editions(buckets: readonly number[]): Promise<readonly EditionRow[]>
  /** What it holds, read back by plain FHIR search; undefined where it does not allow that. `complete` is false where there is more than is read. */
  search(): Promise<Readonly<{ editions: readonly EditionRow[]; complete: boolean }> | undefined>
  close(): void
}>

/** What servers answer to an operation or a search that they do not have, or do not allow. */
const NOT_OFFERED = new Set([400, 403, 404, 405, 410, 501])

/** Reading back is bounded: so many summaries are asked for at once, and so many pages are read. */
const PAGE = 20
const MOST_PAGES = 500

export type OpenVerifier = (recipient: Readonly<{ address: string }>, access: Access, signal: AbortSignal) => Verifier

/** Asks a recipient over FHIR REST, on a connection of its own. `signal` ends what is under way. */
export const fhirVerifier: OpenVerifier = ({ address }, access, signal) => {
  const exchange = openExchange(1)
  const client = openClient(address, exchange)

  type Interaction = (
    fhir: Client,
    options: Readonly<{ headers: Record<string, string>; signal: AbortSignal }>,
  ) => Promise<unknown>
  const ask = async (interaction: Interaction): Promise<Answer> => {
    const headers = {
      Authorization: `Bearer ${await access.token()}`,
      // An element that a server cannot leave out is passed over, not refused (http://hl7.org/fhir/R4/search.html#errors).
      Prefer: 'handling=lenient',
    }
    const answer = await client.answerTo((fhir) => interaction(fhir, { headers, signal }))
    if (answer.status === 401) access.forget()
    return answer
  }
  const operation = (name: string, input: Parameters): Promise<Answer> =>
    ask((fhir, options) => fhir.operation({ resourceType: 'Bundle', name, input: { ...input }, options }))

  return {
    address,
    async beat(heartbeat) {
      const answer = await operation('sharing-heartbeat', heartbeat)
      if (answer.status === 409) return false
      if (NOT_OFFERED.has(answer.status) && answer.status !== 403) return undefined
      return { witnessed: witnessedIn(succeeded(answer)) }
    },
    async witnesses() {
      const { parameter = [] } = parametersOf(succeeded(await operation('sharing-health', NOTHING)))
      return parameter
        .filter(({ name }) => name === 'sender')
        .flatMap(({ part = [] }) => {
          const [signed, signature] = ['heartbeat', 'signature'].map(
            (name) => part.find((each) => each.name === name)?.valueString,
          )
          return signed === undefined || signature === undefined ? [] : [{ signed, signature }]
        })
    },
    async digests() {
      const answer = await operation('held-summaries', NOTHING)
      if (NOT_OFFERED.has(answer.status)) return undefined
      const { parameter = [] } = parametersOf(succeeded(answer))
      const text = parameter.find(({ name }) => name === 'digests')?.valueBase64Binary ?? ''
      const digests = Buffer.from(text, 'base64')
      if (digests.length !== DIGESTS_BYTES) throw nonsense(`digests of ${digests.length} bytes`)
      const persons = parameter.find(({ name }) => name === 'persons')?.valueUnsignedInt
      if (!Number.isSafeInteger(persons)) throw nonsense('no number of persons')
      return { digests, persons: persons as number }
    },
    async editions(buckets) {
      const answer = await operation('held-summaries', {
        resourceType: 'Parameters',
        parameter: [{ name: 'buckets', valueString: buckets.join(' ') }],
      })
      const { parameter = [] } = parametersOf(succeeded(answer))
      return unique(
        parameter.map(({ valueString }) => {
          const edition = editionIn(valueString)
          if (edition === undefined) throw nonsense('an edition that is none')
          return edition
        }),
      )
    },
    async search() {
      const found: EditionRow[] = []
      const first = { identifier: `${IDENTIFIER_SYSTEM.summary}|`, _elements: 'identifier,meta', _count: PAGE }
      let next: string | undefined = ''
      for (let page = 1; next !== undefined && page <= MOST_PAGES; page += 1) {
        const url: string = next
        const answer: Answer = await ask((fhir, options) =>
          page === 1
            ? fhir.resourceSearch({ resourceType: 'Bundle', searchParams: first, options })
            : fhir.request(url, { options }),
        )
        if (page === 1 && NOT_OFFERED.has(answer.status)) return undefined
        const bundle = resourceOf(succeeded(answer))
        if (bundle.resourceType !== 'Bundle' || bundle.type !== 'searchset') throw nonsense('no searchset')
        found.push(...(bundle.entry ?? []).flatMap(({ resource }) => summaryIn(resource as FhirResource) ?? []))
        next = nextOf(bundle, address)
      }
      return { editions: unique(found), complete: next === undefined }
    },
    close: exchange.close,
  }
}

const NOTHING: Parameters = { resourceType: 'Parameters' }

const nonsense = (what: string): Error => new Error(`The answer made no sense: ${what}.`)

/** Throws where the answer is no success; what it says besides is a stranger's text, and not repeated. */
const succeeded = (answer: Answer): Answer => {
  if (answer.status < 200 || answer.status > 299) throw new Error(`HTTP ${answer.status}.`)
  return answer
}

/** What it keeps of our audit log. Whoever takes a heartbeat need not be a witness, so another answer is none. */
const witnessedIn = (answer: Answer): Heard['witnessed'] => {
  try {
    const text = parametersOf(answer).parameter?.find(({ name }) => name === 'witnessed')?.valueString
    const [, epoch, size] = (typeof text === 'string' ? /^(\d{1,9})\/(\d{1,15})$/.exec(text) : null) ?? []
    return epoch === undefined ? undefined : { epoch: Number(epoch), size: Number(size) }
  } catch {
    return undefined
  }
}

const resourceOf = ({ body }: Answer): FhirResource => {
  try {
    const value: unknown = JSON.parse(body.toString('utf8'))
    if (typeof value === 'object' && value !== null) return value as FhirResource
  } catch {
    // Said below.
  }
  throw nonsense('it is not JSON')
}

const parametersOf = (answer: Answer): Parameters => {
  const resource = resourceOf(answer)
  if (resource.resourceType !== 'Parameters') throw nonsense('no Parameters')
  if (resource.parameter !== undefined && !Array.isArray(resource.parameter)) throw nonsense('no list of parameters')
  return resource
}

const EDITION = /^([A-Za-z0-9.-]{1,64})\/(\d{1,9})\/(\d{1,15})\/(current|withdrawn)$/

/** What `person/epoch/sequence/state` says; undefined where it is something else. */
const editionIn = (text: unknown): EditionRow | undefined => {
  const [, patient, epoch, sequence, state] = (typeof text === 'string' ? EDITION.exec(text) : null) ?? []
  return patient === undefined
    ? undefined
    : { patient, epoch: Number(epoch), sequence: Number(sequence), state: state as EditionRow['state'] }
}

/** The edition of a Bundle that stands where we put it; undefined for any other resource. */
const summaryIn = (resource: FhirResource | undefined): EditionRow | undefined => {
  if (resource?.resourceType !== 'Bundle' || resource.identifier?.system !== IDENTIFIER_SYSTEM.summary) return undefined
  const tags = Array.isArray(resource.meta?.tag) ? resource.meta.tag : []
  const state = tags.find((tag) => tag?.system === SYSTEM.summaryState)?.code
  const edition = editionIn(`${resource.identifier.value}/${state}`)
  return edition?.patient === resource.id ? edition : undefined
}

/** The next page, where it is at the same place: a token goes nowhere else. */
const nextOf = ({ link }: Bundle, base: string): string | undefined => {
  const url = Array.isArray(link) ? link.find((each) => each?.relation === 'next')?.url : undefined
  if (url === undefined) return undefined
  const next = URL.canParse(url, `${base}/`) ? new URL(url, `${base}/`) : undefined
  if (next?.origin !== new URL(base).origin) throw nonsense('the next page is elsewhere')
  return next.href
}

/** One edition a person: the last. */
const unique = (editions: readonly EditionRow[]): EditionRow[] => [
  ...new Map(editions.map((edition) => [edition.patient, edition])).values(),
]
