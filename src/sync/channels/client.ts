import { Client, type RequestOptions } from 'fhir-kit-client'
import type { Answer, Asked, Ending, Exchange } from './exchange.ts'

export type FhirClient = Readonly<{
  /** Makes one of the client's interactions; the whole answer, of whatever status, unread. Throws `NoAnswer`. */
  answerTo(interaction: (client: Client) => Promise<unknown>): Promise<Answer>
}>

/** For an interaction that has no time of its own: the library hands on what it does not know. */
export const optionsOf = (headers: Readonly<Record<string, string>>, ending: Ending): RequestOptions => {
  const options = { headers: { ...headers }, ending }
  return options
}

/**
 * fhir-kit-client's interactions, made over an exchange. The library takes no connections from outside, reads an answer of any length, parses it
 * and follows redirects, so its one method that sends is replaced, on this client alone.
 */
export const openClient = (baseUrl: string, exchange: Exchange): FhirClient => {
  const client = new Client({ baseUrl })
  const { httpClient } = client
  httpClient.request = async (method, path, options = {}, body?: unknown) => {
    const { headers, signal, ending } = options as Pick<Asked, 'headers' | 'signal' | 'ending'>
    const sent = body === undefined || Buffer.isBuffer(body) ? body : Buffer.from(JSON.stringify(body))
    return exchange.ask({
      method,
      url: httpClient.expandUrl(path),
      headers,
      ...(sent === undefined ? {} : { body: sent }),
      ...(signal === undefined ? {} : { signal }),
      ...(ending === undefined ? {} : { ending }),
    }) as never
  }
  return { answerTo: (interaction) => interaction(client) as Promise<Answer> }
}
