import { type Explained, explainAccess } from '../../access/explain.ts'
import { isOverseer, POLICY_VERSION } from '../../access/policy.ts'
import type { RequestContext } from '../../context.ts'
import { type ResourceKey, resourceKey } from '../../fhir/resource.ts'
import { forbidsBreakGlass } from '../../plan/broken-glass.ts'
import { sharingDecisionsInForce } from '../../plan/sharing.ts'
import type { Store } from '../../store/store.ts'
import { auditEntry } from '../audit/audit.ts'
import { recordOf } from '../summaries/derived.ts'
import { about, personUnknown, type Refused, requireAll, requireOfAnybody, requireScope } from './permission.ts'

/** Who may see what of a person's record, and what decided it. `custodian`: ODS code. */
export type AccessExplained = Readonly<{
  policyVersion: string
  sharing: 'permitted' | 'withheld'
  custodian: string
  /** The sharing decisions in force. */
  consents: readonly ResourceKey[]
  breakGlassForbidden: boolean
  /** From whom the person hides what was decided about CPR. */
  cprHiddenFrom: readonly string[]
  access: readonly Explained[]
}>

/** Those who oversee see how access is decided of the persons whom their own organisation registered, without seeing their records. */
const oversees = ({ caller }: RequestContext, patient: string, custodian: string): boolean =>
  isOverseer(caller) &&
  (caller.patient === undefined || caller.patient === patient) &&
  caller.organization === custodian

/** Throws `not-found` where there is no such person, and as `read` does where the caller may not see the person. */
export const accessExplained = async (store: Store, cx: RequestContext, patient: string): Promise<AccessExplained> => {
  requireScope(cx, 'Patient', 'r')
  if (!isOverseer(cx.caller)) requireOfAnybody(cx, patient)
  const { persons } = await store.before({ persons: [patient], identifiers: [], keys: [], targets: [] })
  const row = persons.find(({ id }) => id === patient)
  const record = recordOf(row)
  if (row !== undefined && !oversees(cx, patient, row.custodian)) {
    // What is kept from their role is no reason to tell that there is such a person.
    if (isOverseer(cx.caller))
      throw personUnknown(patient, {
        patient,
        entities: [`Patient/${patient}`],
        denied: 'withheld-from-role',
      } satisfies Refused)
    await requireAll(store, cx, [about(patient, row)])
  }
  const outcome = record === undefined ? 'not-found' : 'permit'
  await store.audit([auditEntry(cx, '$explain-access', outcome, [`Patient/${patient}`], { patient })])
  if (row === undefined || record === undefined) throw personUnknown(patient)
  const { sharing, custodian, cprHiddenFrom } = row
  const breakGlassForbidden = forbidsBreakGlass(record, cx.now)
  return {
    policyVersion: POLICY_VERSION,
    sharing,
    custodian,
    consents: sharingDecisionsInForce(record, cx.now).map(resourceKey),
    breakGlassForbidden,
    cprHiddenFrom,
    access: explainAccess({ patient, sharing, custodian }, cx.now).map((one) =>
      breakGlassForbidden && one.decision === 'break-glass' ? { ...one, decision: 'deny' } : one,
    ),
  }
}
