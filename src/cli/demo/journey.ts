import type { Parameters, Patient } from 'fhir/r4.js'
import { cprAnswer, objects, typeOf } from './conversation.ts'
import { showEmergency } from './crew.ts'
import type { SyntheticPerson } from './people.ts'
import { register, requirePlan, revoke, showSummary, submit } from './practice.ts'
import type { Scene } from './scene.ts'
import { expectBehind, expectSilence, holdsCpr, showHeld } from './sharing.ts'
import type { RecipientSystem } from './systems.ts'

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
  const respect = person.conversations.findLast((one) => typeOf(one) === 'emergency-care')
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
