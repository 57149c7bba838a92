import { createReadStream, existsSync } from 'node:fs'
import { mkdir, mkdtemp, rename, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createBrotliDecompress } from 'node:zlib'
import chromium from '@sparticuz/chromium'
import { type Browser, chromium as playwright } from 'playwright-core'
import { extract } from 'tar-stream'

/** The libraries that Chromium needs and that a machine may not have, as its npm package brings them. */
const LIBRARIES = new URL('../../bin/al2023.tar.br', import.meta.resolve('@sparticuz/chromium'))

/** Unpacked once per machine; put in place whole, so that what starts at the same time finds all of it or nothing. */
const unpackedLibraries = async (): Promise<string> => {
  const folder = join(tmpdir(), 'keyplan-test-browser-libraries')
  if (existsSync(folder)) return folder
  const unpacked = await mkdtemp(join(tmpdir(), 'keyplan-test-browser-'))
  const files = createReadStream(fileURLToPath(LIBRARIES)).pipe(createBrotliDecompress()).pipe(extract())
  for await (const file of files) {
    if (file.header.type === 'directory') {
      file.resume()
      continue
    }
    const chunks: Buffer[] = []
    for await (const chunk of file) chunks.push(chunk as Buffer)
    await mkdir(unpacked, { recursive: true })
    await writeFile(join(unpacked, basename(file.header.name)), Buffer.concat(chunks), { mode: 0o755 })
  }
  await rename(unpacked, folder).catch((error: unknown) => {
    if (!existsSync(folder)) throw error
  })
  return folder
}

/** A real Chromium, without a window. The caller closes it. It reaches whatever the test starts on this machine. */
export const startBrowser = async (): Promise<Browser> =>
  playwright.launch({
    executablePath: await chromium.executablePath(),
    args: chromium.args.filter((arg) => arg !== '--single-process' && arg !== '--no-zygote'),
    headless: true,
    timeout: 60_000,
    env: {
      ...process.env,
      LD_LIBRARY_PATH: [process.env['LD_LIBRARY_PATH'], await unpackedLibraries()].filter(Boolean).join(':'),
    },
  })
