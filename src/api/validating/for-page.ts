import { keptIn } from '../../definitions/packages/kept.ts'
import { knownProfiles } from '../../definitions/packages/profiles.ts'
import { formatOf } from '../../validation/report/check.ts'
import { notesOf } from '../../validation/report/outcome.ts'
import { inReadingOrder } from '../../validation/report/reading-order.ts'
import type { Finding } from '../../validation/validator.ts'
import { createRateLimit } from '../rate-limit.ts'
import type { Validating } from './validating.ts'

/** Checks a second that all who come by may ask for together: what they are worth beside the service's own work. */
const RATE = 2

/** Who comes by has shown no token; all of them are one. */
const ANYONE = { kind: 'system', clientId: 'anyone', role: 'integrator', organization: '', scopes: [] } as const

/**
 * What the page `/validate` needs: profiles to choose from, those of the packages in this folder too, and a check apart, so that nobody
 * holds up the service with it.
 */
export const checkForPage = (validating: Validating, packages: string) => {
  const admit = createRateLimit({ general: RATE, emergency: RATE })
  // As they are when the service starts: it knows no others.
  const profiles = knownProfiles(keptIn(packages))
  return {
    profiles: () => profiles,
    check: async ({ text, profile }: Readonly<{ text: string; profile: string }>) => {
      admit(ANYONE, 'administration')
      const { report } = await validating.examine(
        {
          submission: { text, format: formatOf(text) },
          profiles: profile === '' ? [] : [profile],
          mode: undefined,
        },
        { asker: ANYONE.clientId, apart: true },
      )
      const notes = (key: string): readonly string[] =>
        notesOf(report).flatMap((note) => (note.key === key ? note.text : []))
      return {
        findings: inReadingOrder(report.findings as readonly Finding[]),
        checked: notes('validation-checked'),
        notChecked: notes('validation-not-checked'),
      }
    },
  }
}
