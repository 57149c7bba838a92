import type { Parameters } from 'fhir/r4.js'
import { type Held, untilHeld } from './held.ts'
import { lagsOf } from './lags.ts'
import type { Scene } from './scene.ts'
import type { RecipientSystem } from './systems.ts'

/** Whether a system holds a summary that says this of CPR. */
export const holdsCpr =
  (cpr: string) =>
  (held: Held): boolean =>
    held.state === 'current' && held.cpr === cpr

/** Waits until all systems of the scene hold what is wanted of a person, and shows what they hold. */
export const showHeld = async (
  { display, gp, systems }: Scene,
  patient: string,
  title: string,
  wanted: (held: Held) => boolean,
): Promise<void> => {
  display.lines(await display.step(title, () => untilHeld(systems, patient, wanted)))
  const lags = await lagsOf(gp, patient, systems)
  if (lags.length > 0) display.lines([`from the change to its being stored: ${lags.join(' · ')}`])
}

/** Throws where the system still answers. */
export const expectSilence = async ({ base }: RecipientSystem): Promise<void> => {
  const answered = await fetch(`${base}/metadata`).then(
    () => true,
    () => false,
  )
  if (answered) throw new Error('it still answers.')
}

/** Ids of the recipients that have not confirmed the newest state. Throws where they are not those expected. */
export const expectBehind = ({ parameter = [] }: Parameters, expected: readonly string[]): string[] => {
  const behind = parameter
    .filter(
      ({ name, part }) => name === 'recipient' && part?.find((one) => one.name === 'inStep')?.valueBoolean === false,
    )
    .map(({ part }) => part?.find(({ name }) => name === 'id')?.valueString ?? '?')
  if (behind.join() !== expected.join())
    throw new Error(`behind are: ${behind.join(', ') || 'none'}; expected: ${expected.join(', ') || 'none'}.`)
  return behind
}
