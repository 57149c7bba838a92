import { isUtf8 } from 'node:buffer'

const BYTE_ORDER_MARK = '\ufeff'

/** The text of these bytes without the byte order mark that some programs put before it (RFC 8259, section 8.1); undefined where they are not UTF-8. */
export const textOfUtf8 = (bytes: Uint8Array): string | undefined => {
  if (!isUtf8(bytes)) return undefined
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8')
  return text.startsWith(BYTE_ORDER_MARK) ? text.slice(1) : text
}
