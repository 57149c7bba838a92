import { spawn } from 'node:child_process'
import { cp, mkdir, mkdtemp, readFile, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { afterAll, expect, test } from '@jest/globals'
import { database } from '../support/database.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const own = await database()
afterAll(() => own.drop())

/** What the last stage of the Dockerfile copies, from → to. */
const copiedPaths = async (): Promise<{ from: string; to: string }[]> => {
  const last = (await readFile(join(ROOT, 'Dockerfile'), 'utf8')).split(/^FROM /m).at(-1) ?? ''
  return [...last.matchAll(/^COPY (?:--from=build \/app\/)?(\S+) (\S+)$/gm)].map((match) => {
    const from = match[1] as string
    return { from, to: match[2] === './' ? from : (match[2] as string) }
  })
}

test('what the image holds is all that the service needs', async () => {
  const image = await mkdtemp(join(tmpdir(), 'image-'))
  for (const { from, to } of await copiedPaths()) {
    await mkdir(dirname(join(image, to)), { recursive: true })
    if (from === 'node_modules') await symlink(join(ROOT, from), join(image, to))
    else await cp(join(ROOT, from), join(image, to), { recursive: true })
  }
  const child = spawn(process.execPath, ['bin/keyplan.js', 'serve'], {
    cwd: image,
    env: {
      PORT: '0',
      DATABASE_URL: own.url,
      KEYPLAN_DATA: join(image, 'data'),
      KEYPLAN_CLIENTS: join(ROOT, 'fixtures', 'clients'),
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let said = ''
  child.stdout.on('data', (chunk) => {
    said += chunk
  })
  child.stderr.on('data', (chunk) => {
    said += chunk
  })
  const ended = new Promise((settle) => child.once('exit', settle))
  try {
    // The limit of the test is the deadline.
    while (!said.includes('KeyPlan is ready') && child.exitCode === null) await wait(50)
    const url = /"url":"([^"]+)"/.exec(said)?.[1]
    expect({ url, said }).toEqual({ url: expect.stringMatching(/^http/), said })
    for (const path of ['/health/ready', '/fhir/metadata', '/openapi.yaml', '/auth/jwks']) {
      expect({ path, status: (await fetch(`${url}${path}`)).status }).toEqual({ path, status: 200 })
    }
  } finally {
    child.kill('SIGTERM')
  }
  expect(await ended).toBe(0)
})

test('what the Dockerfile copies passes .dockerignore', async () => {
  const allowed = (await readFile(join(ROOT, '.dockerignore'), 'utf8'))
    .split('\n')
    .filter((line) => line.startsWith('!'))
    .map((line) => line.slice(1))
  const text = await readFile(join(ROOT, 'Dockerfile'), 'utf8')
  const copied = [...text.matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap((match) => (match[1] as string).split(' '))
  expect(copied.filter((path) => !allowed.some((each) => path === each || path.startsWith(`${each}/`)))).toEqual([])
})

test('nothing in the image runs as root', async () => {
  const last = (await readFile(join(ROOT, 'Dockerfile'), 'utf8')).split(/^FROM /m).at(-1) ?? ''
  expect(last).toMatch(/^USER node$/m)
  expect(last.slice(last.indexOf('USER node'))).not.toMatch(/^(RUN|USER root)/m)
})
