import type { Endpoint, Organization } from 'fhir/r4.js'
import type { RequestContext } from '../../context.ts'
import { IDENTIFIER_SYSTEM } from '../../fhir/identifier.ts'
import { parseFhirJson } from '../../fhir/json.ts'
import { sameContent } from '../../plan/same-content.ts'
import type { LeasedDelivery, SummaryState } from '../../store/sharing/deliveries.ts'
import type { Recipient, Settled } from '../../store/sharing/recipients.ts'
import type { Store } from '../../store/store.ts'
import { act } from '../audit/audit.ts'
import { rederiveEach } from '../summaries/rederive.ts'
import { transact } from '../writing/transact.ts'

/**
 * Leases what one recipient is due, withdrawals first, with the newest committed state of each person. The disclosure is audited in the same
 * statement, so before anything leaves.
 */
export const leaseDeliveries = (
  store: Store,
  cx: RequestContext,
  asked: Readonly<{ recipient: string; lane: SummaryState; most: number; seconds: number; probe?: boolean }>,
): Promise<LeasedDelivery[]> => store.deliveries.lease({ ...asked, audit: act(cx, 'deliver') })

/** Registers a recipient system as Organization and Endpoint. True where the persons who are stored already have to be looked at. */
export const registerRecipient = async (store: Store, cx: RequestContext, recipient: Recipient): Promise<boolean> => {
  const resources = [organizationOf(recipient), endpointOf(recipient)]
  const { targets } = await store.before({
    persons: [],
    identifiers: [],
    keys: [],
    targets: resources.map(({ resourceType }) => ({ type: resourceType, id: recipient.id })),
  })
  const isStored = (resource: Organization | Endpoint): boolean =>
    targets.some(
      ({ type, deleted, body }) =>
        type === resource.resourceType && !deleted && sameContent(parseFhirJson(body) as object, resource),
    )
  const changed = resources.filter((resource) => !isStored(resource))
  if (changed.length > 0) {
    const changes = changed.map((resource) => ({ do: 'update', id: recipient.id, resource }) as const)
    await transact(store, cx, changes, 'register-recipient')
  }
  return store.recipients.register(recipient)
}

/** So many persons are looked at in one transaction: commits about them wait so long. */
const STEP = 500

/** Looks at the next persons after what has changed of a recipient; undefined when all have been looked at. `failed` could not be derived. */
export const settleRecipient = async (
  store: Store,
  cx: RequestContext,
  id: string,
): Promise<(Settled & Readonly<{ failed: number }>) | undefined> => {
  const settled = await store.recipients.settle(id, STEP)
  if (settled === undefined || settled.again.length === 0) return settled && { ...settled, failed: 0 }
  const { failures } = await rederiveEach(store, cx, settled.again, { force: true })
  await store.recipients.settle(id, STEP, settled.past)
  return { ...settled, failed: failures.length }
}

const organizationOf = ({ id, name, organization, active }: Recipient): Organization => ({
  resourceType: 'Organization',
  id,
  active,
  identifier: [{ system: IDENTIFIER_SYSTEM.odsCode, value: organization }],
  name,
  endpoint: [{ reference: `Endpoint/${id}` }],
})

const endpointOf = ({ id, name, address, active }: Recipient): Endpoint => ({
  resourceType: 'Endpoint',
  id,
  status: active ? 'active' : 'off',
  connectionType: { system: 'http://terminology.hl7.org/CodeSystem/endpoint-connection-type', code: 'hl7-fhir-rest' },
  name,
  managingOrganization: { reference: `Organization/${id}` },
  payloadType: [{ text: 'Key Information Summary' }],
  payloadMimeType: ['application/fhir+json'],
  address,
})
