import type { Located } from '../../../validation/report/check.ts'
import { inReadingOrder } from '../../../validation/report/reading-order.ts'
import type { Checked } from '../check.ts'
import type { Summary } from '../summary.ts'
import type { Format } from './format.ts'

export type HumanOptions = Readonly<{
  colours: boolean
  /** Notes (severity information) too, and files in which nothing is wrong. */
  all: boolean
}>

const MARK = { fatal: '✗ error', error: '✗ error', warning: '! warning', information: 'i note' } as const
const COLOUR = { fatal: 31, error: 31, warning: 33, information: 36 } as const

/** Addresses of one kind that are named at the end; the others are counted. */
const MOST_NAMED = 5

/** Characters of what was expected: a constraint can be longer than anybody reads. */
const LONGEST_EXPECTED = 200

/** What would move the cursor, colour the screen or turn the direction of writing is one sign each, so that places still tally. */
const harmless = (text: string): string => text.replace(/[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu, '\ufffd')

/** For people at a terminal: what is wrong, the line that it stands in, what was expected, and how to mend it. */
export const human = ({ colours, all }: HumanOptions): Format => {
  const paint = (code: number, text: string): string =>
    colours ? `\u001b[${code}m${harmless(text)}\u001b[0m` : harmless(text)
  const bold = (text: string): string => paint(1, text)
  const soft = (text: string): string => paint(2, text)

  const finding = (found: Located): string => {
    const { severity, expression, place, source, text, value, expected, hint, rule, profile, key } = found
    const head = [
      paint(COLOUR[severity], MARK[severity]),
      ...(expression === undefined ? [] : [bold(expression)]),
      ...(place === undefined ? [] : [soft(`line ${place.line}, column ${place.column}`)]),
    ]
    const lines = [`  ${head.join('  ')}`, `    ${harmless(text)}`]
    if (source !== undefined && place !== undefined && saysMore(found)) {
      const number = String(place.line).padStart(6)
      lines.push(
        `  ${soft(`${number} │`)} ${harmless(source.text)}`,
        `  ${soft(`${' '.repeat(6)} │`)} ${' '.repeat(source.from)}${paint(COLOUR[severity], '^'.repeat(source.to - source.from))}`,
      )
    }
    const named = (label: string, said: string | undefined): void => {
      if (said !== undefined) lines.push(`    ${soft(label.padEnd(9))} ${harmless(said)}`)
    }
    named('Seen', value)
    named('Expected', expected === undefined ? undefined : shortened(expected))
    named('Mend it', hint)
    named('Rule', [rule ?? key, profile].filter((part) => part !== undefined).join(' of '))
    return `${lines.join('\n')}\n`
  }

  const result = ({ file, resourceType, valid, findings }: Checked): string => {
    const told = inReadingOrder(findings).filter(({ severity }) => all || severity !== 'information')
    if (told.length === 0 && !all) return ''
    const verdict = valid ? paint(32, 'valid') : paint(31, 'invalid')
    return `${bold(file)}  ${harmless(resourceType ?? 'no resource')}, ${verdict}\n${told.map((each) => `\n${finding(each)}`).join('')}\n`
  }

  return { result, end: (summary) => ending(summary, bold, all) }
}

/** True where the line shows more than that something begins in it: what is said of a whole resource, or of what is missing, is not to be seen there. */
const saysMore = ({ expression, source }: Located): boolean =>
  expression === undefined || (expression.includes('.') && /\w/.test(source?.text ?? ''))

const shortened = (text: string): string =>
  text.length <= LONGEST_EXPECTED ? text : `${text.slice(0, LONGEST_EXPECTED)}…`

const count = (number: number, one: string, many = `${one}s`): string => `${number} ${number === 1 ? one : many}`

const ending = (summary: Summary, bold: (text: string) => string, all: boolean): string => {
  const { files, resources, valid, invalid, errors, warnings, notes, unchecked, milliseconds } = summary
  const hidden = notes > 0 && !all ? ' (--all shows the notes)' : ''
  const lines = [
    bold(
      `${count(resources, 'resource')} in ${count(files, 'file')}: ${valid} valid, ${invalid} invalid. ${count(errors, 'error')}, ${count(warnings, 'warning')}, ${count(notes, 'note')}${hidden}. ${(milliseconds / 1000).toFixed(2)} s`,
    ),
  ]
  const names = {
    profiles: 'profile',
    extensions: 'extension',
    codeSystems: 'code system',
    valueSets: 'value set',
  } as const
  for (const [kind, name] of Object.entries(names) as [keyof typeof names, string][]) {
    const missing = unchecked[kind]
    if (missing.length === 0) continue
    const named = missing.slice(0, MOST_NAMED).map(([address]) => address)
    const more = missing.length > MOST_NAMED ? `, and ${missing.length - MOST_NAMED} more` : ''
    lines.push(
      `Not checked, for it is not loaded${kind === 'valueSets' ? ' or its codes cannot be listed here' : ''}: ${count(missing.length, name)} (${named.join(', ')}${more}). --package loads more.`,
    )
  }
  return `${lines.join('\n')}\n`
}
