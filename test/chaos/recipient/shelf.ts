import type { Bundle } from 'fhir/r4.js'
import { summaryOrder } from '../../../src/plan/summary/order.ts'
import type { Application } from '../facts.ts'

/** What a recipient holds of one person. */
export type Kept = Application & Readonly<{ version: number }>

/** A conditional update (FHIR R4 http.html#concurrency), as headers. */
export type Precondition = Readonly<{ ifMatch?: string | undefined; ifNoneMatch?: string | undefined }>

export type Put = Readonly<{ status: 200 | 201; kept: Kept } | { status: 412; why: string }>

/**
 * What a recipient holds, by person. It is a plain FHIR server: it keeps versions and obeys If-Match and If-None-Match, and applies whatever those
 * allow. It compares no sequences: that nothing old comes after something new is the sender's to see to, and here it would be seen.
 */
export const createShelf = (known: Iterable<Kept> = []) => {
  const byPatient = new Map<string, Kept>()
  for (const kept of known) byPatient.set(kept.patient, kept)

  return {
    get: (patient: string): Kept | undefined => byPatient.get(patient),
    put(patient: string, document: Described, { ifMatch, ifNoneMatch }: Precondition, at: number): Put {
      const kept = byPatient.get(patient)
      if (ifNoneMatch === '*' && kept !== undefined) return { status: 412, why: 'Something is held.' }
      if (ifMatch !== undefined && ifMatch !== etagOf(kept)) return { status: 412, why: 'Another version is held.' }
      const next: Kept = { ...document, patient, at, version: (kept?.version ?? 0) + 1 }
      byPatient.set(patient, next)
      return { status: kept === undefined ? 201 : 200, kept: next }
    },
  }
}

export const etagOf = (kept: Pick<Kept, 'version'> | undefined): string | undefined =>
  kept === undefined ? undefined : `W/"${kept.version}"`

type Described = Pick<Application, 'epoch' | 'sequence' | 'state' | 'plans'>

const PLAN = /CarePlan\/([A-Za-z0-9.-]{1,64})/g

/** Which edition a document says it is, and which plans it shows; undefined where it is neither a summary nor a tombstone. */
export const describe = (bundle: Bundle): Described | undefined => {
  const order = summaryOrder(bundle)
  if (order === undefined) return undefined
  const composition = JSON.stringify(bundle.entry?.[0]?.resource)
  return { ...order, plans: [...new Set([...composition.matchAll(PLAN)].map(([, id]) => id as string))] }
}
