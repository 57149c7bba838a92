import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { end, startChild } from '../child.ts'

/** Say when the next state arrives; or what is held of these persons. */
export type ReceiverQuestion = 'next' | Readonly<{ held: readonly string[] }>

/** Milliseconds of the monotonic clock that the processes of a machine share (`process.hrtime`). */
export type ReceiverReport = Readonly<
  { asked: true } | { arrivedAt: number } | { held: readonly (readonly (number | undefined)[])[] }
>

/** The recipients, as the benchmark steers them. */
export type Receivers = Readonly<{
  pid: number | undefined
  /** FHIR base URLs. */
  addresses: readonly string[]
  /** When the first byte of the next state arrives, on the clock of `now`. */
  next(): Promise<{ arrivedAt: Promise<number> }>
  /** For each recipient the CRC-32 of what it holds of each of these persons; none where it holds nothing. */
  held(ids: readonly string[]): Promise<readonly (readonly (number | undefined)[])[]>
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
    pid: child.pid,
    addresses: first.map((port) => `http://localhost:${port}/fhir`),
    async next() {
      const asked = report('asked')
      const arrived = report('arrivedAt')
      child.send('next' satisfies ReceiverQuestion)
      await asked
      return { arrivedAt: arrived.then(({ arrivedAt }) => arrivedAt) }
    },
    async held(ids) {
      const answer = report('held')
      child.send({ held: ids } satisfies ReceiverQuestion)
      return (await answer).held
    },
    stop: () => end(child),
  }
}
