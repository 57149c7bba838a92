import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { exportJWK, generateKeyPair, type JWK } from 'jose'
import { newFolder } from './support.ts'

/** A folder with the registration of a client that signs with RS384, and that client's private key. */
export const registerRsaClient = async (): Promise<{ folder: string; privateKey: JWK }> => {
  const { publicKey, privateKey } = await generateKeyPair('RS384', { extractable: true })
  const folder = await newFolder()
  const registration = {
    clientId: 'rsa-client',
    name: 'Synthetic client with an RSA key',
    role: 'care-home',
    organization: { ods: 'ZZ910', name: 'Synthetic care home' },
    scopes: ['system/CarePlan.rs'],
    jwks: { keys: [{ ...(await exportJWK(publicKey)), kid: 'rsa', alg: 'RS384' }] },
  }
  await writeFile(join(folder, 'rsa-client.json'), JSON.stringify(registration))
  return { folder, privateKey: { ...(await exportJWK(privateKey)), kid: 'rsa', alg: 'RS384' } }
}
