import type { App, Apps } from './apps.ts'
import { CONTEXT_SCOPES } from './apps.ts'
import { ID_TOKEN_ALGORITHM } from './id-token.ts'

/** What the SMART configuration says where people sign in, beside what it says for systems (SMART App Launch 2.2, "Conformance"). */
export type PeopleConfiguration = Readonly<{
  issuer: string
  authorization_endpoint: string
  code_challenge_methods_supported: readonly string[]
  authorization_response_iss_parameter_supported: true
  capabilities: readonly string[]
  scopes_supported: readonly string[]
}>

const given = (isGiven: boolean, ...capabilities: string[]): string[] => (isGiven ? capabilities : [])

const capabilitiesOf = (all: readonly App[]): string[] => {
  const scopes = new Set(all.flatMap((app) => app.scopes))
  const some = (start: string): boolean => [...scopes].some((scope) => scope.startsWith(start))
  const isLaunched = all.some(({ launchUri, scopes }) => launchUri !== undefined && scopes.includes('launch'))
  const isAboutOne = scopes.has('launch/patient') || some('patient/')
  return [
    ...given(isLaunched, 'launch-ehr', 'context-ehr-patient'),
    'launch-standalone',
    ...given(isAboutOne, 'context-standalone-patient'),
    ...given(isLaunched || isAboutOne, 'context-banner'),
    'authorize-post',
    ...given(
      all.some(({ isPublic }) => isPublic),
      'client-public',
    ),
    ...given(scopes.has('openid'), 'sso-openid-connect'),
    ...given(some('patient/'), 'permission-patient'),
    ...given(some('user/'), 'permission-user'),
  ]
}

/** Computed from the apps that are registered; undefined where there is none, for then there is nothing to ask for. */
export const peopleConfiguration = (apps: Apps, base: string): PeopleConfiguration | undefined => {
  const all = [...apps.values()]
  if (all.length === 0) return undefined
  return {
    issuer: base,
    authorization_endpoint: `${base}/auth/authorize`,
    code_challenge_methods_supported: ['S256'],
    authorization_response_iss_parameter_supported: true,
    capabilities: capabilitiesOf(all),
    scopes_supported: [...new Set(all.flatMap((app) => app.scopes))].sort(),
  }
}

/** What `/.well-known/openid-configuration` says (OpenID Connect Discovery 1.0, section 3); undefined where no app may know who uses it. */
export const openidConfiguration = (apps: Apps, base: string): object | undefined => {
  const all = [...apps.values()]
  if (!all.some(({ scopes }) => scopes.includes('openid'))) return undefined
  return {
    issuer: base,
    authorization_endpoint: `${base}/auth/authorize`,
    token_endpoint: `${base}/auth/token`,
    jwks_uri: `${base}/auth/jwks`,
    scopes_supported: CONTEXT_SCOPES.filter((scope) => all.some(({ scopes }) => scopes.includes(scope))),
    response_types_supported: ['code'],
    response_modes_supported: ['query'],
    grant_types_supported: ['authorization_code'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: [ID_TOKEN_ALGORITHM],
    token_endpoint_auth_methods_supported: [
      ...given(
        all.some(({ isPublic }) => isPublic),
        'none',
      ),
      ...given(
        all.some(({ isPublic }) => !isPublic),
        'private_key_jwt',
      ),
    ],
    token_endpoint_auth_signing_alg_values_supported: [
      ...new Set(all.flatMap(({ isPublic, algorithms }) => (isPublic ? [] : algorithms))),
    ],
    code_challenge_methods_supported: ['S256'],
    claims_supported: ['iss', 'sub', 'aud', 'exp', 'iat', 'auth_time', 'nonce', 'fhirUser'],
    authorization_response_iss_parameter_supported: true,
    request_parameter_supported: false,
    request_uri_parameter_supported: false,
    claims_parameter_supported: false,
  }
}
