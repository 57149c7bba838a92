import { createHash } from 'node:crypto'
import { childOrSelf } from '../children.ts'
import type { Node } from '../invariants/invariant.ts'
import { type Check, findingAt, type Run, type Spot } from '../spot.ts'

const isBase64 = (text: string): boolean => text.length % 4 === 0

const checkSize = (spot: Spot, bytes: Buffer, size: number, run: Run): void => {
  if (bytes.length === size) return
  run.report(
    findingAt(
      childOrSelf(spot, 'size'),
      'attachment-size',
      'invalid',
      `The data has ${bytes.length} bytes, not ${size}.`,
      {
        value: String(size),
        expected: String(bytes.length),
        hint: 'Correct the size, or leave it out; check that the data is whole.',
      },
    ),
  )
}

const checkHash = (spot: Spot, bytes: Buffer, hash: string, run: Run): void => {
  const expected = createHash('sha1').update(bytes).digest('base64')
  if (hash.replace(/\s+/g, '') === expected) return
  run.report(
    findingAt(
      childOrSelf(spot, 'hash'),
      'attachment-hash',
      'invalid',
      'The hash is not that of the data, so the data may have been changed.',
      {
        value: hash,
        expected,
        hint: 'Check that the data is whole; the hash is SHA-1, its bytes in base64.',
      },
    ),
  )
}

/**
 * An Attachment has what it says about it: as many bytes, and their hash (http://hl7.org/fhir/R4/datatypes-definitions.html#Attachment). One without
 * content says what content was wanted, by its type or language (http://hl7.org/fhir/R4/datatypes.html#Attachment).
 */
export const checkAttachment: Check = (spot, run) => {
  const { data, url, contentType, language, size, hash, _data, _url, extension } = spot.value as Node
  if (typeof data === 'string') {
    if (typeof size !== 'number' && typeof hash !== 'string') return
    const packed = data.replace(/\s+/g, '')
    // Data that is no base64 is told with the structure.
    if (!isBase64(packed)) return
    const bytes = Buffer.from(packed, 'base64')
    if (typeof size === 'number') checkSize(spot, bytes, size, run)
    if (typeof hash === 'string') checkHash(spot, bytes, hash, run)
    return
  }
  if ([url, contentType, language, _data, _url, extension].some((one) => one !== undefined)) return
  run.report(
    findingAt(
      spot,
      'attachment-empty',
      'business-rule',
      'This attachment has no content, and does not say of what type one is wanted.',
      {
        severity: 'warning',
        expected: 'data, url, contentType or language',
        hint: 'Add the content or where it is, or say of what type or in what language it should be.',
      },
    ),
  )
}
