import type {
  Bundle,
  CarePlan,
  FhirResource,
  Parameters,
  ParametersParameter,
  Patient,
  QuestionnaireResponse,
} from 'fhir/r4.js'
import type { PlanType } from '../../plan/codes.ts'
import { planType } from '../../plan/person.ts'
import { typeOf } from './conversation.ts'
import type { FhirSystem } from './fhir.ts'
import { identifierOf, type SyntheticPerson } from './people.ts'
import type { Scene } from './scene.ts'

/** Registers a person, once; answers the id of the Patient. */
export const register = ({ display, gp }: Scene, { patient }: SyntheticPerson): Promise<string> => {
  const { system, value } = identifierOf(patient)
  const condition = new URLSearchParams({ identifier: `${system}|${value}` }).toString()
  return display.step(
    'The GP practice registers the person',
    async () =>
      (await gp.ask<Patient>('POST', 'Patient', { body: withoutId(patient), headers: { 'If-None-Exist': condition } }))
        .id as string,
    (id) => `Patient/${id}`,
  )
}

const withoutId = <R extends FhirResource>(resource: R): R => {
  const { id: _id, ...content } = resource
  return content as R
}

const findPlan = async (gp: FhirSystem, patient: string, type: PlanType): Promise<CarePlan | undefined> => {
  const found = await gp.ask<Bundle<CarePlan>>('GET', `CarePlan?patient=Patient/${patient}&status=active`)
  return found.entry
    ?.flatMap(({ resource, search }) => (resource === undefined || search?.mode === 'outcome' ? [] : [resource]))
    .find((plan) => planType(plan) === type)
}

/** The active plan of a type. Throws where there is none. */
export const requirePlan = async (gp: FhirSystem, patient: string, type: PlanType): Promise<CarePlan> => {
  const plan = await findPlan(gp, patient, type)
  if (plan === undefined) throw new Error(`There is no active ${type} plan.`)
  return plan
}

/** Submits a captured conversation; it replaces the active plan of its type where there is one. */
export const submit = (
  { display, gp }: Scene,
  patient: string,
  conversation: QuestionnaireResponse,
): Promise<CarePlan> => {
  const type = typeOf(conversation)
  return display
    .step(
      type === 'what-matters'
        ? 'What matters to me: the conversation becomes a plan'
        : 'ReSPECT: the recommendations become a plan',
      async () => {
        const active = await findPlan(gp, patient, type)
        const resource: QuestionnaireResponse = {
          ...withoutId(conversation),
          subject: { reference: `Patient/${patient}` },
        }
        const parameter: ParametersParameter[] = [{ name: 'resource', resource }]
        if (active !== undefined)
          parameter.push({ name: 'replaces', valueReference: { reference: `CarePlan/${active.id}` } })
        const body: Parameters = { resourceType: 'Parameters', parameter }
        const answer = await gp.ask<Bundle<FhirResource>>('POST', 'CarePlan/$submit', { body })
        const plan = await requirePlan(gp, patient, type)
        return { plan, stored: answer.entry?.length ?? 0, replaced: active !== undefined }
      },
      ({ plan, stored, replaced }) =>
        `${stored} resources in one commit, CarePlan/${plan.id} is active${replaced ? ', the plan before it is ended' : ''}`,
    )
    .then(({ plan }) => plan)
}

/** Ends a plan because the person has changed their mind. */
export const revoke = async (gp: FhirSystem, { id }: CarePlan): Promise<void> => {
  await gp.ask('POST', `CarePlan/${id}/$revoke`, {
    body: {
      resourceType: 'Parameters',
      parameter: [
        { name: 'reason', valueCode: 'withdrawn' },
        { name: 'text', valueString: 'The person has changed their mind.' },
      ],
    },
  })
}

export const showSummary = ({ display, gp }: Scene, patient: string): Promise<unknown> =>
  display.step(
    'The Key Information Summary is composed',
    () => gp.ask<Bundle<FhirResource>>('GET', `Patient/${patient}/$key-information-summary`),
    (summary) =>
      `a document of ${summary.entry?.length ?? 0} resources, ${(JSON.stringify(summary).length / 1_000).toFixed(0)} kB`,
  )
