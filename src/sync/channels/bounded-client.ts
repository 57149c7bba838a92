import { Client, type FhirResource } from 'fhir-kit-client'

/** What a recipient answers beyond this, and beyond twice what was sent to it, is not read. */
const MOST_ANSWER_BYTES = 1_000_000

/** An answer that is no success, or none that makes sense; in the form of fhir-kit-client's own errors. */
type AnswerError = Error & { response: { status: number }; config: { headers: Headers } }

const answerError = (response: Response, text: string): AnswerError =>
  Object.assign(new Error(text), { response: { status: response.status }, config: { headers: response.headers } })

const readBounded = async (response: Response, most: number): Promise<string> => {
  const chunks: Uint8Array[] = []
  let size = 0
  // Leaving the loop early closes the connection.
  for await (const chunk of response.body ?? []) {
    size += chunk.length
    if (size > most) throw answerError(response, `The answer is longer than ${most} bytes.`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

const etags = new WeakMap<object, string>()

/** The ETag with which this answer came; undefined where there was none. */
export const etagOf = (answer: FhirResource): string | undefined => etags.get(answer)

/**
 * A FHIR client that reads no more of an answer than a recipient may honestly have to say. fhir-kit-client reads every answer whole and takes
 * no fetch but the global one, so a recipient that never stops would fill the memory; its one method that sends is replaced here, on this
 * client alone. Redirects are refused: what is sent is a record.
 */
export const boundedClient = (baseUrl: string): Client => {
  const client = new Client({ baseUrl })
  const { httpClient } = client
  httpClient.request = async (method, path, options = {}, body) => {
    const sent = typeof body === 'string' ? body : body === undefined ? undefined : JSON.stringify(body)
    const response = await fetch(httpClient.expandUrl(path), {
      method,
      redirect: 'error',
      headers: { accept: 'application/fhir+json', ...options.headers },
      ...(sent === undefined ? {} : { body: sent }),
      ...(options.signal === undefined ? {} : { signal: options.signal as AbortSignal }),
    })
    const text = await readBounded(response, MOST_ANSWER_BYTES + 2 * (sent?.length ?? 0))
    if (!response.ok) throw answerError(response, `HTTP ${response.status}`)
    const answer = parsed(text)
    if (answer === undefined) throw answerError(response, 'The answer is not JSON.')
    const etag = response.headers.get('etag')
    if (etag !== null) etags.set(answer, etag)
    return answer
  }
  return client
}

/** The JSON object of an answer: an empty one where there is no text, undefined where it is anything else. */
const parsed = (text: string): FhirResource | undefined => {
  try {
    const value: unknown = text === '' ? {} : JSON.parse(text)
    return typeof value === 'object' && value !== null ? (value as FhirResource) : undefined
  } catch {
    return undefined
  }
}
