import { type FileHandle, open, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Kept } from './shelf.ts'

/** One line of the log: what was applied, and where in the file of documents its text stands. */
type Line = Kept & Readonly<{ offset: number; length: number }>

const LOG = 'applications.jsonl'
const DOCUMENTS = 'documents'

/** The applications in the log of a folder, in their order. What a kill left half written was never answered, and is not among them. */
export const readApplications = async (folder: string): Promise<Kept[]> => (await readLines(folder)).lines

const readLines = async (folder: string): Promise<{ lines: Line[]; bytes: number }> => {
  const text = await readFile(join(folder, LOG), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return ''
    throw error
  })
  const whole = text.slice(0, text.lastIndexOf('\n') + 1)
  return {
    lines: whole
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as Line),
    bytes: Buffer.byteLength(whole),
  }
}

/**
 * The durable memory of a recipient: two files that are only ever appended to. `settle` resolves when everything appended before it is on the disk,
 * so that what was answered survives a kill; many that wait share one flush.
 */
export const openJournal = async (folder: string) => {
  const [log, documents] = await Promise.all([LOG, DOCUMENTS].map((file) => open(join(folder, file), 'a+')))
  if (log === undefined || documents === undefined) throw new Error(`The journal in ${folder} cannot be opened.`)
  const { lines, bytes } = await readLines(folder)
  await log.truncate(bytes)
  let end = (await documents.stat()).size
  const places = new Map(lines.map((line) => [keyOf(line), line]))
  let texts: Buffer[] = []
  let waiting: Line[] = []
  let flushing: Promise<void> | undefined

  const flush = async (): Promise<void> => {
    const [newTexts, newLines] = [texts, waiting]
    texts = []
    waiting = []
    if (newLines.length === 0) return
    await documents.appendFile(Buffer.concat(newTexts))
    await documents.datasync()
    await log.appendFile(newLines.map((line) => `${JSON.stringify(line)}\n`).join(''))
    await log.datasync()
  }

  const settle = async (): Promise<void> => {
    // The flush under way may have begun before what the caller waits for was appended.
    await flushing
    flushing ??= flush().finally(() => {
      flushing = undefined
    })
    await flushing
  }

  return {
    known: lines as readonly Kept[],
    append(kept: Kept, text: string): void {
      const buffer = Buffer.from(text)
      const line = { ...kept, offset: end, length: buffer.length }
      end += buffer.length
      places.set(keyOf(kept), line)
      texts.push(buffer)
      waiting.push(line)
    },
    settle,
    /** The document as it came. It must have settled. */
    text: async (kept: Kept): Promise<string> => readAt(documents, places.get(keyOf(kept)) as Line),
    close: async (): Promise<void> => {
      await settle()
      await Promise.all([log.close(), documents.close()])
    },
  }
}

const keyOf = ({ patient, version }: Pick<Kept, 'patient' | 'version'>): string => `${patient}/${version}`

const readAt = async (file: FileHandle, { offset, length }: Line): Promise<string> => {
  const { buffer } = await file.read(Buffer.alloc(length), 0, length, offset)
  return buffer.toString('utf8')
}
