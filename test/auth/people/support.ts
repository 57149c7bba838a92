import { cp, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startIdentityService } from '../../../src/cli/demo/identity/service.ts'
import { MAPPING, STAFF, type StaffMember } from '../../../src/cli/demo/identity/staff.ts'
import { TEST_CLIENTS } from '../../../src/config.ts'
import type { TestDatabase } from '../../support/database.ts'
import { startService, type TestService } from '../../support/service.ts'
import { type HttpBrowser, httpBrowser } from './http-browser.ts'

/** Where the test's apps want their answers; nothing listens there. */
export const APP = 'http://localhost:1'

export const APPS = [
  {
    kind: 'app',
    clientId: 'viewer',
    name: 'Plan viewer (synthetic)',
    redirectUris: [`${APP}/callback`],
    launchUri: `${APP}/launch`,
    scopes: ['openid', 'fhirUser', 'launch', 'launch/patient', 'user/*.rs', 'patient/*.cruds'],
    public: true,
  },
]

export type PeopleService = Readonly<{
  service: TestService
  baseUrl: string
  issuer: string
  /** A browser that has been nowhere yet. */
  browser(): HttpBrowser
  /** A browser at which one of the demo's staff is signed in. */
  signIn(account: string): Promise<HttpBrowser>
  stop(): Promise<void>
}>

/** A file with the registered systems, and these apps. */
export const clientsWith = async (folder: string, apps: readonly object[]): Promise<string> => {
  const clients = join(folder, 'clients')
  await cp(TEST_CLIENTS, clients, { recursive: true })
  for (const name of await readdir(clients)) if (name.endsWith('.private.json')) await rm(join(clients, name))
  await writeFile(join(clients, 'apps.json'), JSON.stringify(apps))
  return clients
}

/** KeyPlan where people sign in at a real OpenID Connect provider, which knows the demo's staff. */
export const startPeople = async (
  options: {
    /** Members that replace those of the mapping file. */
    identity?: Readonly<Record<string, unknown>>
    apps?: readonly object[]
    staff?: readonly StaffMember[]
    environment?: Readonly<Record<string, string>>
    database?: TestDatabase
  } = {},
): Promise<PeopleService> => {
  const folder = await mkdtemp(join(tmpdir(), 'keyplan-people-'))
  let baseUrl = ''
  const provider = await startIdentityService({
    port: 0,
    client: { client_id: 'keyplan', client_secret: 'a secret of the test' },
    keyplan: () => baseUrl,
    staff: options.staff ?? STAFF,
  })
  await writeFile(join(folder, 'secret'), 'a secret of the test\n')
  const identity = {
    name: 'Hospital sign-in',
    issuer: provider.issuer,
    clientId: 'keyplan',
    clientSecretFile: 'secret',
    ...MAPPING,
    ...options.identity,
  }
  await writeFile(join(folder, 'identity.json'), JSON.stringify(identity))
  const stopProvider = async (): Promise<void> => {
    await provider.stop()
    await rm(folder, { recursive: true, force: true })
  }
  try {
    const service = await startService({
      environment: {
        KEYPLAN_IDENTITY: join(folder, 'identity.json'),
        KEYPLAN_CLIENTS: await clientsWith(folder, options.apps ?? APPS),
        ...options.environment,
      },
      ...(options.database === undefined ? {} : { database: options.database }),
    })
    baseUrl = service.baseUrl
    const browser = (): HttpBrowser => httpBrowser([`${APP}/`])
    return {
      service,
      baseUrl,
      issuer: provider.issuer,
      browser,
      signIn: async (account) => {
        const one = browser()
        const asked = await one.get(`${baseUrl}/sign-in`)
        const { url, text } = await one.post(asked.url, { account })
        if (url !== `${baseUrl}/me`) throw new Error(`Nobody was signed in: ${asked.text} ${text}`)
        return one
      },
      stop: async () => {
        await service.stop()
        await stopProvider()
      },
    }
  } catch (error) {
    await stopProvider()
    throw error
  }
}
