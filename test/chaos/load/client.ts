import { setTimeout as wait } from 'node:timers/promises'
import type { FhirResource } from 'fhir/r4.js'
import { tokensOf } from '../../../bench/stage.ts'
import type { Random } from '../random.ts'

export type Answer<Body> = Readonly<{ status: number; body: Body; text: string }>

/** An author's way to KeyPlan: any of its processes, each with a token of its own. */
export type Client = Readonly<{
  /** Sends once, to one process. Undefined where no answer came: it is not known what became of it. */
  once<Body = FhirResource>(method: 'GET' | 'POST', path: string, body?: object): Promise<Answer<Body> | undefined>
  /** Reads until there is an answer of 200. Throws where none came for long. */
  read<Body = FhirResource>(path: string): Promise<Body>
}>

/** Longer than any process of a run stands still: what was given up here could otherwise still happen. */
const ANSWER_SECONDS = 60
const READ_SECONDS = 180

export const createClient = (addresses: readonly string[], random: Random): Client => {
  const tokens = new Map<string, Promise<() => Promise<string>>>()
  const tokenOf = async (address: string): Promise<string> => {
    const source = tokens.get(address) ?? tokensOf(address)
    tokens.set(address, source)
    return (await source)()
  }

  const once: Client['once'] = async <Body>(method: string, path: string, body?: object) => {
    const address = random.pick(addresses)
    let token: string
    try {
      token = await tokenOf(address)
    } catch {
      // Nothing has been sent.
      return { status: 503, body: undefined as Body, text: 'There was no token.' }
    }
    try {
      const answer = await fetch(`${address}/fhir${path}`, {
        method,
        signal: AbortSignal.timeout(ANSWER_SECONDS * 1_000),
        headers: {
          Accept: 'application/fhir+json',
          'Content-Type': 'application/fhir+json',
          Authorization: `Bearer ${token}`,
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      })
      const text = await answer.text()
      return { status: answer.status, body: JSON.parse(text) as Body, text }
    } catch {
      return undefined
    }
  }

  return {
    once,
    async read<Body>(path: string) {
      let last: string | undefined
      for (const deadline = Date.now() + READ_SECONDS * 1_000; Date.now() < deadline; await wait(200)) {
        const answer = await once<Body>('GET', path)
        if (answer?.status === 200) return answer.body
        last = answer?.text
      }
      throw new Error(`Nobody answered a read for ${READ_SECONDS} s; the last answer was ${last ?? 'none'}.`)
    },
  }
}
