import { createHash } from 'node:crypto'

/**
 * Names for what is extracted from one text: `urn:uuid:` of a version 8 UUID (RFC 9562 section 5.8) made from the text and the
 * name of a part of it. The same response gives the same addresses, another response gives others.
 */
export const fullUrls = (text: string): ((part: string) => string) => {
  const seed = createHash('sha256').update(text).digest()
  return (part) => {
    const bytes = createHash('sha256').update(seed).update(part).digest().subarray(0, 16)
    bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x80, 6)
    bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8)
    const hex = bytes.toString('hex')
    return `urn:uuid:${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
  }
}
