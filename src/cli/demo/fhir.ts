import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import type { FhirResource, OperationOutcome } from 'fhir/r4.js'
import { createTokenSource, discoverTokenUrl } from '../../auth/client-assertion.ts'

/** The public HTTP API of one server, as one registered client sees it. */
export type FhirSystem = Readonly<{
  /** FHIR base URL. */
  base: string
  /** The resource of the answer. Throws where the status is not `expected` (any 2xx unless told), with the issues that the server names. */
  ask<R extends FhirResource>(
    method: string,
    path: string,
    options?: { body?: FhirResource; headers?: Record<string, string>; expected?: number },
  ): Promise<R>
}>

const KEYS = fileURLToPath(new URL('../../../fixtures/clients/', import.meta.url))

/** Signs in at `base` as one of the synthetic clients when first needed. */
export const connect = (base: string, client: string): FhirSystem => {
  let source: ReturnType<typeof createTokenSource> | undefined
  const token = async (): Promise<string> => {
    source ??= createTokenSource({
      tokenUrl: await discoverTokenUrl(base),
      clientId: client,
      privateKey: JSON.parse(await readFile(`${KEYS}${client}.private.json`, 'utf8')),
      scope: 'system/*.cruds',
    })
    return source.token()
  }
  return {
    base,
    async ask<R extends FhirResource>(
      method: string,
      path: string,
      { body, headers, expected }: { body?: FhirResource; headers?: Record<string, string>; expected?: number } = {},
    ): Promise<R> {
      const response = await fetch(`${base}/${path}`, {
        method,
        headers: {
          Accept: 'application/fhir+json',
          'Content-Type': 'application/fhir+json',
          Authorization: `Bearer ${await token()}`,
          ...headers,
        },
        signal: AbortSignal.timeout(20_000),
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      })
      const answer = (await response.json()) as R | OperationOutcome
      if (expected === undefined ? response.ok : response.status === expected) return answer as R
      throw new Error(`${method} ${path.split('?')[0]} answered ${response.status}: ${issuesOf(answer)}`)
    },
  }
}

const issuesOf = (answer: FhirResource): string =>
  answer.resourceType === 'OperationOutcome'
    ? answer.issue
        .map(({ expression, diagnostics }) => `${expression?.[0] ?? ''} ${diagnostics ?? ''}`.trim())
        .join('; ')
    : 'no OperationOutcome'
