import { loadPackage } from '../../definitions/package.ts'
import { notesOf } from '../../validation/report/outcome.ts'
import type { Finding } from '../../validation/validator.ts'
import { createRateLimit } from '../rate-limit.ts'
import type { Validating } from './validating.ts'

/** Checks a second that all who come by may ask for together: what they are worth beside the service's own work. */
const RATE = 2

/** Who comes by has shown no token; all of them are one. */
const ANYONE = { kind: 'system', clientId: 'anyone', role: 'integrator', organization: '', scopes: [] } as const

/** What the page `/validate` needs: profiles to choose from, and a check in the thread, so that nobody holds up the service with it. */
export const checkForPage = (validating: Validating) => {
  const admit = createRateLimit({ general: RATE, emergency: RATE })
  return {
    profiles: () =>
      loadPackage()
        .profiles()
        .map(({ url }) => ({ url, title: titleOf(url) })),
    check: async ({ text, profile }: Readonly<{ text: string; profile: string }>) => {
      admit(ANYONE, 'administration')
      const { report } = await validating.examine(
        {
          submission: { text, format: text.trimStart().startsWith('<') ? 'xml' : 'json' },
          profiles: profile === '' ? [] : [profile],
          mode: undefined,
        },
        { asker: ANYONE.clientId, apart: true },
      )
      return { findings: report.findings as readonly Finding[], notes: notesOf(report).map((note) => note.text) }
    },
  }
}

const titleOf = (url: string): string => {
  const found = loadPackage().byCanonical('StructureDefinition', url) as { title?: string; type?: string } | undefined
  return `${found?.title ?? url} (${found?.type})`
}
