import { readFileSync } from 'node:fs'
import { expect, test } from '@jest/globals'
import { ConfigError, readConfig } from '../../src/config.ts'
import { keyplan } from '../support/command.ts'

const page = readFileSync(new URL('../../docs/operations.md', import.meta.url), 'utf8')

/** What stands in code in the first column of the table below a heading. */
const named = (heading: string): string[] => {
  const section = page.split(/^## /m).find((one) => one.startsWith(`${heading}\n`)) ?? ''
  return [...section.matchAll(/^\| (`[^|]+) \|/gm)]
    .flatMap(([, cell = '']) => [...cell.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name))
    .sort()
}

const help = async (...args: string[]): Promise<string> => {
  const command = keyplan([...args, '--help'])
  await command.ended
  return command.stdout()
}

/** The settings that a configuration with a wrong one says that there are. */
const known = (): string[] => {
  try {
    readConfig({ KEYPLAN_NOWHERE: 'x' })
  } catch (error) {
    if (error instanceof ConfigError)
      return [...error.message.matchAll(/KEYPLAN_[A-Z_]+(?=[,.])/g)].map(([name]) => name)
  }
  return []
}

test('the settings are those of keyplan serve --help, and those that begin with KEYPLAN_ are all that the configuration knows', async () => {
  const shown = [...(await help('serve')).matchAll(/^ {2}([A-Z][A-Z_]+)(?: |$)/gm)].map(([, name = '']) => name)
  expect(named('Settings')).toEqual(shown.sort())
  expect(named('Settings').filter((name) => name.startsWith('KEYPLAN_'))).toEqual(known().sort())
})

test('the commands are those of keyplan --help', async () => {
  const shown = [...(await help()).matchAll(/^ {2}([a-z]+) {2,}/gm)].map(([, name]) => `keyplan ${name}`)
  expect(named('Commands')).toEqual(shown.sort())
})
