import { setTimeout as wait } from 'node:timers/promises'
import type { Bundle, FhirResource } from 'fhir/r4.js'
import { hasCoding } from '../../fhir/identifier.ts'
import { SYSTEM } from '../../plan/codes.ts'
import { consentCategory, interventionOf, recommendationOf } from '../../plan/person.ts'
import { connect } from './fhir.ts'
import type { RecipientSystem } from './systems.ts'

/** What a recipient system shows of a person when it is asked itself. */
export type Held = Readonly<
  | { state: 'nothing' }
  | { state: 'withdrawn'; identifier: string }
  | { state: 'current'; identifier: string; cpr: string }
>

const SECONDS = 45

/** Reads what a recipient holds, from its own FHIR API. */
export const readHeld = async (system: RecipientSystem, patient: string): Promise<Held> => {
  const bundle = await connect(system.base, 'integrator')
    .ask<Bundle<FhirResource>>('GET', `Bundle/${patient}`)
    .catch((error: Error) => {
      if (error.message.includes('answered 404')) return undefined
      throw error
    })
  if (bundle === undefined) return { state: 'nothing' }
  const identifier = bundle.identifier?.value ?? ''
  const resources = (bundle.entry ?? []).flatMap(({ resource }) => resource ?? [])
  if (hasCoding(bundle.meta?.tag, SYSTEM.summaryState, 'withdrawn')) {
    if (resources.some(({ resourceType }) => resourceType !== 'Composition'))
      throw new Error(`${system.name} still has content of a withdrawn summary.`)
    return { state: 'withdrawn', identifier }
  }
  const cpr = resources.find(
    (resource) =>
      resource.resourceType === 'Consent' &&
      consentCategory(resource) === 'emergency-recommendation' &&
      interventionOf(resource) === 'cpr',
  )
  return {
    state: 'current',
    identifier,
    cpr: cpr?.resourceType === 'Consent' ? (recommendationOf(cpr) ?? 'none') : 'none',
  }
}

/** Waits until each system shows what is `wanted`; resolves to a line for each. Throws with what a system shows instead. */
export const untilHeld = async (
  systems: readonly RecipientSystem[],
  patient: string,
  wanted: (held: Held) => boolean,
): Promise<string[]> => {
  const deadline = Date.now() + SECONDS * 1_000
  return Promise.all(
    systems.map(async (system) => {
      for (;;) {
        const held = await readHeld(system, patient)
        if (wanted(held)) return `${system.name.padEnd(13)} ${describeHeld(held)}`
        if (Date.now() > deadline) throw new Error(`${system.name} shows "${describeHeld(held)}" after ${SECONDS} s.`)
        await wait(100)
      }
    }),
  )
}

export const describeHeld = (held: Held): string => {
  switch (held.state) {
    case 'nothing':
      return 'holds nothing'
    case 'withdrawn':
      return `WITHDRAWN, sequence ${sequenceOf(held.identifier)}, no clinical content`
    case 'current':
      return `current, sequence ${sequenceOf(held.identifier)}, CPR attempts: ${held.cpr}`
  }
}

const sequenceOf = (identifier: string): string => identifier.split('/').at(-1) ?? ''
