import { randomFillSync } from 'node:crypto'

/** Random bytes of the next ids: asking for many at a time costs little more than asking for those of one. */
const random = Buffer.alloc(4_096)
let used = random.length

const nextRandom = (): Buffer => {
  if (used === random.length) {
    randomFillSync(random)
    used = 0
  }
  used += 16
  return random.subarray(used - 16, used)
}

/** A new resource id: UUID version 7 (RFC 9562, section 5.7), so that ids made one after the other stand side by side in the indexes. */
export const newId = (now: number = Date.now()): string => {
  const bytes = nextRandom()
  bytes.writeUIntBE(now, 0, 6)
  bytes[6] = ((bytes[6] as number) & 0x0f) | 0x70
  bytes[8] = ((bytes[8] as number) & 0x3f) | 0x80
  const hex = bytes.toString('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
}
