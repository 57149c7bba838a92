import { randomUUID } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type CryptoKey, importJWK, SignJWT } from 'jose'
import { TEST_CLIENTS } from '../../src/config.ts'

/** A client assertion of a synthetic client, signed with its test key (SMART Backend Services). */
export const assertionOf = async (client: string, tokenUrl: string): Promise<string> => {
  const key = JSON.parse(await readFile(join(TEST_CLIENTS, `${client}.private.json`), 'utf8'))
  const seconds = Math.floor(Date.now() / 1000)
  return new SignJWT()
    .setProtectedHeader({ alg: 'ES384', kid: key.kid, typ: 'JWT' })
    .setIssuer(client)
    .setSubject(client)
    .setAudience(tokenUrl)
    .setIssuedAt(seconds)
    .setExpirationTime(seconds + 120)
    .setJti(randomUUID())
    .sign((await importJWK(key, 'ES384')) as CryptoKey)
}
