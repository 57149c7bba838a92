/** Certificates of a test, self-signed with P-256 (X.509 in DER, RFC 5280), good for a day. */
import { generateKeyPairSync, randomBytes, sign } from 'node:crypto'

const element = (tag: number, ...parts: readonly Uint8Array[]): Buffer => {
  const content = Buffer.concat(parts)
  const { length } = content
  const size = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 255]
  return Buffer.concat([Buffer.from([tag, ...size]), content])
}

const SEQUENCE = 0x30
const sequence = (...parts: readonly Uint8Array[]): Buffer => element(SEQUENCE, ...parts)
const object = (hex: string): Buffer => element(0x06, Buffer.from(hex, 'hex'))
const time = (at: Date): Buffer =>
  element(0x18, Buffer.from(`${at.toISOString().replace(/[-:T]/g, '').slice(0, 14)}Z`, 'latin1'))

const ECDSA_WITH_SHA256 = sequence(object('2a8648ce3d040302'))
const COMMON_NAME = object('550403')
const SUBJECT_ALTERNATIVE_NAME = object('551d11')
const DAY_MS = 86_400_000

/** Certificate and private key in PEM. */
export type Certificate = Readonly<{ certificate: string; key: string; der: Buffer }>

/** For a server on this machine, and for a client. */
export const makeCertificate = (name: string): Certificate => {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const called = sequence(element(0x31, sequence(COMMON_NAME, element(0x0c, Buffer.from(name)))))
  const names = sequence(element(0x82, Buffer.from('localhost')), element(0x87, Buffer.from([127, 0, 0, 1])))
  const now = Date.now()
  const content = sequence(
    element(0xa0, element(0x02, Buffer.from([2]))),
    element(0x02, Buffer.concat([Buffer.from([1]), randomBytes(15)])),
    ECDSA_WITH_SHA256,
    called,
    sequence(time(new Date(now - DAY_MS / 2)), time(new Date(now + DAY_MS / 2))),
    called,
    publicKey.export({ type: 'spki', format: 'der' }),
    element(0xa3, sequence(sequence(SUBJECT_ALTERNATIVE_NAME, element(0x04, names)))),
  )
  const signature = sign('sha256', content, privateKey)
  const der = sequence(content, ECDSA_WITH_SHA256, element(0x03, Buffer.from([0]), signature))
  const lines = der.toString('base64').replace(/.{64}/g, '$&\n').trimEnd()
  return {
    certificate: `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`,
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    der,
  }
}
