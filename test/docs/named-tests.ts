/** Pages of docs/ that name the tests which show what they say: `file` › `title`. */
import { existsSync, readFileSync } from 'node:fs'

const root = new URL('../../', import.meta.url)

export const readPage = (path: string): string => readFileSync(new URL(path, root), 'utf8')

export type NamedTest = Readonly<{ file: string; title: string }>

export const namedTests = (page: string): NamedTest[] =>
  [...page.matchAll(/`(test\/[^`]+)` › `([^`]+)`/g)].map(([, file = '', title = '']) => ({ file, title }))

/** Whether a file has a test of this title, as it stands in the code or in a file of cases. */
export const isThere = ({ file, title }: NamedTest): boolean => {
  if (!existsSync(new URL(file, root))) return false
  const text = readPage(file).replaceAll("\\'", "'")
  return ["'", '"', '`'].some((quote) => text.includes(quote + title))
}

/** The lines of the tables of a page or section, their heads left out. */
export const tableLines = (text: string): string[] => {
  const lines = text.split('\n')
  return lines.filter(
    (line, index) =>
      line.startsWith('| ') && !line.startsWith('| --- ') && !(lines[index + 1] ?? '').startsWith('| --- '),
  )
}
