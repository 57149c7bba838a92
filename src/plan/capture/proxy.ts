import { EXTENSION, SYSTEM } from '../codes.ts'
import { code, date, group, groups, yes } from './answers.ts'
import { consent } from './consent.ts'
import { contact } from './contact.ts'
import { type Captured, type Entry, entry, referenceTo } from './entry.ts'
import { valueExtension } from './extensions.ts'

/** Each legal proxy: the power (Consent), and the contact through whom it is exercised. */
export const proxies = (captured: Captured): Entry[] =>
  groups(group(captured.answers, 'proxy'), 'proxy.holder').flatMap((answers) => {
    const holder = contact(captured, answers, 'proxy.holder')
    const power = entry(captured.fullUrl(answers.name), {
      ...consent(captured, 'welfare-proxy', date(group(captured.answers, 'plan'), 'plan.decision-date')),
      extension: [
        ...valueExtension(EXTENSION.proxyAuthority, 'valueCode', code(answers, 'proxy.holder.authority')),
        ...valueExtension(
          EXTENSION.onlyWhenIncapable,
          'valueBoolean',
          yes(answers, 'proxy.holder.only-when-incapable'),
        ),
      ],
      provision: {
        actor: [
          {
            role: { coding: [{ system: SYSTEM.consentCategory, code: 'welfare-proxy' }] },
            reference: referenceTo(holder),
          },
        ],
      },
    })
    return [power, holder]
  })
