import { refuseParameters } from '../parameters.ts'
import type { Route } from '../route.ts'

/** What this server does, for anyone who asks (http://hl7.org/fhir/R4/http.html#capabilities). */
export const capabilities: Route = {
  name: 'capabilities',
  method: 'GET',
  path: 'metadata',
  scope: 'none',
  body: 'none',
  purpose: 'administration',
  handle: async ({ query }, { capability }) => {
    refuseParameters(query)
    return { status: 200, body: capability }
  },
}
