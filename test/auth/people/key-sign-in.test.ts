import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from '@jest/globals'
import { exportJWK, generateKeyPair } from 'jose'
import type { FromParent, ToParent } from '../../../src/cli/demo/identity/main.ts'
import { MAPPING } from '../../../src/cli/demo/identity/staff.ts'
import { startService, type TestService } from '../../support/service.ts'
import { httpBrowser } from './http-browser.ts'

const path = (name: string): string => fileURLToPath(new URL(`../../../${name}`, import.meta.url))

test('KeyPlan proves by a key of its own who it is, where the provider knows it by that (private_key_jwt)', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'keyplan-key-'))
  const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true })
  await writeFile(
    join(folder, 'key.json'),
    JSON.stringify({ ...(await exportJWK(privateKey)), kid: 'login', alg: 'ES256' }),
  )
  // The provider looks at the prototypes of what it is given, and those of Jest's are not its own: it runs beside.
  const provider = fork(path('src/cli/demo/identity/main.ts'), [], {
    execArgv: ['--import', path('test/support/typescript.js')],
    env: { ...process.env, NODE_OPTIONS: '' },
    silent: true,
  })
  const ended = new Promise((settle) => provider.once('exit', settle))
  const ask = async (message: FromParent): Promise<ToParent> => {
    const answered = once(provider, 'message')
    provider.send(message)
    return (await answered)[0]
  }
  let service: TestService | undefined
  try {
    const answer = await ask({
      start: {
        port: 0,
        client: {
          client_id: 'keyplan',
          token_endpoint_auth_method: 'private_key_jwt',
          token_endpoint_auth_signing_alg: 'ES256',
          jwks: { keys: [{ ...(await exportJWK(publicKey)), kid: 'login', alg: 'ES256' }] },
        },
      },
    })
    if (!('issuer' in answer)) throw new Error(`The provider did not start: ${JSON.stringify(answer)}`)
    const { issuer } = answer
    const identity = { name: 'Hospital sign-in', issuer, clientId: 'keyplan', privateKeyFile: 'key.json', ...MAPPING }
    await writeFile(join(folder, 'identity.json'), JSON.stringify(identity))
    service = await startService({ environment: { KEYPLAN_IDENTITY: join(folder, 'identity.json') } })
    await ask({ keyplan: service.baseUrl })

    const browser = httpBrowser()
    const asked = await browser.get(`${service.baseUrl}/sign-in`)
    const me = await browser.post(asked.url, { account: 'sian' })
    expect([me.url, me.text]).toEqual([`${service.baseUrl}/me`, expect.stringContaining('Siân Synthetic')])
  } finally {
    await service?.stop()
    provider.kill()
    await ended
    await rm(folder, { recursive: true, force: true })
  }
}, 120_000)
