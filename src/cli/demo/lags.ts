import { setTimeout as wait } from 'node:timers/promises'
import type { Parameters } from 'fhir/r4.js'
import type { FhirSystem } from './fhir.ts'
import type { RecipientSystem } from './systems.ts'

/** What a system holds, it has told within so long. */
const LAG_SECONDS = 30

/** How long the newest state of a person took to each system that is to hold it, once KeyPlan has been told that it is stored. */
export const lagsOf = async (
  gp: FhirSystem,
  patient: string,
  systems: readonly RecipientSystem[],
): Promise<string[]> => {
  for (const deadline = Date.now() + LAG_SECONDS * 1_000; ; await wait(50)) {
    const { parameter = [] } = await gp.ask<Parameters>('GET', `Patient/${patient}/$sharing-status`)
    const found = systems.flatMap(({ id, name }) => {
      const recipient = parameter.find(({ part }) => part?.find((one) => one.name === 'id')?.valueString === id)
      return recipient?.part === undefined ? [] : [{ name, part: recipient.part }]
    })
    const late = found.filter(({ part }) => part.find((one) => one.name === 'inStep')?.valueBoolean !== true)
    if (late.length === 0) {
      return found.map(({ name, part }) => {
        const since = (of: string): number =>
          Date.parse(part.find((one) => one.name === of)?.part?.find((one) => one.name === 'since')?.valueInstant ?? '')
        return `${name} ${since('confirmed') - since('wanted')} ms`
      })
    }
    if (Date.now() > deadline)
      throw new Error(`${late.map(({ name }) => name).join(', ')} did not say within ${LAG_SECONDS} s what is stored.`)
  }
}
