import type { CarePlan, Provenance } from 'fhir/r4.js'
import type { RequestContext } from '../../context.ts'
import { problem } from '../../fhir/outcome.ts'
import { type Act, actProvenance, signedProvenance } from '../../plan/acts.ts'
import type { PersonRecord } from '../../plan/person.ts'
import { canonicalAct, canonicalPlan } from '../../plan/signed-content.ts'
import type { Seal } from '../seal.ts'
import { newId } from '../writing/ids.ts'

/** What the caller says of an act; who sent it and the id of its record are added. */
export type ActOf = Omit<Act, 'id' | 'sender'>

const withSender = ({ caller }: RequestContext, act: ActOf): Act => ({
  ...act,
  id: newId(),
  sender: caller.kind === 'internal' ? undefined : { organization: caller.organization, role: caller.role },
})

/**
 * The Provenance of an act on a plan, signed by the service over the act and the plan as it stands in `after`; a draft, which may still
 * change, is not signed for. Throws `unprocessable` where the clinician's own signature is not a good one of the plan.
 */
export const recordAct = async (
  seal: Seal,
  cx: RequestContext,
  after: PersonRecord,
  plan: CarePlan,
  act: ActOf,
  ownSignature?: string,
): Promise<Provenance> => {
  if (ownSignature !== undefined && !(await seal.verifyEmbedded(ownSignature, canonicalPlan(after, plan)))) {
    throw problem(
      'unprocessable',
      'signature-invalid',
      'The signature is not a good one of this plan as it is stored. Expected a detached compact JWS (header..signature) over the canonical plan, with an asymmetric algorithm and the public key as `jwk` in its header. docs/signatures.md says which bytes are signed.',
      { expression: 'signature' },
    )
  }
  const full = withSender(cx, act)
  const provenance = actProvenance(full)
  const service = plan.status === 'draft' ? undefined : await seal.sign(canonicalAct(after, plan, provenance))
  return signedProvenance(provenance, full, { service, clinician: ownSignature, now: cx.now })
}
