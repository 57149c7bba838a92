import { intersectScopes } from '../access/scopes.ts'
import type { Clients } from './clients.ts'
import type { PeopleConfiguration } from './people/discovery.ts'
import { CLIENT_ALGORITHMS, type ClientAlgorithm } from './registration.ts'

export type SmartConfiguration = Readonly<{
  token_endpoint: string
  jwks_uri: string
  grant_types_supported: readonly string[]
  token_endpoint_auth_methods_supported: readonly string[]
  token_endpoint_auth_signing_alg_values_supported: readonly ClientAlgorithm[]
  scopes_supported: readonly string[]
  /** Of RFC 8705 section 3.3: there where it is so. */
  tls_client_certificate_bound_access_tokens?: true
  capabilities: readonly string[]
}> &
  Partial<PeopleConfiguration>

/**
 * What `/.well-known/smart-configuration` says (SMART App Launch 2.2, Conformance): computed from the clients that are registered
 * now. Where no app is registered nobody can be asked through a browser, so nothing about that is said, `code_challenge_methods_supported`
 * included; the guide's own example for backend services leaves it out too.
 */
export const smartConfiguration = (
  clients: Clients,
  base: string,
  people?: PeopleConfiguration,
): SmartConfiguration => {
  const registered = [...clients.values()]
  return {
    ...people,
    token_endpoint: `${base}/auth/token`,
    jwks_uri: `${base}/auth/jwks`,
    grant_types_supported: ['client_credentials', ...(people === undefined ? [] : ['authorization_code'])],
    token_endpoint_auth_methods_supported: ['private_key_jwt'],
    token_endpoint_auth_signing_alg_values_supported: CLIENT_ALGORITHMS.filter((algorithm) =>
      registered.some((client) =>
        client.jwksUri === undefined
          ? [...client.keys.values()].some((key) => key.algorithm === algorithm)
          : client.algorithms.includes(algorithm),
      ),
    ),
    scopes_supported: [
      ...intersectScopes(
        ['system/*.cruds'],
        registered.flatMap((client) => client.scopes),
      ),
      ...(people?.scopes_supported ?? []),
    ],
    ...(registered.some((client) => client.tlsClientCertificateBoundAccessTokens === true)
      ? { tls_client_certificate_bound_access_tokens: true as const }
      : {}),
    capabilities: ['client-confidential-asymmetric', 'permission-v2', ...(people?.capabilities ?? [])],
  }
}
