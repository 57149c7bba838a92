import { createHash, randomBytes } from 'node:crypto'

/** 256 random bits, as a cookie, a code or a token carries them: 43 characters of base64url. */
export const newSecret = (): string => randomBytes(32).toString('base64url')

const SECRET = /^[A-Za-z0-9_-]{43}$/

/** Whether a text may be a secret of ours at all. */
export const isSecret = (text: string | null | undefined): text is string =>
  typeof text === 'string' && SECRET.test(text)

/** What is stored of a secret. It is as random as the hash is long, so it needs no salt and no slow hash. */
export const hashed = (secret: string): Buffer => createHash('sha256').update(secret).digest()
