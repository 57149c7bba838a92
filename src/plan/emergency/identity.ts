import type { ParametersParameter } from 'fhir/r4.js'
import type { ReadIdentity } from '../summary/identity.ts'
import { listed } from '../summary/plain-text.ts'
import { cutText } from './cut.ts'
import type { Limits } from './limits.ts'
import { day, group, text } from './part.ts'

/** What to check against the person in front of you. */
export const identity = (read: ReadIdentity, { identity: most, identifiers }: Limits): ParametersParameter =>
  group('identity', [
    text('name', read.name, most),
    text('knownAs', read.knownAs, most),
    day('birthDate', read.birthDate),
    read.deceased ? { name: 'deceased', valueBoolean: true } : undefined,
    text('address', read.address, most),
    text('postcode', read.postcode, most),
    ...read.identifiers
      .slice(0, identifiers)
      .map(({ system, value }) => ({ name: 'identifier', valueIdentifier: { system, value: cutText(value, most) } })),
    text('language', read.languages.length === 0 ? undefined : listed(read.languages), most),
  ])
