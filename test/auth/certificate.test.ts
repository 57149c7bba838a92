/** Tokens that are bound to the TLS certificate with which they were got (RFC 8705 section 3), over real TLS and behind a proxy that ends it. */
import { createHash } from 'node:crypto'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { request } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { decodeJwt } from 'jose'
import { assertionOf } from '../support/assertion.ts'
import { type Certificate, makeCertificate } from '../support/certificate.ts'
import { issueKeys, startService, type TestService } from '../support/service.ts'
import { FIXTURES, tokenRequest } from './support.ts'

type Answer = Readonly<{ status: number; body: Record<string, unknown> & { access_token?: string } }>

const [server, mine, other] = ['localhost', 'ambulance', 'stranger'].map(makeCertificate) as [
  Certificate,
  Certificate,
  Certificate,
]
const thumbprint = createHash('sha256').update(mine.der).digest('base64url')

let folder: string
let clients: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'keyplan-tls-'))
  clients = join(folder, 'clients.json')
  const registration = async (name: string) => JSON.parse(await readFile(`${FIXTURES}${name}.json`, 'utf8'))
  const bound = { ...(await registration('ambulance')), tlsClientCertificateBoundAccessTokens: true }
  await writeFile(clients, JSON.stringify([bound, await registration('hospital')]))
  await writeFile(join(folder, 'server.pem'), server.certificate)
  await writeFile(join(folder, 'server.key'), server.key)
})
afterAll(() => rm(folder, { recursive: true }))

/** Sends a request over TLS, with this certificate of a client where one is given. */
const send = (
  url: string,
  options: { method?: string; headers?: Record<string, string>; body?: string; certificate?: Certificate | undefined },
): Promise<Answer> =>
  new Promise((settle, fail) => {
    const { method = 'GET', headers = {}, body, certificate } = options
    const own = certificate === undefined ? {} : { cert: certificate.certificate, key: certificate.key }
    const outgoing = request(url, { method, headers, agent: false, ca: server.certificate, ...own }, (incoming) => {
      const chunks: Buffer[] = []
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk))
      incoming.once('end', () =>
        settle({ status: incoming.statusCode ?? 0, body: JSON.parse(Buffer.concat(chunks).toString('utf8')) }),
      )
    })
    outgoing.once('error', fail).end(body)
  })

describe('over TLS that KeyPlan serves itself', () => {
  let service: TestService
  beforeAll(async () => {
    service = await startService({
      environment: {
        KEYPLAN_CLIENTS: clients,
        KEYPLAN_TLS_CERTIFICATE: join(folder, 'server.pem'),
        KEYPLAN_TLS_KEY: join(folder, 'server.key'),
      },
    })
  })
  afterAll(() => service.stop())

  const tokenOf = async (client: string, certificate?: Certificate): Promise<Answer> =>
    send(`${service.baseUrl}/auth/token`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
      body: tokenRequest(await assertionOf(client, `${service.baseUrl}/auth/token`)),
      certificate,
    })
  const search = (token: string | undefined, certificate?: Certificate): Promise<Answer> =>
    send(`${service.baseUrl}/fhir/Patient?_id=nobody`, { headers: { Authorization: `Bearer ${token}` }, certificate })

  test('a bound token holds over its certificate, and over no other and none', async () => {
    expect(service.baseUrl).toMatch(/^https:/)
    const { status, body } = await tokenOf('ambulance', mine)
    expect(status).toBe(200)
    expect(decodeJwt(body.access_token as string)['cnf']).toEqual({ 'x5t#S256': thumbprint })
    const before = await search(body.access_token, other)
    expect([before.status, issueKeys(before.body)]).toEqual([401, ['token-invalid']])
    expect((await search(body.access_token, mine)).status).toBe(200)
    // Now it is among the tokens that were verified before.
    for (const certificate of [other, undefined]) {
      const refused = await search(body.access_token, certificate)
      expect([refused.status, issueKeys(refused.body)]).toEqual([401, ['token-invalid']])
    }
    expect((await search(body.access_token, mine)).status).toBe(200)
  })

  test('without a certificate such a client gets no token, and only the log says why', async () => {
    const { status, body } = await tokenOf('ambulance')
    expect([status, body['error']]).toEqual([401, 'invalid_client'])
    expect(service.logged.findLast(({ msg }) => msg === 'token refused')).toMatchObject({ check: 'certificate' })
  })

  test('other clients get tokens that are bound to nothing, with a certificate and without', async () => {
    for (const certificate of [mine, undefined]) {
      const { status, body } = await tokenOf('hospital', certificate)
      expect(status).toBe(200)
      expect(decodeJwt(body.access_token as string)).not.toHaveProperty('cnf')
      expect((await search(body.access_token, other)).status).toBe(200)
    }
  })

  test('the SMART configuration says that tokens can be bound (RFC 8705 section 3.3)', async () => {
    const { body } = await send(`${service.baseUrl}/.well-known/smart-configuration`, {})
    expect(body['tls_client_certificate_bound_access_tokens']).toBe(true)
  })
})

describe('behind a proxy that ends TLS', () => {
  let service: TestService
  beforeAll(async () => {
    service = await startService({
      environment: { KEYPLAN_CLIENTS: clients, KEYPLAN_CLIENT_CERTIFICATE_HEADER: 'Client-Cert' },
    })
  })
  afterAll(() => service.stop())

  const rfc9440 = ({ der }: Certificate): string => `:${der.toString('base64')}:`
  const escaped = ({ certificate }: Certificate): string => encodeURIComponent(certificate)
  const headerOf = (certificate: string | undefined): Record<string, string> =>
    certificate === undefined ? {} : { 'Client-Cert': certificate }

  const tokenOf = async (certificate?: string): Promise<Response> =>
    fetch(`${service.baseUrl}/auth/token`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/x-www-form-urlencoded', ...headerOf(certificate) },
      body: tokenRequest(await assertionOf('ambulance', `${service.baseUrl}/auth/token`)),
    })
  const search = async (token: string, certificate?: string): Promise<number> =>
    (
      await fetch(`${service.baseUrl}/fhir/Patient?_id=nobody`, {
        headers: { Authorization: `Bearer ${token}`, ...headerOf(certificate) },
      })
    ).status

  for (const [form, write] of [
    ['RFC 9440', rfc9440],
    ['PEM in percent signs', escaped],
  ] as const) {
    test(`the certificate is the one that its header names: ${form}`, async () => {
      const answer = await tokenOf(write(mine))
      expect(answer.status).toBe(200)
      const { access_token: token } = (await answer.json()) as { access_token: string }
      expect(decodeJwt(token)['cnf']).toEqual({ 'x5t#S256': thumbprint })
      expect([await search(token, rfc9440(mine)), await search(token, escaped(mine))]).toEqual([200, 200])
      expect([await search(token, write(other)), await search(token)]).toEqual([401, 401])
    })
  }

  test.each(['', ':', '::', ':AAAA:', 'AAAA', '%', 'null'])(
    'what is no certificate counts as none: %j',
    async (header) => {
      expect((await tokenOf(header)).status).toBe(401)
    },
  )
})

describe('the start is refused', () => {
  const refused = (environment: Record<string, string>): Promise<string> =>
    startService({ environment }).then(
      async (service) => {
        await service.stop()
        return 'it started'
      },
      (error: Error) => error.message,
    )

  test('where a client has its tokens bound and no certificate can be seen', async () => {
    expect(await refused({ KEYPLAN_CLIENTS: clients })).toMatch(/^KEYPLAN_CLIENTS: found ambulance,.*KEYPLAN_TLS_KEY/)
  })

  test('where certificate and key do not belong together, or cannot be read; the key is not repeated', async () => {
    await writeFile(join(folder, 'other.key'), other.key)
    const certificate = { KEYPLAN_TLS_CERTIFICATE: join(folder, 'server.pem') }
    expect(await refused({ ...certificate, KEYPLAN_TLS_KEY: join(folder, 'other.key') })).toMatch(
      /^KEYPLAN_TLS_KEY: .*other\.key is not the key of .*server\.pem\. Expected [^-]*$/,
    )
    expect(await refused({ ...certificate, KEYPLAN_TLS_KEY: join(folder, 'missing.key') })).toMatch(
      /^KEYPLAN_TLS_KEY: .*missing\.key cannot be read \(ENOENT\)/,
    )
  })
})
