import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals'
import { until } from '../until.ts'
import { type Killable, killable } from './killable.ts'

const SECONDS = 30
/** Says who it is, and stays. */
const PROGRAM = `require('fs').writeFileSync(process.argv[1], String(process.pid)); setInterval(() => {}, 1000)`
/** The same, but ends the first time. */
const FALLS_ONCE = `if (!require('fs').existsSync(process.argv[2])) { require('fs').writeFileSync(process.argv[2], ''); process.exit(1) } ${PROGRAM}`

let folder: string
let program: Killable | undefined

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'keyplan-killable-'))
})
afterEach(() => program?.stop())
afterAll(() => rm(folder, { recursive: true }))

const pid = async (): Promise<number> => Number(await readFile(join(folder, 'pid'), 'utf8').catch(() => ''))
const lives = (id: number): boolean => {
  if (id === 0) return false
  try {
    process.kill(id, 0)
    return true
  } catch {
    return false
  }
}

const create = (source: string): Killable => {
  program = killable({
    name: 'program',
    args: ['-e', source, join(folder, 'pid'), join(folder, 'fallen')],
    logFile: join(folder, 'log'),
    ready: async (hasEnded) => {
      await until('It has said who it is, or ended', SECONDS, async () =>
        hasEnded() || lives(await pid()) ? true : undefined,
      )
    },
  })
  return program
}

test('what was killed is gone, and stays so until it is started again', async () => {
  const one = create(PROGRAM)
  await one.start()
  const first = await pid()
  expect(await one.kill()).toBe(true)
  expect(lives(first)).toBe(false)
  expect(await one.kill()).toBe(false)
  await one.start()
  expect(one.running()).toBe(true)
  await one.stop()
  expect([one.running(), one.fell()]).toEqual([false, { starting: 0, running: 0 }])
})

test('what ends by itself is started again, and counted', async () => {
  const one = create(PROGRAM)
  await one.start()
  const first = await until('It has said who it is', SECONDS, async () => (await pid()) || undefined)
  process.kill(first, 'SIGTERM')
  await until('Another one runs', SECONDS, async () => ((await pid()) !== first && one.running() ? true : undefined))
  expect(one.fell()).toEqual({ starting: 0, running: 1 })
})

test('what ends while it starts is started again, and counted as that', async () => {
  const one = create(FALLS_ONCE)
  await rm(join(folder, 'pid'), { force: true })
  await one.start()
  expect([one.running(), one.fell()]).toEqual([true, { starting: 1, running: 0 }])
})
