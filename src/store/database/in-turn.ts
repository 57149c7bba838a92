import pg from 'pg'

/** A connection of its own, on which PostgreSQL runs one statement after the other, each a transaction of its own. */
export type InTurn = Readonly<{
  /** Sends a statement without waiting for the answers to those before it. Where the connection breaks, all that are not answered fail. */
  query(statement: pg.QueryConfig): Promise<pg.QueryResult>
  close(): Promise<void>
}>

/** Connects when it is first asked, and anew after the connection has broken. */
export const openInTurn = (config: pg.ClientConfig): InTurn => {
  let connected: Promise<pg.Client> | undefined
  const connect = (): Promise<pg.Client> => {
    const client = new pg.Client({ ...config, pipeline: true })
    const connecting: Promise<pg.Client> = client.connect().then(() => client)
    const lost = (): void => {
      if (connected === connecting) connected = undefined
    }
    client.on('error', lost)
    client.on('end', lost)
    connecting.catch(lost)
    return connecting
  }
  return {
    async query(statement) {
      connected ??= connect()
      return (await connected).query(statement)
    },
    async close() {
      const client = await connected?.catch(() => undefined)
      connected = undefined
      await client?.end()
    },
  }
}
