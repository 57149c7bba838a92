import type { Bundle, CarePlan, Composition, Patient } from 'fhir/r4.js'
import type { RequestContext } from '../../context.ts'
import { IDENTIFIER_SYSTEM } from '../../fhir/identifier.ts'
import { parseFhirJson, stringifyFhirJson } from '../../fhir/json.ts'
import { problem } from '../../fhir/outcome.ts'
import type { FhirResource } from '../../fhir/resource.ts'
import { editionsOf } from '../../plan/edition.ts'
import { personRecord } from '../../plan/person.ts'
import { respectDocument as documentOf, planToShow } from '../../plan/summary/respect-document.ts'
import { isAsStored, seesEverything, summaryFor } from '../../plan/summary/roles.ts'
import { withoutCpr } from '../../plan/summary/without-cpr.ts'
import { type AskedEdition, type Standing, standingOf } from '../../plan/verify-current.ts'
import type { Store } from '../../store/store.ts'
import { auditEntry } from '../audit/audit.ts'
import { about, permitOf, personUnknown, requireAll, requireScope } from '../permission/permission.ts'

const roleOf = ({ caller }: RequestContext): string => (caller.kind === 'internal' ? 'keyplan' : caller.role)

/**
 * A stored summary as the caller's role may have it, and without what the person hides from them; as it is stored for whoever gets all of it in the
 * usual order.
 */
export const fittedToCaller = (cx: RequestContext, summary: string, isCprHidden: boolean): string => {
  const role = roleOf(cx)
  if (isAsStored(role) && !isCprHidden) return summary
  const fitted = summaryFor(role, parseFhirJson(summary) as Bundle)
  return stringifyFhirJson(isCprHidden ? withoutCpr(fitted) : fitted)
}

/**
 * An emergency-care plan of the person as a document Bundle: the one in force, or the one named by id, whatever its state. Throws `not-found`
 * where there is none, `forbidden` where sharing is withheld or the role does not see clinical things.
 */
export const respectDocument = async (
  store: Store,
  cx: RequestContext,
  patient: string,
  planId?: string,
): Promise<string> => {
  requireScope(cx, 'Patient', 'r')
  requireScope(cx, 'CarePlan', 'r')
  requireScope(cx, 'Consent', 'r')
  if (!seesEverything(roleOf(cx))) {
    throw problem(
      'forbidden',
      'withheld-from-role',
      'This document is clinical throughout and is withheld from your role. $key-information-summary gives the parts that are not.',
    )
  }
  const row = await store.wholePerson(patient, permitOf(cx, 'r'))
  if (row !== undefined) await requireAll(store, cx, [about(patient, row, 'CarePlan')])
  const resources = (row?.bodies ?? []).map((body) => parseFhirJson(body) as FhirResource)
  const self = resources.find(
    (resource): resource is Patient => resource.resourceType === 'Patient' && resource.id === patient,
  )
  const person = self === undefined ? undefined : personRecord(self, resources)
  const plan = person === undefined ? undefined : planToShow(person, planId)
  const entities = [`Patient/${patient}`, ...(plan === undefined ? [] : [`CarePlan/${plan.id}`])]
  const outcome = plan === undefined ? 'not-found' : 'permit'
  await store.audit([auditEntry(cx, '$respect-document', outcome, entities, row === undefined ? {} : { patient })])
  if (person === undefined) {
    throw personUnknown(patient)
  }
  if (plan === undefined) {
    throw problem(
      'not-found',
      'no-plan',
      planId === undefined
        ? `Patient/${patient} has no emergency care plan in force. Nothing follows from that about what the person wants.`
        : `Patient/${patient} has no emergency care plan with this id.`,
    )
  }
  return stringifyFhirJson(documentOf(person, plan, cx.now))
}

/** Whether a plan that somebody has on paper is in force. The answer names nobody, so it is the same for every reader of the paper. */
export const verifyCurrent = async (store: Store, cx: RequestContext, asked: AskedEdition): Promise<Standing> => {
  requireScope(cx, 'CarePlan', 'r')
  const rows = await store.lineage({ system: IDENTIFIER_SYSTEM.planId, value: asked.planId })
  const [row] = rows
  await store.audit([
    auditEntry(
      cx,
      '$verify-current',
      row === undefined ? 'not-found' : 'permit',
      rows.map(({ id }) => `CarePlan/${id}`),
      row === undefined ? {} : { patient: row.patient },
    ),
  ])
  const plans = rows.map(({ body }) => parseFhirJson(body) as CarePlan)
  return standingOf(asked, plans, asked.digest === undefined ? [] : editionsIn(row?.summary))
}

const editionsIn = (summary: string | null | undefined) =>
  summary == null ? [] : editionsOf((parseFhirJson(summary) as Bundle).entry?.[0]?.resource as Composition)
