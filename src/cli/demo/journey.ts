import type {
  Bundle,
  CarePlan,
  FhirResource,
  Identifier,
  Parameters,
  ParametersParameter,
  Patient,
  QuestionnaireResponse,
  QuestionnaireResponseItem,
} from 'fhir/r4.js'
import { PERSON_SYSTEMS } from '../../fhir/identifier.ts'
import { type PlanType, QUESTIONNAIRE } from '../../plan/codes.ts'
import { planType } from '../../plan/person.ts'
import type { Display } from './display.ts'
import type { FhirSystem } from './fhir.ts'
import { type Held, untilHeld } from './held.ts'
import { lagsOf } from './lags.ts'
import type { SyntheticPerson } from './people.ts'
import type { RecipientSystem } from './systems.ts'

export type Scene = Readonly<{
  display: Display
  /** KeyPlan as the GP practice's system sees it, and as an ambulance crew's does. */
  gp: FhirSystem
  crew: FhirSystem
  systems: readonly RecipientSystem[]
}>

/** The whole way of one person's plan: captured, shared, changed while a system is away, and revoked. Every step is checked over HTTP. */
export const showWholeWay = async (scene: Scene, person: SyntheticPerson): Promise<void> => {
  const { display, gp, systems } = scene
  const [whatMatters, respect, changed] = person.conversations
  if (whatMatters === undefined || respect === undefined || changed === undefined) {
    throw new Error(
      `fixtures/people/${person.file} needs three conversations for the whole way: what matters, ReSPECT, and a later ReSPECT.`,
    )
  }
  display.heading(`${nameOf(person.patient)}: from a conversation to a current summary in four systems`)
  const patient = await register(scene, person)
  await submit(scene, patient, whatMatters)
  await submit(scene, patient, respect)
  await showSummary(scene, patient)
  await showHeld(scene, patient, 'All four systems hold the new summary', holdsCpr(cprAnswer(respect)))
  await showEmergency(scene, person.patient, 'current-plan', cprAnswer(respect))

  display.heading('The recommendation changes, while one system is away')
  const away = systems.at(-1) as RecipientSystem
  await display.step(`${away.name} system is stopped`, async () => {
    await away.stop()
    await expectSilence(away)
  })
  const plan = await submit(scene, patient, changed)
  const present = systems.filter((system) => system !== away)
  await showHeld(
    { ...scene, systems: present },
    patient,
    'The others hold the changed summary',
    holdsCpr(cprAnswer(changed)),
  )
  await showEmergency(scene, person.patient, 'current-plan', cprAnswer(changed))
  await display.step(
    'KeyPlan knows who is behind',
    async () => expectBehind(await gp.ask<Parameters>('GET', `Patient/${patient}/$sharing-status`), [away.id]),
    (behind) => behind.join(', '),
  )
  await display.step(`${away.name} system is started again`, () => away.start())
  await showHeld({ ...scene, systems: [away] }, patient, 'It catches up by itself', holdsCpr(cprAnswer(changed)))

  display.heading('The plan is revoked')
  await display.step('The GP practice revokes the emergency plan', async () => revoke(gp, plan))
  await showHeld(
    scene,
    patient,
    'The change has reached all four systems',
    (held) => held.state === 'current' && held.cpr === 'none',
  )
  await display.step('The person withdraws what matters as well', async () =>
    revoke(gp, await requirePlan(gp, patient, 'what-matters')),
  )
  await showHeld(
    scene,
    patient,
    'All four systems hold the withdrawal, and no content',
    (held) => held.state === 'withdrawn',
  )
  await showEmergency(scene, person.patient, 'no-plan')
  await display.step('Everyone is in step', async () => {
    expectBehind(await gp.ask<Parameters>('GET', `Patient/${patient}/$sharing-status`), [])
  })
}

/**
 * A person's conversations become plans, and the systems hold what the sharing decision allows. The plans stay, to try things with. Answers the
 * id of the Patient.
 */
export const showPerson = async (scene: Scene, person: SyntheticPerson): Promise<string> => {
  scene.display.heading(nameOf(person.patient))
  const patient = await register(scene, person)
  for (const conversation of person.conversations) await submit(scene, patient, conversation)
  const respect = person.conversations.findLast(({ questionnaire }) => typeOf(questionnaire) === 'emergency-care')
  if (person.conversations.some(objects)) {
    await showHeld(
      scene,
      patient,
      'The objection is kept: no system holds a summary',
      (held) => held.state !== 'current',
    )
    await showEmergency(scene, person.patient, 'withheld')
  } else {
    const cpr = respect === undefined ? undefined : cprAnswer(respect)
    await showHeld(scene, patient, 'All four systems hold the summary', holdsCpr(cpr ?? 'none'))
    await showEmergency(scene, person.patient, 'current-plan', cpr)
  }
  return patient
}

const nameOf = ({ name }: Patient): string => `${name?.[0]?.given?.[0] ?? ''} ${name?.[0]?.family ?? ''}`

const identifierOf = ({ identifier }: Patient): Identifier & { system: string; value: string } => {
  const found = identifier?.find(({ system }) => PERSON_SYSTEMS.includes(system ?? ''))
  if (found?.system === undefined || found.value === undefined)
    throw new Error('The person has no CHI, NHS or H&C number.')
  return { ...found, system: found.system, value: found.value }
}

const register = ({ display, gp }: Scene, { patient }: SyntheticPerson): Promise<string> => {
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

const typeOf = (questionnaire: string | undefined): PlanType =>
  questionnaire?.startsWith(QUESTIONNAIRE.respect) ? 'emergency-care' : 'what-matters'

const findPlan = async (gp: FhirSystem, patient: string, type: PlanType): Promise<CarePlan | undefined> => {
  const found = await gp.ask<Bundle<CarePlan>>('GET', `CarePlan?patient=Patient/${patient}&status=active`)
  return found.entry
    ?.flatMap(({ resource, search }) => (resource === undefined || search?.mode === 'outcome' ? [] : [resource]))
    .find((plan) => planType(plan) === type)
}

const requirePlan = async (gp: FhirSystem, patient: string, type: PlanType): Promise<CarePlan> => {
  const plan = await findPlan(gp, patient, type)
  if (plan === undefined) throw new Error(`There is no active ${type} plan.`)
  return plan
}

/** Submits a captured conversation; it replaces the active plan of its type where there is one. */
const submit = ({ display, gp }: Scene, patient: string, conversation: QuestionnaireResponse): Promise<CarePlan> => {
  const type = typeOf(conversation.questionnaire)
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

const revoke = async (gp: FhirSystem, { id }: CarePlan): Promise<void> => {
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

const showSummary = ({ display, gp }: Scene, patient: string): Promise<unknown> =>
  display.step(
    'The Key Information Summary is composed',
    () => gp.ask<Bundle<FhirResource>>('GET', `Patient/${patient}/$key-information-summary`),
    (summary) =>
      `a document of ${summary.entry?.length ?? 0} resources, ${(JSON.stringify(summary).length / 1_000).toFixed(0)} kB`,
  )

const holdsCpr =
  (cpr: string) =>
  (held: Held): boolean =>
    held.state === 'current' && held.cpr === cpr

const showHeld = async (
  { display, gp, systems }: Scene,
  patient: string,
  title: string,
  wanted: (held: Held) => boolean,
): Promise<void> => {
  display.lines(await display.step(title, () => untilHeld(systems, patient, wanted)))
  const lags = await lagsOf(gp, patient, systems)
  if (lags.length > 0) display.lines([`from the change to its being stored: ${lags.join(' · ')}`])
}

/** Asks as an ambulance crew, by identifier, and holds the answer against what is expected. */
const showEmergency = async (
  { display, crew }: Scene,
  patient: Patient,
  outcome: string,
  cpr?: string,
): Promise<void> => {
  const answer = await display.step('An ambulance crew asks for the emergency view', async () => {
    const { system, value } = identifierOf(patient)
    const body: Parameters = {
      resourceType: 'Parameters',
      parameter: [{ name: 'identifier', valueIdentifier: { system, value } }],
    }
    const parameters = await crew.ask<Parameters>('POST', 'Patient/$emergency-view', { body })
    const answered = codeOf(parameters, 'outcome')
    if (answered !== outcome) throw new Error(`the outcome is ${answered}, not ${outcome}.`)
    const shown = partOf(parameters, 'cpr', 'recommendation')
    if (cpr !== undefined && shown !== cpr) throw new Error(`CPR is shown as ${shown}, not ${cpr}.`)
    if (outcome !== 'current-plan' && shown !== undefined) throw new Error('a CPR recommendation is shown.')
    return parameters
  })
  display.lines(emergencyLines(answer))
}

/** The parts of the answer that a crew reads first, in its order: which parts of a parameter make its line. */
const SHOWN: Readonly<Record<string, readonly string[]>> = {
  outcome: [],
  message: [],
  identity: ['name', 'birthDate', 'postcode'],
  cpr: ['display', 'condition', 'rationale', 'decidedOn', 'decidedBy'],
  'overall-focus': ['display'],
  refusal: ['display'],
  recommendation: ['display', 'condition'],
  'what-matters': ['display', 'words', 'absent'],
  contact: ['name', 'relationship', 'phone'],
  proxy: ['display', 'when'],
}

const emergencyLines = ({ parameter = [] }: Parameters): string[] =>
  parameter.flatMap(({ name, part, valueCode, valueString }) => {
    const shown = SHOWN[name]
    if (shown === undefined) return []
    const parts = shown.flatMap((wanted) => part?.find((one) => one.name === wanted) ?? [])
    const texts = parts.flatMap((one) => one.valueString ?? one.valueDate ?? one.valueDateTime ?? [])
    return [`${name.padEnd(15)} ${valueCode ?? valueString ?? texts.join(' · ')}`]
  })

const codeOf = ({ parameter }: Parameters, name: string): string | undefined =>
  parameter?.find((one) => one.name === name)?.valueCode

const partOf = ({ parameter }: Parameters, name: string, part: string): string | undefined =>
  parameter?.find((one) => one.name === name)?.part?.find((one) => one.name === part)?.valueCode

/** Throws where the system still answers. */
const expectSilence = async ({ base }: RecipientSystem): Promise<void> => {
  const answered = await fetch(`${base}/metadata`).then(
    () => true,
    () => false,
  )
  if (answered) throw new Error('it still answers.')
}

/** Ids of the recipients that have not confirmed the newest state. Throws where they are not those expected. */
const expectBehind = ({ parameter = [] }: Parameters, expected: readonly string[]): string[] => {
  const behind = parameter
    .filter(
      ({ name, part }) => name === 'recipient' && part?.find((one) => one.name === 'inStep')?.valueBoolean === false,
    )
    .map(({ part }) => part?.find(({ name }) => name === 'id')?.valueString ?? '?')
  if (behind.join() !== expected.join())
    throw new Error(`behind are: ${behind.join(', ') || 'none'}; expected: ${expected.join(', ') || 'none'}.`)
  return behind
}

/** The answer to one question of a captured conversation. */
const answerTo = (items: readonly QuestionnaireResponseItem[] | undefined, linkId: string): string | undefined => {
  for (const item of items ?? []) {
    const answer = item.linkId === linkId ? item.answer?.[0]?.valueCoding?.code : answerTo(item.item, linkId)
    if (answer !== undefined) return answer
  }
  return undefined
}

const cprAnswer = (response: QuestionnaireResponse): string => answerTo(response.item, 'cpr.recommendation') ?? 'none'

const objects = (response: QuestionnaireResponse): boolean =>
  ['objection', 'withdrawn'].includes(answerTo(response.item, 'sharing.decision') ?? '')
