import { execFile } from 'node:child_process'
import { createReadStream, existsSync } from 'node:fs'
import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { createBrotliDecompress } from 'node:zlib'
import chromium from '@sparticuz/chromium'
import { type Browser, chromium as playwright } from 'playwright-core'
import { extract } from 'tar-stream'

/** The libraries that Chromium needs and that a machine may not have, as its npm package brings them. */
const LIBRARIES = new URL('../../bin/al2023.tar.br', import.meta.resolve('@sparticuz/chromium'))

/** Where the npm package unpacks it is the folder for temporary files, which only a process of its own can have for itself. */
const UNPACK = "import('@sparticuz/chromium').then(({ default: chromium }) => chromium.executablePath())"

const unpackLibraries = async (folder: string): Promise<void> => {
  const files = createReadStream(fileURLToPath(LIBRARIES)).pipe(createBrotliDecompress()).pipe(extract())
  for await (const file of files) {
    if (file.header.type === 'directory') {
      file.resume()
      continue
    }
    const chunks: Buffer[] = []
    for await (const chunk of file) chunks.push(chunk as Buffer)
    await writeFile(join(folder, basename(file.header.name)), Buffer.concat(chunks), { mode: 0o755 })
  }
}

/** The folder of Chromium and its libraries; put in place whole, so that of tests that start it at the same time each finds all of it or nothing. */
const unpacked = async (): Promise<string> => {
  const folder = join(tmpdir(), 'keyplan-test-browser')
  if (existsSync(folder)) return folder
  const fresh = await mkdtemp(join(tmpdir(), 'keyplan-test-browser-'))
  await promisify(execFile)(process.execPath, ['--eval', UNPACK], {
    cwd: fileURLToPath(new URL('../..', import.meta.url)),
    env: { ...process.env, NODE_OPTIONS: '', TMPDIR: fresh },
  })
  await unpackLibraries(fresh)
  await rename(fresh, folder).catch(async (error: unknown) => {
    if (!existsSync(folder)) throw error
    await rm(fresh, { recursive: true, force: true })
  })
  return folder
}

/** A real Chromium, without a window. The caller closes it. It reaches whatever the test starts on this machine. */
export const startBrowser = async (): Promise<Browser> => {
  const folder = await unpacked()
  return playwright.launch({
    executablePath: join(folder, 'chromium'),
    args: chromium.args.filter((arg) => arg !== '--single-process' && arg !== '--no-zygote'),
    headless: true,
    timeout: 60_000,
    env: { ...process.env, LD_LIBRARY_PATH: [process.env['LD_LIBRARY_PATH'], folder].filter(Boolean).join(':') },
  })
}
