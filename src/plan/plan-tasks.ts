import type { CarePlan, Task } from 'fhir/r4.js'
import { type FhirResource, parseReference, type ResourceKey, resourceKey } from '../fhir/resource.ts'
import { EXTENSION, type PlanTaskCode } from './codes.ts'
import { extension, ofType, type PersonRecord, planType } from './person.ts'
import { hasSeniorSigner, isConfirmedByAClinician, provenancesOf } from './rules/content.ts'
import { isOver, planTask, planTaskId } from './task.ts'

type Asked = Extract<PlanTaskCode, 'endorsement-due' | 'confirm-transcription'>

/** What a plan in force asks of somebody until it is done. */
const ASKS: Readonly<Record<Asked, (plan: CarePlan, person: PersonRecord) => boolean>> = {
  'endorsement-due': (plan, person) =>
    planType(plan) === 'emergency-care' && !provenancesOf(plan, person, 'signer').some(hasSeniorSigner),
  'confirm-transcription': (plan, person) =>
    extension(plan, EXTENSION.recordSource)?.valueCode === 'transcribed' && !isConfirmedByAClinician(plan, person),
}

const CODES = Object.keys(ASKS) as Asked[]

const ended = (task: Task, plan: CarePlan, now: Date): Task => ({
  ...task,
  lastModified: now.toISOString(),
  ...(plan.status === 'active'
    ? { status: 'completed' }
    : { status: 'cancelled', statusReason: { text: 'The plan is no longer in force.' } }),
})

/** The plans that such resources are, or are about. */
const plansAbout = (changed: readonly FhirResource[]): ReadonlySet<ResourceKey> =>
  new Set(
    changed.flatMap((resource) =>
      resource.resourceType === 'Provenance'
        ? resource.target.flatMap(({ reference }) => parseReference(reference)?.key ?? [])
        : [resourceKey(resource)],
    ),
  )

/**
 * What is to be written so that each plan that changes, or is signed or confirmed, has the Tasks that it asks for while it is in force, and what was
 * done, or is no longer asked for, is over. A Task that somebody ended is not opened again. `person` is the record after the change, with the
 * Tasks about these plans that there are.
 */
export const planTasks = (
  person: PersonRecord,
  changed: readonly FhirResource[],
  { owner, now }: Readonly<{ owner: string; now: Date }>,
): Task[] => {
  const about = plansAbout(changed)
  return ofType(person, 'CarePlan')
    .filter((plan) => about.has(resourceKey(plan)))
    .flatMap((plan) => CODES.flatMap((code) => tasksOf(code, plan, person, { owner, now })))
}

const tasksOf = (
  code: Asked,
  plan: CarePlan,
  person: PersonRecord,
  { owner, now }: Readonly<{ owner: string; now: Date }>,
): Task[] => {
  const id = planTaskId(code, resourceKey(plan))
  const held = person.resources.get(`Task/${id}`) as Task | undefined
  const isAsked = plan.status === 'active' && ASKS[code](plan, person)
  if (held !== undefined) return isAsked || isOver(held) ? [] : [ended(held, plan, now)]
  return isAsked
    ? [planTask({ id, code, patient: resourceKey(person.patient), focus: resourceKey(plan), owner, now })]
    : []
}
