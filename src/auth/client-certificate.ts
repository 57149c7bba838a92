/** With which certificate a request came (RFC 8705, mutual TLS): by the TLS that KeyPlan serves itself, or as a proxy before it says. */
import { createHash, X509Certificate } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { TLSSocket } from 'node:tls'

/**
 * The thumbprint of the certificate with which a request came, as `cnf.x5t#S256` of a token has it: SHA-256 over its DER, in base64url. Undefined
 * where it came with none. That the sender holds the key is what TLS has proven; by whom the certificate was signed does not matter here.
 */
export type CertificateOf = (incoming: Pick<IncomingMessage, 'headers' | 'socket'>) => string | undefined

/** `header`: where a proxy that ends TLS writes the certificate; it must take away what clients write there. Without one, only our own TLS counts. */
export const certificateFrom = (header: string | undefined): CertificateOf =>
  header === undefined ? ({ socket }) => ofSocket(socket) : ({ headers }) => ofHeader(headers[header.toLowerCase()])

const thumbprint = (der: Uint8Array): string => createHash('sha256').update(der).digest('base64url')

const ofSocket = (socket: IncomingMessage['socket']): string | undefined => {
  const certificate = socket instanceof TLSSocket ? socket.getPeerX509Certificate() : undefined
  return certificate === undefined ? undefined : thumbprint(certificate.raw)
}

/** RFC 9440: the DER in base64 between colons. */
const BYTES = /^:([A-Za-z0-9+/]+={0,2}):$/

/** As RFC 9440 writes it, or PEM in percent signs, as proxies did before. What is neither is no certificate. */
const ofHeader = (value: string | string[] | undefined): string | undefined => {
  if (typeof value !== 'string') return undefined
  try {
    const der = BYTES.exec(value.trim())?.[1]
    return thumbprint(
      new X509Certificate(der === undefined ? decodeURIComponent(value) : Buffer.from(der, 'base64')).raw,
    )
  } catch {
    return undefined
  }
}
