import { Client } from 'fhir-kit-client'
import type { Answer, Exchange } from './exchange.ts'

export type FhirClient = Readonly<{
  /** Makes one of the client's interactions; the whole answer, of whatever status, unread. Throws `NoAnswer`. */
  answerTo(interaction: (client: Client) => Promise<unknown>): Promise<Answer>
}>

/**
 * fhir-kit-client's interactions, made over an exchange. The library takes no connections from outside, reads an answer of any length, parses it
 * and follows redirects, so its one method that sends is replaced, on this client alone.
 */
export const openClient = (baseUrl: string, exchange: Exchange): FhirClient => {
  const client = new Client({ baseUrl })
  const { httpClient } = client
  httpClient.request = async (method, path, { headers, signal } = {}, body?: unknown) => {
    const sent = body === undefined || Buffer.isBuffer(body) ? body : Buffer.from(JSON.stringify(body))
    return exchange.ask({
      method,
      url: new URL(httpClient.expandUrl(path)),
      headers: headers as Readonly<Record<string, string>>,
      ...(sent === undefined ? {} : { body: sent }),
      ...(signal === undefined ? {} : { signal: signal as AbortSignal }),
    }) as never
  }
  return { answerTo: (interaction) => interaction(client) as Promise<Answer> }
}
