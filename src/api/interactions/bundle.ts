import { problem } from '../../fhir/outcome.ts'
import { refuseParameters } from '../parameters.ts'
import type { Route } from '../route.ts'
import { runBatch } from './batch.ts'
import { runTransaction } from './transaction.ts'

/** A Bundle of requests, all or nothing (`transaction`) or each by itself (`batch`); http://hl7.org/fhir/R4/http.html#transaction. */
export const bundle: Route = {
  name: 'transaction',
  method: 'POST',
  path: '',
  scope: 'entries',
  body: 'bundle',
  purpose: 'care',
  asynchronous: true,
  handle: async (request, api) => {
    refuseParameters(request.query)
    const { resourceType, type } = request.resource as { resourceType?: string; type?: unknown }
    if (resourceType === 'Bundle' && type === 'transaction') return await runTransaction(request, api)
    if (resourceType === 'Bundle' && type === 'batch') return await runBatch(request, api)
    throw problem(
      'bad-request',
      'bundle-type',
      'The base takes a Bundle of type transaction or batch. A document is stored with PUT Bundle/[id]; a plan is sent to CarePlan/$submit.',
      {
        expression: resourceType === 'Bundle' ? 'Bundle.type' : 'resourceType',
      },
    )
  },
}
