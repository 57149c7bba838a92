/** Arrays as PostgreSQL takes them as parameters, without the general way of `pg`, which writes, quotes and escapes element by element. */

const TEXT = 25
const HEAD_BYTES = 20

/**
 * A `text[]` in binary format (array_recv in PostgreSQL's arrayfuncs.c): one dimension that begins at 1; nothing has to be escaped here or
 * parsed there.
 */
export const texts = (values: readonly (string | null)[]): Buffer | string => {
  if (values.length === 0) return '{}'
  let size = HEAD_BYTES
  for (const value of values) size += value === null ? 4 : 4 + Buffer.byteLength(value)
  const array = Buffer.allocUnsafe(size)
  array.writeInt32BE(1, 0)
  array.writeInt32BE(values.includes(null) ? 1 : 0, 4)
  array.writeInt32BE(TEXT, 8)
  array.writeInt32BE(values.length, 12)
  array.writeInt32BE(1, 16)
  let at = HEAD_BYTES
  for (const value of values) {
    const written = value === null ? -1 : array.write(value, at + 4)
    array.writeInt32BE(written, at)
    at += 4 + Math.max(0, written)
  }
  return array
}

/** An array of numbers, booleans or moments as a literal: none of them holds a character that needs quotes. */
export const plain = (values: readonly (number | boolean | Date | null)[]): string =>
  `{${values.map((value) => (value === null ? 'NULL' : value instanceof Date ? value.toISOString() : value)).join()}}`
