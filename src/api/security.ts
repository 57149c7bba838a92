import type { CapabilityStatementRestSecurity, CodeableConcept } from 'fhir/r4.js'

/** How callers sign in, as the SMART configuration has it (`auth/smart-configuration.ts`). */
export type SignIn = Readonly<{
  token_endpoint: string
  authorization_endpoint?: string
  tls_client_certificate_bound_access_tokens?: true
}>

const service = (code: string, text: string): CodeableConcept => ({
  coding: [{ system: 'http://terminology.hl7.org/CodeSystem/restful-security-service', code }],
  text,
})

/**
 * What the CapabilityStatement says of security: what can be done to sign in now, and where. `oauth-uris` is for clients that do not look for the
 * SMART configuration yet.
 */
export const securityOf = (signIn: SignIn, baseUrl: string): CapabilityStatementRestSecurity => {
  const { token_endpoint: token, authorization_endpoint: authorize } = signIn
  const isBound = signIn.tls_client_certificate_bound_access_tokens === true
  return {
    extension: [
      {
        url: 'http://fhir-registry.smarthealthit.org/StructureDefinition/oauth-uris',
        extension: [
          { url: 'token', valueUri: token },
          ...(authorize === undefined ? [] : [{ url: 'authorize', valueUri: authorize }]),
        ],
      },
    ],
    cors: false,
    service: [
      service('SMART-on-FHIR', `SMART Backend Services${authorize === undefined ? '' : ' and SMART App Launch'}`),
      ...(isBound
        ? [service('Certificates', 'Tokens of some clients are bound to their TLS certificates (RFC 8705)')]
        : []),
    ],
    description: `Every request but this one needs an access token of a registered client. The token endpoint, its algorithms and scopes are at ${baseUrl}/.well-known/smart-configuration.`,
  }
}
