/** Arrays as PostgreSQL takes them as parameters, without the general way of `pg`, which writes, quotes and escapes element by element. */

const TEXT = 25
const HEAD_BYTES = 20

/** The head of an array in binary format (array_recv in PostgreSQL's arrayfuncs.c): one dimension that begins at 1. */
const writeHead = (array: Buffer, type: number, values: readonly unknown[]): void => {
  array.writeInt32BE(1, 0)
  array.writeInt32BE(values.includes(null) ? 1 : 0, 4)
  array.writeInt32BE(type, 8)
  array.writeInt32BE(values.length, 12)
  array.writeInt32BE(1, 16)
}

/** Numbers of four bytes, the first of which are zero, as characters of one byte each. */
const NUMBERS: readonly string[] = Array.from({ length: 128 }, (_, number) => `\0\0\0${String.fromCharCode(number)}`)

/** A `text[]` in binary format: nothing has to be escaped here or parsed there. */
export const texts = (values: readonly (string | null)[]): Buffer | string => {
  if (values.length === 0) return '{}'
  return fewShortTexts(values) ?? anyTexts(values)
}

/**
 * Most arrays are few and short texts of ASCII. They are put together as one text and leave JavaScript once, which otherwise costs more than all else;
 * undefined for those that are not.
 */
const fewShortTexts = (values: readonly (string | null)[]): Buffer | undefined => {
  let array = `${NUMBERS[1]}${NUMBERS[0]}${NUMBERS[TEXT]}${NUMBERS[values.length]}${NUMBERS[1]}`
  for (const value of values) {
    if (value === null || value.length >= NUMBERS.length) return undefined
    array += NUMBERS[value.length] + value
  }
  return values.length < NUMBERS.length && Buffer.byteLength(array) === array.length
    ? Buffer.from(array, 'latin1')
    : undefined
}

const anyTexts = (values: readonly (string | null)[]): Buffer => {
  let size = HEAD_BYTES
  for (const value of values) size += value === null ? 4 : 4 + Buffer.byteLength(value)
  const array = Buffer.allocUnsafe(size)
  writeHead(array, TEXT, values)
  let at = HEAD_BYTES
  for (const value of values) {
    const written = value === null ? -1 : array.write(value, at + 4)
    array.writeInt32BE(written, at)
    at += 4 + Math.max(0, written)
  }
  return array
}

/** An array of numbers or booleans as a literal: none of them holds a character that needs quotes. */
export const plain = (values: readonly (number | boolean | null)[]): string =>
  `{${values.map((value) => (value === null ? 'NULL' : value)).join()}}`

const TIMESTAMPTZ = 1184
const INSTANT_BYTES = 12
/** From 1970, where JavaScript begins to count, to 2000, where PostgreSQL does. */
const EPOCH_MS = 946_684_800_000

/** So many milliseconds as microseconds in eight bytes. In parts that a number holds exactly: a BigInt costs three times as much. */
const writeMicroseconds = (array: Buffer, milliseconds: number, at: number): void => {
  const blocks = Math.floor(milliseconds / 2 ** 22)
  const high = Math.floor((blocks * 1_000) / 2 ** 10)
  const low = (blocks * 1_000 - high * 2 ** 10) * 2 ** 22 + (milliseconds - blocks * 2 ** 22) * 1_000
  array.writeInt32BE(high + Math.floor(low / 2 ** 32), at)
  array.writeUInt32BE(low % 2 ** 32, at + 4)
}

/** A `timestamptz[]` in binary format, of moments or what `Date.parse` reads: microseconds in eight bytes each. */
export const instants = (values: readonly (Date | string | null)[]): Buffer | string => {
  if (values.length === 0) return '{}'
  const array = Buffer.alloc(HEAD_BYTES + INSTANT_BYTES * values.length)
  writeHead(array, TIMESTAMPTZ, values)
  let at = HEAD_BYTES
  for (const value of values) {
    if (value === null) {
      array.writeInt32BE(-1, at)
      at += 4
    } else {
      array.writeInt32BE(8, at)
      const milliseconds = typeof value === 'string' ? Date.parse(value) : value.getTime()
      writeMicroseconds(array, milliseconds - EPOCH_MS, at + 4)
      at += INSTANT_BYTES
    }
  }
  return array.subarray(0, at)
}
