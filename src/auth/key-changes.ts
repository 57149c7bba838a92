/** How the signing keys are changed while the service runs: the new one is published beside the old one first, and signs later. */
import { randomUUID } from 'node:crypto'
import { readFile, rename, rm, writeFile } from 'node:fs/promises'
import type { JWK } from 'jose'
import { keysOf } from './key-file.ts'
import { generateSigningKey, keySetText, parseKeySet } from './keys.ts'

/** `next`: it is to sign when it is told to; a member of our own, for an old key may have kept its private half too. */
type Key = JWK & { next?: true }

const refuse = (file: string, what: string): Error => new Error(`${file} ${what}. Nothing was changed.`)

const readKeys = async (file: string): Promise<Key[]> => {
  const content = await readFile(file, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    throw refuse(file, `cannot be read (${cause.code}); the service makes it when it first starts`)
  })
  await parseKeySet(file, content)
  return keysOf(content, (what) => refuse(file, what)) as Key[]
}

/** Replaces the file whole or not at all: whoever reads it meanwhile reads the old keys or the new ones. */
const replace = async (file: string, keys: readonly Key[]): Promise<void> => {
  const content = keySetText(keys)
  await parseKeySet(file, content)
  const draft = `${file}.${randomUUID()}`
  try {
    await writeFile(draft, content, { mode: 0o600, flag: 'wx', flush: true })
    await rename(draft, file)
  } finally {
    await rm(draft, { force: true })
  }
}

/** Puts a new key at the end of the file, where it is published and signs nothing; answers its kid. Throws where one waits there already. */
export const addSigningKey = async (file: string): Promise<string> => {
  const keys = await readKeys(file)
  if (keys.some(({ next }) => next))
    throw refuse(file, 'holds a new key already, which does not sign yet. Use it, or take it out')
  const added = await generateSigningKey()
  await replace(file, [...keys, { ...added, next: true }])
  return added.kid
}

/**
 * Lets the new key sign; answers its kid. The others stay to verify what they signed, without their private halves: nothing is to be signed with
 * them again. Throws where there is no new key.
 */
export const useNewSigningKey = async (file: string): Promise<string> => {
  const keys = await readKeys(file)
  const added = keys.find(({ next }) => next)
  if (added === undefined) throw refuse(file, 'holds no new key. Add one first')
  const { next: _, ...first } = added
  await replace(file, [first, ...keys.filter((key) => key !== added).map(({ d: _private, ...published }) => published)])
  const { kid } = await parseKeySet(file, await readFile(file, 'utf8'))
  return kid
}
