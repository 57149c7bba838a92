import pg from 'pg'

/**
 * People for the fan-out, written straight into the tables as copies of one person who was stored over HTTP: each with the whole summary of that
 * one, and an id of the same length. What is measured is what becomes of changes that are committed, not the committing.
 */
export type People = Readonly<{
  /** Ids of those whose summaries change. */
  ids: readonly string[]
  /** The summary that all others are copies of, as it is sent. */
  document: string
  /** Adds people until there are so many whose summaries change. */
  grow(count: number, progress: (done: number) => void): Promise<void>
  /** Adds people, up to so many in all, of whom nothing is due: every recipient has confirmed what it should hold. */
  fill(count: number, progress: (done: number) => void): Promise<void>
  /** Commits another edition of each of these people's summaries, in one transaction; answers when the commit was sent, on the clock of `now`. */
  change(ids: readonly string[], now: () => number): Promise<number>
  /** The CRC-32 of each of these people's summaries. */
  checksums(ids: readonly string[]): Promise<readonly number[]>
  /** Resolves when every recipient has confirmed everything; throws after `seconds`. */
  settled(seconds?: number): Promise<void>
  close(): Promise<void>
}>

const STEP = 500
/** How often it is looked whether all are in step: a look costs the database what a few deliveries do, and to wait for the next costs time. */
const POLL = { leastMs: 5, mostMs: 50, part: 1 / 50 }

/** Digits at the end of an id that tell copies apart, after a letter that says what they are for. */
const copyOf = (sample: string, letter: string, number: number): string =>
  `${sample.slice(0, -9)}${letter}${String(number).padStart(8, '0')}`

/** The ids under which the floor sends: of nobody whom KeyPlan knows, and as long as theirs. */
export const floorIds = (sample: string, count: number): string[] =>
  Array.from({ length: count }, (_, number) => copyOf(sample, 'f', number))

export const openPeople = async (databaseUrl: string, sample: string): Promise<People> => {
  const client = new pg.Client({ connectionString: databaseUrl })
  await client.connect()
  const { rows } = await client.query<{ summary: string }>('select summary from emergency_summary where patient = $1', [
    sample,
  ])
  const ids: string[] = []
  let all = 1

  /** Copies the sample's row of a table; columns that are computed are left to the database. */
  const copy = async (table: string, key: string, made: readonly string[], changed: Record<string, string>) => {
    const { rows } = await client.query<{ name: string }>(
      `select column_name as name from information_schema.columns where table_name = $1 and is_generated = 'NEVER' order by ordinal_position`,
      [table],
    )
    const columns = rows.map(({ name }) => name)
    const values = columns.map((name) => (name === key ? 'made.id' : (changed[name] ?? `row.${name}`)))
    await client.query(
      `insert into ${table} (${columns.join(', ')}) select ${values.join(', ')} from unnest($1::text[]) as made (id), ${table} as row where row.${key} = $2`,
      [made, sample],
    )
  }

  const add = async (
    letter: string,
    count: number,
    progress: (done: number) => void,
    summaries: Record<string, string>,
    deliver: string,
  ): Promise<string[]> => {
    const made = Array.from({ length: count }, (_, number) => copyOf(sample, letter, all + number))
    for (let done = 0; done < count; done += STEP) {
      const step = made.slice(done, done + STEP)
      await client.query('begin')
      await copy('person', 'id', step, {})
      await copy('person_place', 'patient', step, {})
      await copy('emergency_summary', 'patient', step, summaries)
      await client.query(deliver, [step])
      await client.query('commit')
      progress(done + step.length)
    }
    all += count
    return made
  }

  const own = (column: string): string => `replace(row.${column}, row.patient, made.id)`

  return {
    ids,
    document: rows[0]?.summary ?? '',
    async grow(count, progress) {
      const missing = Math.max(0, count - ids.length)
      const summaries = { summary: own('summary'), tombstone: own('tombstone'), answer: own('answer') }
      ids.push(
        ...(await add(
          'c',
          missing,
          progress,
          summaries,
          `select want_deliveries(id, now()) from unnest($1::text[]) as id`,
        )),
      )
    },
    async fill(count, progress) {
      // Nobody reads these summaries: they are short, so that a large table costs no more disk than it has to.
      const summaries = { summary: `'{}'`, tombstone: own('tombstone'), answer: `'{}'` }
      await add(
        'e',
        Math.max(0, count - all),
        progress,
        summaries,
        `insert into delivery (recipient, patient, wanted_state, wanted_epoch, wanted_sequence, wanted_at, next_attempt_at,
           confirmed_state, confirmed_epoch, confirmed_sequence, confirmed_at, confirmed_version)
         select recipient.id, s.patient, 'current', s.epoch, s.sequence, now(), now(), 'current', s.epoch, s.sequence, now(), '1'
         from emergency_summary s, recipient where s.patient = any ($1)`,
      )
    },
    async change(changed, now) {
      await client.query('begin')
      await client.query('update person set sequence = sequence + 1 where id = any ($1)', [changed])
      await client.query(
        `update emergency_summary set sequence = sequence + 1, updated = now(),
           summary = replace(replace(summary, '"' || patient || '/' || epoch || '/' || sequence || '"', '"' || patient || '/' || epoch || '/' || sequence + 1 || '"'),
             '{"url":"sequence","valueUnsignedInt":' || sequence || '}', '{"url":"sequence","valueUnsignedInt":' || sequence + 1 || '}')
         where patient = any ($1)`,
        [changed],
      )
      // Each plan changes at an instant of its own.
      await client.query('select want_deliveries(id, clock_timestamp()) from unnest($1::text[]) as id', [changed])
      const committed = now()
      await client.query('commit')
      return committed
    },
    async checksums(wanted) {
      const { rows } = await client.query<{ checksum: string }>(
        `select crc32(convert_to(summary, 'UTF8')) as checksum
         from unnest($1::text[]) with ordinality as wanted (patient, place) join emergency_summary using (patient) order by place`,
        [wanted],
      )
      return rows.map(({ checksum }) => Number(checksum))
    },
    async settled(seconds = 900) {
      for (const from = performance.now(); ; ) {
        const waited = performance.now() - from
        const { rows } = await client.query<{ due: boolean }>(
          'select exists (select from recipient r join delivery d on d.recipient = r.id and outstanding) as due',
        )
        if (rows[0]?.due === false) return
        if (waited > seconds * 1_000) throw new Error(`Not every recipient was in step within ${seconds} s.`)
        const wait = Math.min(POLL.mostMs, Math.max(POLL.leastMs, waited * POLL.part))
        await new Promise((settle) => setTimeout(settle, wait))
      }
    },
    close: () => client.end(),
  }
}
