import { Ajv, type ErrorObject } from 'ajv'
import type { JWK } from 'jose'
import { parseScope } from '../access/scopes.ts'
import type { SystemRole } from '../context.ts'
import { findingOf } from './finding.ts'
import { keySetAddressFinding } from './key-set-address.ts'

/** What a client may sign its assertions with (SMART App Launch 2.2, asymmetric client authentication). */
export const CLIENT_ALGORITHMS = ['ES384', 'RS384'] as const
export type ClientAlgorithm = (typeof CLIENT_ALGORITHMS)[number]

/** The algorithm that a key is made for: ES384 for P-384, RS384 for RSA; undefined for other keys. */
export const algorithmOf = (jwk: JWK): ClientAlgorithm | undefined => {
  if (jwk.kty === 'EC' && jwk.crv === 'P-384') return 'ES384'
  return jwk.kty === 'RSA' ? 'RS384' : undefined
}

/** A client as its registration file says it. */
export type Registration = Readonly<{
  clientId: string
  name: string
  role: SystemRole
  /** True where it may see clinical content although its role alone does not let it (`access/policy.ts`). */
  clinical?: boolean
  organization: { ods: string; name: string }
  scopes: string[]
  /** Its public keys by value, or else where it publishes them. */
  jwks?: { keys: (JWK & { kid: string })[] }
  jwksUri?: string
  algorithms?: ClientAlgorithm[]
  /** True where its tokens are to be bound to its TLS certificate (RFC 8705 section 3.4). */
  tlsClientCertificateBoundAccessTokens?: boolean
}>

const ROLES = {
  'gp-practice': true,
  ambulance: true,
  'out-of-hours': true,
  hospital: true,
  hospice: true,
  'community-nurse': true,
  'care-home': true,
  'social-care': true,
  'community-pharmacy': true,
  integrator: true,
  keyplan: true,
} as const satisfies Record<SystemRole, true>

/** Members that only a private or a secret JWK has (RFC 7518 section 6). */
const PRIVATE_MEMBERS = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k']

const text = { type: 'string', minLength: 1, maxLength: 200 }

/** The members of a registration that say by which keys a client is known, as they stand in a JSON Schema. */
export const KEY_MEMBERS = {
  algorithms: { type: 'array', minItems: 1, uniqueItems: true, items: { enum: CLIENT_ALGORITHMS } },
  jwks: {
    type: 'object',
    additionalProperties: false,
    required: ['keys'],
    properties: {
      keys: {
        type: 'array',
        minItems: 1,
        items: {
          type: 'object',
          required: ['kid', 'kty'],
          properties: {
            kid: text,
            kty: { enum: ['EC', 'RSA'] },
            use: { const: 'sig' },
            alg: { enum: CLIENT_ALGORITHMS },
            ...Object.fromEntries(PRIVATE_MEMBERS.map((member) => [member, false])),
          },
        },
      },
    },
  },
  jwksUri: { type: 'string', format: 'key-set-address' },
} as const

const registrationSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['clientId', 'name', 'role', 'organization', 'scopes'],
  oneOf: [{ required: ['jwks'] }, { required: ['jwksUri'] }],
  properties: {
    clientId: { type: 'string', pattern: '^[A-Za-z0-9._-]{1,64}$' },
    name: text,
    role: { enum: Object.keys(ROLES) },
    clinical: { type: 'boolean' },
    tlsClientCertificateBoundAccessTokens: { type: 'boolean' },
    organization: {
      type: 'object',
      additionalProperties: false,
      required: ['ods', 'name'],
      properties: { ods: { type: 'string', pattern: '^[A-Z0-9]{3,10}$' }, name: text },
    },
    scopes: { type: 'array', minItems: 1, uniqueItems: true, items: { type: 'string', format: 'system-scope' } },
    ...KEY_MEMBERS,
  },
}

/** The formats of those members. */
export const KEY_FORMATS = {
  'key-set-address': (address: string) => keySetAddressFinding(address) === undefined,
}

const ajv = new Ajv({
  allErrors: true,
  verbose: true,
  formats: {
    ...KEY_FORMATS,
    'system-scope': (text: string) => {
      return parseScope(text)?.context === 'system'
    },
  },
})
const isRegistration = ajv.compile<Registration>(registrationSchema)

const explain = (error: ErrorObject): string => {
  if (error.keyword === 'oneOf')
    return '/ needs the public keys of the client: by value in `jwks`, or else the address where it publishes them in `jwksUri`'
  if (error.keyword === 'format' && error.instancePath !== '/jwksUri')
    return `${error.instancePath} must be a SMART v2 scope of a system, e.g. system/CarePlan.rs or system/CarePlan.rs?status=active`
  return findingOf(error)
}

/** What is wrong with a client registration, element by element (JSON pointers); empty for a `Registration`. */
export const registrationFindings = (content: unknown): string[] =>
  isRegistration(content)
    ? []
    : (isRegistration.errors ?? [])
        // What `oneOf` tried is said by its own error.
        .filter(({ schemaPath }) => !schemaPath.startsWith('#/oneOf/'))
        .map(explain)
