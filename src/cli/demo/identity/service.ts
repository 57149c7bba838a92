/** An identity service with synthetic staff and no passwords: for demos and tests, never part of `keyplan serve`. */
import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { type ClientMetadata, Provider } from 'oidc-provider'
import { ASSURED, type StaffMember } from './staff.ts'

export type IdentityService = Readonly<{ issuer: string; stop(): Promise<void> }>

export type IdentityServiceOptions = Readonly<{
  /** 0 for any free port. */
  port: number
  /** KeyPlan as a client: its id, and how it proves who it is (OpenID Connect Dynamic Client Registration, section 2). */
  client: ClientMetadata
  /** Where KeyPlan is, without a slash at its end. */
  keyplan: () => string
  staff: readonly StaffMember[]
}>

const page = (title: string, body: string): string => `<!DOCTYPE html>
<html lang="en-GB">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<style>body { font: 1.1rem/1.5 system-ui, sans-serif; max-width: 30rem; margin: 2rem auto; padding: 0 1rem } button { display: block; width: 100%; margin: .5rem 0; padding: .75rem; font: inherit; text-align: left }</style>
</head>
<body>
<h1>${title}</h1>
${body}
</body>
</html>
`

const signInPage = (staff: readonly StaffMember[]): string =>
  page(
    'Who are you today?',
    `<p>A synthetic identity service. Nobody here exists.</p>
<form method="post">
${staff.map(({ account, name, jobRole }) => `<button name="account" value="${account}">${name}, ${jobRole}</button>`).join('\n')}
</form>`,
  )

/** The provider itself, `oidc-provider` as it comes, with pages and people of ours. */
const createProvider = (issuer: string, { client, keyplan, staff }: IdentityServiceOptions): Provider => {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const provider: Provider = new Provider(issuer, {
    clients: [
      {
        ...client,
        redirect_uris: [`${keyplan()}/sign-in/callback`],
        post_logout_redirect_uris: [`${keyplan()}/signed-out`],
      },
    ],
    jwks: { keys: [{ ...privateKey.export({ format: 'jwk' }), use: 'sig', alg: 'RS256', kid: 'demo' }] },
    cookies: { keys: [randomBytes(32).toString('base64url')] },
    scopes: ['openid'],
    claims: { openid: ['sub', 'acr'], profile: ['name'], work: ['job_role', 'ods_code', 'chi_number'] },
    acrValues: [ASSURED],
    ttl: { Interaction: 600, Session: 28_800, Grant: 28_800, AccessToken: 300, IdToken: 300 },
    pkce: { required: () => true },
    features: {
      devInteractions: { enabled: false },
      rpInitiatedLogout: {
        logoutSource: (ctx, form) => {
          ctx.body = page(
            'Sign out here too?',
            `${form}<button autofocus form="op.logoutForm" name="logout" value="yes">Yes, sign out</button>`,
          )
        },
        postLogoutSuccessSource: (ctx) => {
          ctx.body = page('Signed out', '')
        },
      },
    },
    interactions: { url: (_ctx, { uid }) => `/interaction/${uid}` },
    findAccount: (_ctx, account) => {
      const member = staff.find((one) => one.account === account)
      if (member === undefined) return undefined
      const { name, jobRole, organization, chi } = member
      const claims = { sub: account, name, job_role: jobRole, ods_code: organization, chi_number: chi }
      return { accountId: account, claims: () => claims }
    },
    // KeyPlan belongs to the same organisation: nobody is asked whether it may know them.
    loadExistingGrant: async (ctx) => {
      const { client: asking, session, requestParamScopes } = ctx.oidc
      if (asking === undefined || session?.accountId === undefined) return undefined
      const grant = new provider.Grant({ clientId: asking.clientId, accountId: session.accountId })
      grant.addOIDCScope([...requestParamScopes].join(' '))
      await grant.save()
      return grant
    },
    renderError: (ctx, { error }) => {
      ctx.type = 'html'
      ctx.body = page('This did not work', `<p>${error}</p>`)
    },
  })
  return provider
}

/**
 * Starts the service on this machine. Where KeyPlan is has to be known by the first request. Its sessions, and the keys that it signs with, are
 * gone when it stops.
 */
export const startIdentityService = async (options: IdentityServiceOptions): Promise<IdentityService> => {
  const server = createServer()
  await new Promise<void>((settle, fail) => {
    server.once('error', fail)
    server.listen(options.port, '127.0.0.1', () => settle())
  })
  const issuer = `http://localhost:${(server.address() as AddressInfo).port}`
  let made: Provider | undefined
  const provider = (): Provider => {
    made ??= createProvider(issuer, options)
    return made
  }

  const interact = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    if (request.method !== 'POST') {
      await provider().interactionDetails(request, response)
      response.setHeader('Content-Type', 'text/html; charset=utf-8')
      response.end(signInPage(options.staff))
      return
    }
    const accountId = new URLSearchParams(await text(request)).get('account') ?? ''
    await provider().interactionFinished(request, response, { login: { accountId, acr: ASSURED, remember: false } })
  }
  server.on('request', (request, response) => {
    if (request.url?.startsWith('/interaction/') !== true) return void provider().callback()(request, response)
    interact(request, response).catch(() => {
      response.statusCode = 400
      response.end('This sign-in is over. Begin again.')
    })
  })

  return {
    issuer,
    stop: () =>
      new Promise((settle) => {
        server.close(() => settle())
        server.closeAllConnections()
      }),
  }
}
