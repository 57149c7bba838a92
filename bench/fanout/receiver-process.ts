import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { end, startChild } from '../child.ts'

/** Say when the next state arrives; first forget all that is held of persons whose id begins like this. */
export type ReceiverQuestion = Readonly<{ forget?: string }>

/** Milliseconds of the monotonic clock that the processes of a machine share (`process.hrtime`). */
export type ReceiverReport = Readonly<{ asked: true } | { arrivedAt: number }>

/** The recipients, as the benchmark steers them. */
export type Receivers = Readonly<{
  /** FHIR base URLs. */
  addresses: readonly string[]
  /** When the first byte of the next state arrives, on the clock of `now`. */
  next(question?: ReceiverQuestion): Promise<{ arrivedAt: Promise<number> }>
  stop(): Promise<void>
}>

/** Milliseconds of the clock that all processes of a machine share and nobody sets. */
export const now = (): number => Number(process.hrtime.bigint()) / 1e6

export const startReceivers = async (): Promise<Receivers> => {
  const { child, first } = await startChild<readonly number[]>(
    fileURLToPath(new URL('./receivers.ts', import.meta.url)),
    'The recipients',
  )
  const report = async <Key extends string>(key: Key): Promise<Extract<ReceiverReport, Record<Key, unknown>>> => {
    for (;;) {
      const [message] = (await once(child, 'message')) as [ReceiverReport]
      if (key in message) return message as Extract<ReceiverReport, Record<Key, unknown>>
    }
  }
  return {
    addresses: first.map((port) => `http://localhost:${port}/fhir`),
    async next(question = {}) {
      const asked = report('asked')
      const arrived = report('arrivedAt')
      child.send(question)
      await asked
      return { arrivedAt: arrived.then(({ arrivedAt }) => arrivedAt) }
    },
    stop: () => end(child),
  }
}
