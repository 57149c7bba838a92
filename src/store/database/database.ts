import pg from 'pg'
import { translate } from './errors.ts'
import { type InTurn, openInTurn } from './in-turn.ts'

/** A prepared statement: `name` is its identity on a connection; leave it out where a plan made for the values at hand is better. */
export type Statement = Readonly<{ name?: string; text: string; values: readonly unknown[] }>

export type Database = Readonly<{
  /** Runs one statement in one round trip. Failures come out of `translate`. */
  run<Row>(statement: Statement): Promise<Row[]>
  /**
   * The same, behind those that were given before in this way and before they are answered: PostgreSQL goes from one to the next without a round trip
   * in between. Each waits for all before it.
   */
  runInTurn<Row>(statement: Statement): Promise<Row[]>
  /** Calls `heard` with the payload of each NOTIFY; reconnects by itself. Returns what ends it. Only a hint: messages can be lost. */
  listen(channel: string, heard: (payload: string) => void): () => Promise<void>
  /** Statements sent since start; tests count round trips with it. */
  statements(): number
  pool(): Readonly<{ total: number; idle: number; waiting: number }>
  close(): Promise<void>
}>

pg.types.setTypeParser(pg.types.builtins.INT8, Number)
pg.types.setTypeParser(pg.types.builtins.TIMESTAMPTZ, (text) => new Date(text).toISOString())

const CONNECTION = { keepAlive: true, application_name: 'keyplan' } as const

/** Opens a pool on this database; a statement may take `seconds` (20). Connections are made when first needed; one that breaks is replaced, and its loss never ends the process. */
export const openDatabase = (url: string, options: { connections?: number; seconds?: number } = {}): Database => {
  const seconds = options.seconds ?? 20
  const config = {
    ...CONNECTION,
    connectionString: url,
    // A request waits for a free connection as long as for half a statement: then others must be told to come again.
    connectionTimeoutMillis: seconds * 500,
    statement_timeout: seconds * 1_000,
    // A network that swallows packets gives no error: then this ends the wait, after PostgreSQL's own limit had its chance.
    query_timeout: (seconds + 1) * 1_000,
  }
  const pool = new pg.Pool({ ...config, max: options.connections ?? 10 })
  pool.on('error', () => {})
  const inTurn = openInTurn(config)
  let statements = 0

  const run = async <Row>(on: Pick<InTurn, 'query'>, { name, text, values }: Statement): Promise<Row[]> => {
    statements += 1
    try {
      const result = await on.query({ text, values: values as unknown[], ...(name === undefined ? {} : { name }) })
      return result.rows as Row[]
    } catch (error) {
      throw translate(error)
    }
  }

  return {
    run: (statement) => run(pool, statement),
    runInTurn: (statement) => run(inTurn, statement),
    listen: (channel, heard) => listen(url, channel, heard),
    statements: () => statements,
    pool: () => ({ total: pool.totalCount, idle: pool.idleCount, waiting: pool.waitingCount }),
    close: async () => {
      await Promise.all([pool.end(), inTurn.close()])
    },
  }
}

const listen = (url: string, channel: string, heard: (payload: string) => void): (() => Promise<void>) => {
  let ended = false
  let client: pg.Client | undefined
  let retry: NodeJS.Timeout | undefined
  const connect = async (): Promise<void> => {
    const fresh = new pg.Client({ ...CONNECTION, connectionTimeoutMillis: 3_000, connectionString: url })
    client = fresh
    const again = (): void => {
      if (ended || client !== fresh) return
      client = undefined
      retry = setTimeout(() => void connect(), 1_000)
    }
    fresh.on('error', again)
    fresh.on('end', again)
    fresh.on('notification', (message) => heard(message.payload ?? ''))
    try {
      await fresh.connect()
      if (ended) return await fresh.end()
      await fresh.query(`listen ${pg.escapeIdentifier(channel)}`)
    } catch {
      again()
    }
  }
  void connect()
  return async () => {
    ended = true
    clearTimeout(retry)
    await client?.end().catch(() => {})
  }
}
