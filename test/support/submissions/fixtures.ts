import { readFileSync } from 'node:fs'

export const ROOT = new URL('../../../', import.meta.url)

/** A JSON file of the checkout. */
export const json = (path: string): unknown => JSON.parse(readFileSync(new URL(path, ROOT), 'utf8'))
