import { isUtf8 } from 'node:buffer'
import { readFile } from 'node:fs/promises'
import type { Submission } from '../../validation/report/check.ts'

/** A resource in a file; of a file with one on each line, which line it is. */
export type Piece = Submission & Readonly<{ firstLine: number }>

/** Above this, a file is no resource that anybody exchanges, and reading it would take the memory of the machine. */
const LARGEST = 200_000_000

const endingOf = (path: string): string => path.slice(path.lastIndexOf('.') + 1).toLowerCase()

/** The resources of a file as text, one for each line of NDJSON. Throws an Error where it cannot be read. */
export const piecesOf = async (path: string): Promise<readonly Piece[]> => {
  const bytes = await readFile(path)
  if (bytes.length > LARGEST) throw new Error(`The file is larger than ${LARGEST} bytes. Split it.`)
  if (!isUtf8(bytes)) throw new Error('The file is not UTF-8, which FHIR asks for. Save it as UTF-8.')
  const text = bytes.toString('utf8').replace(/^\ufeff/, '')
  const ending = endingOf(path)
  if (ending !== 'ndjson') return [{ text, format: ending === 'xml' ? 'xml' : 'json', firstLine: 1 }]
  return text
    .split('\n')
    .map((line, index): Piece => ({ text: line, format: 'json', firstLine: index + 1 }))
    .filter((piece) => piece.text.trim() !== '')
}
