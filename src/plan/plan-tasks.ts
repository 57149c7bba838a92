import { createHash } from 'node:crypto'
import type { CarePlan, Task } from 'fhir/r4.js'
import { type FhirResource, parseReference, type ResourceKey, resourceKey } from '../fhir/resource.ts'
import { EXTENSION, type PlanTaskCode } from './codes.ts'
import { extension, ofType, type PersonRecord, planType } from './person.ts'
import { hasSeniorSigner, isConfirmedByAClinician, provenancesOf } from './rules/content.ts'
import { planTask } from './task.ts'

type Asked = Extract<PlanTaskCode, 'endorsement-due' | 'confirm-transcription'>

/** What a plan in force asks of somebody until it is done. */
const ASKS: Readonly<Record<Asked, (plan: CarePlan, person: PersonRecord) => boolean>> = {
  'endorsement-due': (plan, person) =>
    planType(plan) === 'emergency-care' && !provenancesOf(plan, person, 'signer').some(hasSeniorSigner),
  'confirm-transcription': (plan, person) =>
    extension(plan, EXTENSION.recordSource)?.valueCode === 'transcribed' && !isConfirmedByAClinician(plan, person),
}

const CODES = Object.keys(ASKS) as Asked[]

/** One Task of a kind for a plan, for good: whoever writes it writes the same one. */
const taskId = (code: Asked, plan: ResourceKey): string =>
  `plan-task-${createHash('sha256').update(`${code}\n${plan}`).digest('hex').slice(0, 40)}`

/** Where the Tasks of a plan are, if there are any. */
export const planTaskKeys = (plan: ResourceKey): ResourceKey[] =>
  CODES.map((code): ResourceKey => `Task/${taskId(code, plan)}`)

/** Where the Tasks are of the plan that another replaces: they are over with it. */
export const replacedTaskKeys = ({ replaces = [] }: CarePlan): ResourceKey[] =>
  replaces.flatMap(({ reference }) => {
    const found = parseReference(reference)
    return found === undefined ? [] : planTaskKeys(found.key)
  })

const OVER: readonly Task['status'][] = ['rejected', 'cancelled', 'completed', 'failed', 'entered-in-error']

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
 * Tasks of these plans that there are (`planTaskKeys`).
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
  const id = taskId(code, resourceKey(plan))
  const held = person.resources.get(`Task/${id}`) as Task | undefined
  const isAsked = plan.status === 'active' && ASKS[code](plan, person)
  if (held !== undefined) return isAsked || OVER.includes(held.status) ? [] : [ended(held, plan, now)]
  return isAsked
    ? [planTask({ id, code, patient: resourceKey(person.patient), focus: resourceKey(plan), owner, now })]
    : []
}
