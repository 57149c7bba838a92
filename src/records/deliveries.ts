import type { Endpoint, Organization } from 'fhir/r4.js'
import type { RequestContext } from '../context.ts'
import { IDENTIFIER_SYSTEM } from '../fhir/identifier.ts'
import type { Lane, LeasedDelivery, Recipient } from '../store/deliveries.ts'
import type { Store } from '../store/store.ts'
import { auditEntry } from './audit.ts'
import { transact } from './transact.ts'

/**
 * Leases what one recipient is due, withdrawals first, with the newest committed state of each person. The disclosure is audited before
 * anything leaves.
 */
export const leaseDeliveries = async (
  store: Store,
  cx: RequestContext,
  asked: Readonly<{ recipient: string; lane: Lane; most: number; seconds: number }>,
): Promise<LeasedDelivery[]> => {
  const leased = await store.deliveries.lease(asked)
  if (leased.length > 0) {
    await store.audit(
      leased.map(({ patient, state }) =>
        auditEntry(cx, 'deliver', 'permit', [`Patient/${patient}`], {
          patient,
          reason: `${state} to ${asked.recipient}`,
        }),
      ),
    )
  }
  return leased
}

/** Registers a recipient system as Organization and Endpoint, and wants it to hold every summary that it is entitled to. */
export const registerRecipient = async (store: Store, cx: RequestContext, recipient: Recipient): Promise<void> => {
  const resources = [organizationOf(recipient), endpointOf(recipient)]
  await transact(
    store,
    cx,
    resources.map((resource) => ({ do: 'update', id: recipient.id, resource })),
    'register-recipient',
  )
  await store.registerRecipient(recipient)
}

const organizationOf = ({ id, name, organization }: Recipient): Organization => ({
  resourceType: 'Organization',
  id,
  active: true,
  identifier: [{ system: IDENTIFIER_SYSTEM.odsCode, value: organization }],
  name,
  endpoint: [{ reference: `Endpoint/${id}` }],
})

const endpointOf = ({ id, name, address }: Recipient): Endpoint => ({
  resourceType: 'Endpoint',
  id,
  status: 'active',
  connectionType: { system: 'http://terminology.hl7.org/CodeSystem/endpoint-connection-type', code: 'hl7-fhir-rest' },
  name,
  managingOrganization: { reference: `Organization/${id}` },
  payloadType: [{ text: 'Key Information Summary' }],
  payloadMimeType: ['application/fhir+json'],
  address,
})
