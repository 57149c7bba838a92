import type { Assurance, PersonCaller, PersonRole } from '../../context.ts'
import { problem } from '../../fhir/outcome.ts'
import type { OpenGlass } from '../../store/access/broken-glass.ts'
import { type Identity, ODS } from './identity.ts'

/** Who signed in, as the provider says it and the mapping reads it. */
export type Person = Readonly<{
  issuer: string
  subject: string
  name: string
  role: PersonRole
  /** ODS code; empty for a patient and who speaks for one. */
  organization: string
  assurance: Assurance
  /** Of a patient: the number that names their own record. */
  number?: Readonly<{ system: string; value: string }>
  /** Of a patient: the id of the Patient that has this number now; undefined where none has. */
  ownRecord?: string
}>

export type Claims = Readonly<Record<string, unknown>>

const refused = (key: string, text: string) => problem('forbidden', key, text)

/** The one value of a claim; a list of exactly one is that value. The value itself is never quoted: it may say who somebody is. */
const claimed = (claims: Claims, name: string, provider: string): string => {
  const found = claims[name]
  const value: unknown = Array.isArray(found) && found.length === 1 ? found[0] : found
  if (typeof value === 'string' && value !== '') return value
  throw refused(
    'sign-in-claim-missing',
    `${provider} says nothing that can be used in "${name}": expected one value. Ask whoever looks after your account there.`,
  )
}

const meant = <Meaning extends string>(
  value: string,
  rule: Readonly<{ claim: string; values: Readonly<Record<string, Meaning>> }>,
  provider: string,
): Meaning => {
  const meaning = Object.hasOwn(rule.values, value) ? rule.values[value] : undefined
  if (meaning !== undefined) return meaning
  throw refused(
    'sign-in-claim-unknown',
    `${provider} says something in "${rule.claim}" that means nothing to KeyPlan, so you cannot be let in. Ask KeyPlan's operator whether your work needs it.`,
  )
}

const organizationOf = (claims: Claims, { name, organization: { claim, values } }: Identity): string => {
  const value = claimed(claims, claim, name)
  if (values !== undefined) return meant(value, { claim, values }, name)
  if (ODS.test(value)) return value
  throw refused(
    'sign-in-claim-unknown',
    `${name} says in "${claim}" something that is not the ODS code of an organisation.`,
  )
}

/** What people are called where the provider does not say: they know themselves who they are. */
const NAMELESS = 'Name not given'
const LONGEST_NAME = 200

/** Who acts for no organisation. */
const isOfNone = (role: PersonRole): boolean => role === 'patient' || role === 'proxy'

const numberOf = (claims: Claims, { name, patient }: Identity): NonNullable<Person['number']> => {
  if (patient === undefined) throw new Error('Patients sign in, and no claim says which record is theirs.')
  return { system: patient.system, value: claimed(claims, patient.claim, name).replace(/[\s-]/g, '') }
}

/**
 * The person that these claims mean: role, organisation and assurance from the mapping and from nowhere else. Throws a Problem `forbidden` that
 * names the claim where one is missing, has several values or one that the mapping does not know, and where a patient, or who speaks for one, is not
 * known as surely as can be: their record is the whole of what they see.
 */
export const personOf = (identity: Identity, claims: Claims): Person => {
  const { name: provider, issuer } = identity
  const name = claims['name']
  const role = meant(claimed(claims, identity.role.claim, provider), identity.role, provider)
  const assurance = meant(claimed(claims, identity.assurance.claim, provider), identity.assurance, provider)
  if (isOfNone(role) && assurance !== 'high')
    throw refused(
      'sign-in-not-sure',
      `${provider} is not sure enough who you are: "${identity.assurance.claim}" has to stand for high. Prove there who you are, then sign in again.`,
    )
  return {
    issuer,
    subject: claimed(claims, 'sub', provider),
    name: typeof name === 'string' && name.trim() !== '' ? name.trim().slice(0, LONGEST_NAME) : NAMELESS,
    role,
    organization: isOfNone(role) ? '' : organizationOf(claims, identity),
    assurance,
    ...(role === 'patient' ? { number: numberOf(claims, identity) } : {}),
  }
}

const about = (patient: string | null | undefined): Pick<PersonCaller, 'patient'> =>
  patient === undefined || patient === null ? {} : { patient }

/** A person at an application, as a caller. Of a patient the session is about their own record, whatever an app was let. */
export const callerOf = (
  { issuer, subject, role, assurance, organization, ownRecord }: Person,
  at: Readonly<{ clientId: string; scopes: readonly string[]; patient?: string | null; glass?: OpenGlass | null }>,
): PersonCaller => ({
  kind: 'person',
  clientId: at.clientId,
  user: { system: issuer, value: subject },
  role,
  assurance,
  organization,
  scopes: at.scopes,
  ...about(role === 'patient' ? ownRecord : at.patient),
  ...(at.glass === undefined || at.glass === null ? {} : { glass: { ...at.glass, until: new Date(at.glass.until) } }),
})
