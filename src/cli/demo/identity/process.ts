import { fork } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdir, open, writeFile } from 'node:fs/promises'
import { extname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { freePort } from '../free-port.ts'
import type { FromParent, ToParent } from './main.ts'
import { MAPPING } from './staff.ts'

/** The demo's identity service, in a process of its own. */
export type DemoIdentity = Readonly<{
  issuer: string
  /** The file that KeyPlan is told of it by (`KEYPLAN_IDENTITY`). */
  file: string
  /** Says where KeyPlan is, so that people are sent back there and nowhere else. */
  serve(keyplan: string): Promise<void>
  stop(): Promise<void>
}>

const CLIENT = 'keyplan'
/** This file is `.ts` where it is run from its sources, and `.js` where it is built. */
const MAIN = fileURLToPath(new URL(`./main${extname(import.meta.url)}`, import.meta.url))

/** Starts it on this port or, where that is taken, on any; its log and the file for KeyPlan are kept in a folder of `dataFolder`. */
export const startDemoIdentity = async (dataFolder: string, wanted: number): Promise<DemoIdentity> => {
  const folder = join(dataFolder, 'identity')
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const log = await open(join(folder, 'log.txt'), 'a')
  // Of its own group: an interrupt typed at the terminal reaches the demo alone, which stops it in order.
  const child = fork(MAIN, [], { detached: true, stdio: ['ignore', log.fd, log.fd, 'ipc'] })
  const ended = new Promise((settle) => child.once('exit', settle))
  await log.close()
  const ask = async (message: FromParent): Promise<ToParent> => {
    const answered = Promise.race([
      once(child, 'message').then(([answer]) => answer as ToParent),
      ended.then(() => ({ failed: 'it ended' })),
    ])
    child.send(message)
    return answered
  }
  const failed = (): Error => new Error(`The identity service does not run; its log is ${folder}/log.txt.`)

  const clientSecret = randomBytes(32).toString('base64url')
  const answer = await ask({
    start: { port: await freePort(wanted), client: { client_id: CLIENT, client_secret: clientSecret } },
  })
  if (!('issuer' in answer)) throw failed()

  const file = join(folder, 'identity.json')
  await writeFile(join(folder, 'secret'), clientSecret, { mode: 0o600 })
  await writeFile(
    file,
    JSON.stringify(
      {
        name: 'the demo’s identity service',
        issuer: answer.issuer,
        clientId: CLIENT,
        clientSecretFile: 'secret',
        ...MAPPING,
      },
      undefined,
      2,
    ),
  )
  return {
    issuer: answer.issuer,
    file,
    serve: async (keyplan) => {
      if (!('heard' in (await ask({ keyplan })))) throw failed()
    },
    stop: async () => {
      child.kill('SIGTERM')
      await ended
    },
  }
}
