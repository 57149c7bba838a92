import { createReadStream } from 'node:fs'
import { readFile, stat } from 'node:fs/promises'
import { textOfUtf8 } from '../../fhir/utf8.ts'
import { formatOf, type Submission } from '../../validation/report/check.ts'
import { reasonOf, STANDARD_INPUT } from './files.ts'

/** A resource in a file; of a file with one on each line, which line it is. */
export type Piece = Submission & Readonly<{ firstLine: number }>

/** Above this, a file is no resource that anybody exchanges, and reading it would take the memory of the machine. */
const LARGEST = 200_000_000

const endingOf = (path: string): string => path.slice(path.lastIndexOf('.') + 1).toLowerCase()

const refused = (error: unknown): never => {
  throw new Error(`The file cannot be read: ${reasonOf(error)}.`)
}

const MOST = `at most ${LARGEST / 1_000_000} are read. Split it.`

const bytesOf = async (path: string): Promise<Buffer> => {
  const { size } = await stat(path).catch(refused)
  if (size > LARGEST) throw new Error(`The file has ${Math.ceil(size / 1_000_000)} MB; ${MOST}`)
  return readFile(path).catch(refused)
}

/** How much there is is known only when it ends. */
const bytesOfInput = async (): Promise<Buffer> => {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of createReadStream('', { fd: 0, autoClose: false })) {
    size += chunk.length
    if (size > LARGEST) throw new Error(`This has more than ${LARGEST / 1_000_000} MB; ${MOST}`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

/** Throws an Error that says why there is no text to read. */
const textOf = async (path: string): Promise<string> => {
  const text = textOfUtf8(await (path === STANDARD_INPUT ? bytesOfInput() : bytesOf(path)))
  if (text === undefined) throw new Error('The file is not in UTF-8, which FHIR asks for. Save it as UTF-8.')
  return text
}

/** The resources of a file as text, one for each line of NDJSON. Throws an Error where it cannot be read. */
export const piecesOf = async (path: string): Promise<readonly Piece[]> => {
  const text = await textOf(path)
  const ending = endingOf(path)
  if (ending !== 'ndjson') {
    if (text.trim() === '') throw new Error('The file is empty. Expected a FHIR resource.')
    const format = ending === 'xml' || ending === 'json' ? ending : formatOf(text)
    return [{ text, format, firstLine: 1 }]
  }
  return text
    .split(/\r?\n/)
    .map((line, index): Piece => ({ text: line, format: 'json', firstLine: index + 1 }))
    .filter((piece) => piece.text.trim() !== '')
}
