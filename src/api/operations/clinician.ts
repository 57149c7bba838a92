import type { Reference } from 'fhir/r4.js'
import { REGISTRATION_SYSTEMS } from '../../fhir/identifier.ts'
import { problem } from '../../fhir/outcome.ts'
import type { Clinician } from '../../plan/acts.ts'

/** The parameters by which a clinician is named. */
export const CLINICIAN = { who: 'valueReference', role: 'valueString', seniorResponsible: 'valueBoolean' } as const

const isText = (text: unknown): text is string => typeof text === 'string' && text.trim() !== ''

/**
 * The clinician whom the parameters name, with what a signature says of them and nothing else. Throws `unprocessable` where they are not
 * named by a professional registration and in words: a directory entry may change later, a signature may not.
 */
export const clinicianOf = (
  who: Reference,
  { role, seniorResponsible = false }: Readonly<{ role?: string | undefined; seniorResponsible?: boolean | undefined }>,
): Clinician => {
  const { system, value } = who.identifier ?? {}
  if (!isText(system) || !REGISTRATION_SYSTEMS.includes(system) || !isText(value) || !isText(who.display)) {
    throw problem(
      'unprocessable',
      'clinician-unregistered',
      `The clinician must be named by who.identifier with a professional registration (system one of ${REGISTRATION_SYSTEMS.join(', ')}) and by who.display.`,
      { expression: 'who' },
    )
  }
  return { who: { type: 'Practitioner', identifier: { system, value }, display: who.display }, role, seniorResponsible }
}
