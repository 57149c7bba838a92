import type { CarePlan, Provenance, ProvenanceAgent, Reference } from 'fhir/r4.js'
import { parseReference, resourceKey } from '../fhir/resource.ts'
import { SYSTEM } from './codes.ts'
import { codeIn } from './person.ts'
import { planVersionOf } from './rules/plan-identity.ts'

/** One thing that someone decided or did about a plan. */
export type TimelineEvent = Readonly<{
  /** FHIR instant or dateTime. */
  when: string
  /** Code of CodeSystem plan-act; `write` and `transcribe` where a form says that someone wrote or copied the plan. */
  act: string
  who: Reference
  /** Grade, speciality, or what the sending system does in care. */
  roles: readonly string[]
  organization: Reference | undefined
  plan: string
  planVersion: number | undefined
  /** Code of CodeSystem state-reason, where the plan ended. */
  reason: string | undefined
  /** The plan that took its place. */
  replacedBy: string | undefined
}>

const ACT_BY_PART: Readonly<Record<string, string>> = {
  author: 'write',
  signer: 'sign',
  transcriber: 'transcribe',
  reviewer: 'confirm-review',
}

const partOf = ({ type }: ProvenanceAgent): string | undefined => codeIn(type, SYSTEM.provenanceAgent)

const isSame = (one: Reference, other: Reference): boolean =>
  one.reference === other.reference &&
  one.identifier?.system === other.identifier?.system &&
  one.identifier?.value === other.identifier?.value

/** Whoever decided; where nobody is named who did, the organisation whose system sent it. */
const deciders = ({ agent }: Provenance): ProvenanceAgent[] => {
  const named = agent.filter((one) => partOf(one) !== 'recorder')
  return named.length > 0 ? named : agent
}

const eventsOf = (provenance: Provenance, plan: CarePlan): TimelineEvent[] => {
  const activity = codeIn(provenance.activity, SYSTEM.planAct)
  const recorder = provenance.agent.find((agent) => partOf(agent) === 'recorder')
  const [source] = provenance.entity ?? []
  return deciders(provenance).flatMap((agent) => {
    const act = activity ?? ACT_BY_PART[partOf(agent) ?? '']
    if (act === undefined) return []
    const signed = provenance.signature?.find(({ who }) => isSame(who, agent.who))
    return [
      {
        when: signed?.when ?? provenance.occurredDateTime ?? provenance.recorded,
        act,
        who: agent.who,
        roles: (agent.role ?? []).flatMap(({ text }) => text ?? []),
        organization: agent.onBehalfOf ?? (agent === recorder ? undefined : recorder?.who),
        plan: resourceKey(plan),
        planVersion: planVersionOf(plan),
        reason: provenance.reason?.map((reason) => codeIn(reason, SYSTEM.stateReason)).find(Boolean),
        replacedBy: act === 'supersede' ? source?.what.reference : undefined,
      },
    ]
  })
}

const compare = (one: string, other: string): number => (one < other ? -1 : one > other ? 1 : 0)

/** What happened to the plans of a lineage, by what their Provenances say, oldest first. */
export const timelineOf = (plans: readonly CarePlan[], provenances: readonly Provenance[]): TimelineEvent[] => {
  const byKey = new Map<string, CarePlan>(plans.map((plan) => [resourceKey(plan), plan]))
  return provenances
    .flatMap((provenance) =>
      provenance.target.flatMap(({ reference }) => {
        const plan = byKey.get(parseReference(reference)?.key ?? '')
        return plan === undefined ? [] : eventsOf(provenance, plan)
      }),
    )
    .sort(
      (one, other) =>
        Date.parse(one.when) - Date.parse(other.when) ||
        (one.planVersion ?? 0) - (other.planVersion ?? 0) ||
        compare(one.act, other.act),
    )
}
