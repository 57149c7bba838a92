import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { ROOT } from './part.ts'

const FILE = join(ROOT, '.keyplan-test', 'seconds.json')

/** How many seconds each part took in this checkout when it last passed, by its name. */
export const remembered = (): Record<string, number> => {
  try {
    return JSON.parse(readFileSync(FILE, 'utf8'))
  } catch {
    return {}
  }
}

export const remember = (seconds: Readonly<Record<string, number>>): void => {
  mkdirSync(dirname(FILE), { recursive: true })
  writeFileSync(FILE, JSON.stringify({ ...remembered(), ...seconds }, undefined, 2))
}
