import { createHmac, timingSafeEqual } from 'node:crypto'
import { problem } from '../../fhir/outcome.ts'
import type { Position } from '../../search/sql/statement.ts'

/**
 * Where a page begins: after a resource in the order of types and ids, or at a place of a search that was kept. `hidden`: its parameters stand in
 * no link.
 */
export type Cursor = Readonly<{ after: Position }> | Kept
export type Kept = Readonly<{ kept: string; from: number; hidden: boolean }>

type Sealed = [string, string | number, boolean?]

const macOf = (key: Buffer, payload: string, bound: string): Buffer =>
  createHmac('sha256', key).update(`search-page\n${payload}\n${bound}`).digest()

/** A cursor as it stands in a link: signed, and good for nobody and nothing other than what it is `bound` to. */
export const sealCursor = (key: Buffer, cursor: Cursor, bound: string): string => {
  const plain = 'after' in cursor ? [cursor.after.type, cursor.after.id] : [cursor.kept, cursor.from, cursor.hidden]
  const payload = Buffer.from(JSON.stringify(plain)).toString('base64url')
  return `${payload}.${macOf(key, payload, bound).toString('base64url')}`
}

/** The cursor that was sealed. Throws `bad-request` for another's, for one of another search, and for what is no cursor. */
export const openCursor = (key: Buffer, text: string, bound: string): Cursor => {
  const [payload = '', mac = ''] = text.split('.')
  const expected = macOf(key, payload, bound)
  const given = Buffer.from(mac, 'base64url')
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) {
    throw problem(
      'bad-request',
      'search-page-invalid',
      '_page is set by KeyPlan in the link to another page. Follow that link as it is, as the client that was given it.',
      { expression: '_page', code: 'value' },
    )
  }
  const [first, second, hidden = false] = JSON.parse(Buffer.from(payload, 'base64url').toString()) as Sealed
  return typeof second === 'string' ? { after: { type: first, id: second } } : { kept: first, from: second, hidden }
}
