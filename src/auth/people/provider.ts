/** KeyPlan as a client of the identity provider: OpenID Connect Core 1.0, authorization code with PKCE (RFC 7636), all checks by `openid-client`. */
import { type CryptoKey, importJWK } from 'jose'
import * as client from 'openid-client'
import { problem } from '../../fhir/outcome.ts'
import type { Identity } from './identity.ts'
import type { Claims } from './person.ts'

/** What binds the provider's answer to the question. */
export type SignInChecks = Readonly<{ state: string; nonce: string; verifier: string }>

export type Provider = Readonly<{
  /** Where the browser is sent to sign in. Throws a Problem `unavailable` where the provider cannot be asked. */
  authorizationUrl(checks: SignInChecks): Promise<URL>
  /**
   * What the provider says of the person, from the address at which the browser came back. Throws a Problem: `forbidden` where any check fails or
   * the person was refused there, `unavailable` where the provider cannot be asked.
   */
  finish(returned: URL, checks: SignInChecks): Promise<Readonly<{ claims: Claims; idToken: string }>>
  /** Where the provider ends its own session (RP-Initiated Logout 1.0); undefined where it does not offer that. */
  endSessionUrl(idToken: string): Promise<URL | undefined>
}>

export type ProviderAddresses = Readonly<{ redirectUri: string; signedOut: string }>

const TIMEOUT_SECONDS = 5

const unreachable = (name: string, cause: unknown) =>
  problem(
    'unavailable',
    'identity-provider-unavailable',
    `${name} cannot be reached now, so nobody can sign in. Try again in a minute.`,
    {
      cause,
    },
  )

const refused = (name: string, cause: unknown) =>
  problem(
    'forbidden',
    'sign-in-refused',
    `${name} did not sign you in, or its answer was not for this browser. Begin again from the sign-in page.`,
    { cause },
  )

/** Failures that are of the network or of the provider's machine, and not of what was presented. */
const isOutage = (error: unknown): boolean => {
  const { code, cause } = error as { code?: unknown; cause?: unknown }
  return error instanceof TypeError || code === 'OAUTH_TIMEOUT' || (cause instanceof Response && cause.status >= 500)
}

const authenticationOf = async ({ credential }: Identity): Promise<client.ClientAuth> => {
  if (credential.kind === 'secret') return client.ClientSecretBasic(credential.secret)
  const { key } = credential
  const privateKey = (await importJWK(key, key.alg)) as CryptoKey
  return client.PrivateKeyJwt(key.kid === undefined ? privateKey : { key: privateKey, kid: key.kid })
}

/** The provider of this identity. It is asked for its own configuration when it is first needed, and again until it has answered. */
export const createProvider = (identity: Identity, addresses: ProviderAddresses): Provider => {
  const { name, issuer, clientId, scopes, acrValues } = identity
  let discovered: Promise<client.Configuration> | undefined

  const discover = async (): Promise<client.Configuration> => {
    const execute = [client.enableNonRepudiationChecks]
    if (issuer.startsWith('http:')) execute.push(client.allowInsecureRequests)
    const configuration = await client.discovery(
      new URL(issuer),
      clientId,
      { redirect_uris: [addresses.redirectUri] },
      await authenticationOf(identity),
      { execute, timeout: TIMEOUT_SECONDS },
    )
    return configuration
  }
  const configuration = (): Promise<client.Configuration> => {
    discovered ??= discover().catch((cause: unknown) => {
      discovered = undefined
      throw unreachable(name, cause)
    })
    return discovered
  }

  return {
    authorizationUrl: async ({ state, nonce, verifier }) =>
      client.buildAuthorizationUrl(await configuration(), {
        redirect_uri: addresses.redirectUri,
        scope: scopes.join(' '),
        state,
        nonce,
        code_challenge: await client.calculatePKCECodeChallenge(verifier),
        code_challenge_method: 'S256',
        ...(acrValues.length === 0 ? {} : { acr_values: acrValues.join(' ') }),
      }),

    finish: async (returned, { state, nonce, verifier }) => {
      const known = await configuration()
      try {
        const tokens = await client.authorizationCodeGrant(known, returned, {
          expectedState: state,
          expectedNonce: nonce,
          pkceCodeVerifier: verifier,
          idTokenExpected: true,
        })
        const proven = tokens.claims() as client.IDToken
        // Many providers say who somebody is in the ID token and what they do in the answer about the user. What is signed goes first.
        const more =
          known.serverMetadata().userinfo_endpoint === undefined
            ? {}
            : await client.fetchUserInfo(known, tokens.access_token, proven.sub)
        return { claims: { ...more, ...proven }, idToken: tokens.id_token as string }
      } catch (error) {
        throw isOutage(error) ? unreachable(name, error) : refused(name, error)
      }
    },

    endSessionUrl: async (idToken) => {
      const known = await configuration()
      if (known.serverMetadata().end_session_endpoint === undefined) return undefined
      return client.buildEndSessionUrl(known, {
        id_token_hint: idToken,
        post_logout_redirect_uri: addresses.signedOut,
      })
    },
  }
}
