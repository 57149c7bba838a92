import { readFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { Ajv, type ErrorObject } from 'ajv'
import type { JWK } from 'jose'
import type { Assurance, PersonRole } from '../../context.ts'
import { PERSON_SYSTEMS } from '../../fhir/identifier.ts'
import { findingOf } from '../finding.ts'

/** What the value of a claim stands for. A value that is not in the table stands for nothing. */
export type ClaimRule<Meaning extends string> = Readonly<{ claim: string; values: Readonly<Record<string, Meaning>> }>

/** The identity provider whose word is taken for who somebody is, and what its claims mean here. */
export type Identity = Readonly<{
  /** As people know it, for the button and for messages. */
  name: string
  issuer: string
  clientId: string
  credential: Readonly<{ kind: 'secret'; secret: string } | { kind: 'key'; key: JWK }>
  /** Asked of the provider, `openid` among them. */
  scopes: readonly string[]
  /** What the provider is asked to assure (`acr_values`). */
  acrValues: readonly string[]
  role: ClaimRule<PersonRole>
  /** By which claim a patient's own record is known, and of which system its number is; undefined where no patient signs in. */
  patient?: Readonly<{ claim: string; system: string }>
  /** Without a table the claim itself is the ODS code. */
  organization: Readonly<{ claim: string; values?: Readonly<Record<string, string>> }>
  assurance: ClaimRule<Assurance>
  limits: SessionLimits
}>

export type SessionLimits = Readonly<{ idleSeconds: number; seconds: number }>

const ROLES = {
  'gp-practice': true,
  ambulance: true,
  'ambulance-control': true,
  'out-of-hours': true,
  hospital: true,
  hospice: true,
  'community-nurse': true,
  'care-home': true,
  'social-care': true,
  'community-pharmacy': true,
  coordinator: true,
  auditor: true,
  'privacy-officer': true,
  patient: true,
  proxy: true,
} as const satisfies Record<PersonRole, true>

const ASSURANCES = ['low', 'medium', 'high'] as const satisfies readonly Assurance[]

const text = { type: 'string', minLength: 1, maxLength: 500 }
const rule = (meaning: object): object => ({
  type: 'object',
  additionalProperties: false,
  required: ['claim', 'values'],
  properties: {
    claim: text,
    values: { type: 'object', minProperties: 1, additionalProperties: meaning },
  },
})

/** As everywhere: an ODS code of an organisation. */
export const ODS = /^[A-Z0-9]{3,10}$/

const schema = {
  type: 'object',
  additionalProperties: false,
  required: ['name', 'issuer', 'clientId', 'role', 'organization', 'assurance'],
  oneOf: [{ required: ['clientSecretFile'] }, { required: ['privateKeyFile'] }],
  properties: {
    name: text,
    issuer: { type: 'string', format: 'issuer' },
    clientId: text,
    clientSecretFile: text,
    privateKeyFile: text,
    scopes: { type: 'array', uniqueItems: true, contains: { const: 'openid' }, items: text },
    acrValues: { type: 'array', uniqueItems: true, items: text },
    role: rule({ enum: Object.keys(ROLES) }),
    organization: {
      type: 'object',
      additionalProperties: false,
      required: ['claim'],
      properties: {
        claim: text,
        values: {
          type: 'object',
          minProperties: 1,
          additionalProperties: { type: 'string', pattern: ODS.source },
        },
      },
    },
    assurance: rule({ enum: ASSURANCES }),
    patient: {
      type: 'object',
      additionalProperties: false,
      required: ['claim', 'system'],
      properties: { claim: text, system: { enum: PERSON_SYSTEMS } },
    },
    session: {
      type: 'object',
      additionalProperties: false,
      properties: {
        idleMinutes: { type: 'number', exclusiveMinimum: 0, maximum: 60 },
        hours: { type: 'number', exclusiveMinimum: 0, maximum: 12 },
      },
    },
  },
}

/** The file as it is written. */
type IdentityFile = Readonly<
  Pick<Identity, 'name' | 'issuer' | 'clientId' | 'role' | 'patient' | 'organization' | 'assurance'> & {
    clientSecretFile?: string
    privateKeyFile?: string
    scopes?: string[]
    acrValues?: string[]
    session?: { idleMinutes?: number; hours?: number }
  }
>

const LOOPBACK = /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])$/

/** OpenID Connect Discovery section 3: https, no query, no fragment. Without TLS only on this machine. */
const isIssuer = (address: string): boolean => {
  if (!URL.canParse(address)) return false
  const { protocol, hostname, search, hash, username } = new URL(address)
  const safe = protocol === 'https:' || (protocol === 'http:' && LOOPBACK.test(hostname))
  return safe && search === '' && hash === '' && username === ''
}

const check = new Ajv({ allErrors: true, formats: { issuer: isIssuer } }).compile<IdentityFile>(schema)

const explain = (error: ErrorObject): string => {
  if (error.keyword === 'oneOf')
    return '/ needs what proves KeyPlan to the provider: `clientSecretFile`, or else `privateKeyFile`'
  if (error.keyword === 'format')
    return `${error.instancePath} must be the https address of the provider, as its tokens name it (http only on this machine)`
  return findingOf(error)
}

const refuse = (file: string, findings: readonly string[]): Error =>
  new Error(`KEYPLAN_IDENTITY: ${file} does not say how people sign in: ${findings.join('; ')}.`)

const readText = (file: string, of: string): Promise<string> =>
  readFile(of, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    throw refuse(file, [`${of} cannot be read (${cause.code})`])
  })

const parse = (file: string, of: string, content: string): unknown => {
  try {
    return JSON.parse(content)
  } catch {
    // Without the parser's message, which may quote a secret.
    throw refuse(file, [`${of} is not JSON`])
  }
}

const credentialOf = async (file: string, content: IdentityFile): Promise<Identity['credential']> => {
  const at = (name: string): string => resolve(dirname(file), name)
  if (content.clientSecretFile !== undefined) {
    const secret = (await readText(file, at(content.clientSecretFile))).trim()
    if (secret === '') throw refuse(file, [`${at(content.clientSecretFile)} is empty`])
    return { kind: 'secret', secret }
  }
  const keyFile = at(content.privateKeyFile as string)
  const key = parse(file, keyFile, await readText(file, keyFile)) as JWK
  if (typeof key !== 'object' || key === null || !('d' in key) || typeof key.alg !== 'string')
    throw refuse(file, [`${keyFile} is not a private JWK with its algorithm (alg)`])
  return { kind: 'key', key }
}

const MINUTES_IDLE = 15
const HOURS = 8

/** The file of KEYPLAN_IDENTITY. Throws an Error that names the file and each wrong element; secrets are never quoted. */
export const loadIdentity = async (file: string): Promise<Identity> => {
  const content = parse(file, file, await readText(file, file))
  if (!check(content))
    throw refuse(file, (check.errors ?? []).filter(({ schemaPath }) => !schemaPath.startsWith('#/oneOf/')).map(explain))
  if (Object.values(content.role.values).includes('patient') && content.patient === undefined)
    throw refuse(file, ['/role maps to `patient`, so /patient must say which claim has the number of their own record'])
  const { name, issuer, clientId, role, patient, organization, assurance, scopes, acrValues, session } = content
  return {
    name,
    issuer,
    clientId,
    credential: await credentialOf(file, content),
    scopes: scopes ?? ['openid', 'profile'],
    acrValues: acrValues ?? [],
    role,
    ...(patient === undefined ? {} : { patient }),
    organization,
    assurance,
    limits: {
      idleSeconds: (session?.idleMinutes ?? MINUTES_IDLE) * 60,
      seconds: (session?.hours ?? HOURS) * 3_600,
    },
  }
}
