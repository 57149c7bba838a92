import { plain } from '../database/arrays.ts'
import type { Database } from '../database/database.ts'
import { writersUnderWay } from '../database/writers.ts'
import { HASH_BYTES, leafHash, type ReadHashes } from './merkle.ts'

/**
 * A row of `audit_event` as the text that is committed to: all of its columns, in their order. What a moment is does not depend on the zone of the
 * session.
 */
const EVENT_TEXT = `json_build_array(id, extract(epoch from recorded), request_id, client, organization, role, purpose, interaction, outcome,
  reason, patient, entities, query)::text`

export type EventText = Readonly<{ id: number; text: string }>

export type Leaf = Readonly<{ position: number; event: number; salt: Buffer; commitment: Buffer }>
export type TreeNode = Readonly<{ tier: number; position: number; hash: Buffer }>

/** One row of `audit_seal`: the tree of `size` leaves. `sealedAt` is an instant; every row up to `through` is in it. */
export type SealRow = Readonly<{
  size: number
  epoch: number
  root: Buffer
  previousRoot: Buffer | null
  sealedAt: string
  through: number
  key: string
  signature: string
}>

/**
 * Where sealing stands. `assigned` is the highest id that a row of the log was ever given, `isWaiting` whether there are rows that are not sealed,
 * `epoch` the one in force.
 */
export type SealState = Readonly<{
  newest: SealRow | undefined
  assigned: number
  isWaiting: boolean
  epoch: number
}>

export const SEAL = `size, audit_seal.epoch, root, previous_root as "previousRoot", sealed_at as "sealedAt", through, key, signature`
/** No seal has fewer leaves than the one before; one of the same number is of a later epoch. */
export const NEWEST_SEAL = `select ${SEAL} from audit_seal order by size desc, epoch desc limit 1`

const readState = async (database: Database): Promise<SealState> => {
  type Row = Readonly<{ assigned: number; isWaiting: boolean; inForce: number }> & (SealRow | Readonly<{ size: null }>)
  const [row] = await database.run<Row>({
    name: 'seal-state',
    text: `select case when is_called then last_value else 0 end as assigned, installation.epoch as "inForce", newest.*,
        exists (select from audit_event where id > coalesce(newest.through, 0)) as "isWaiting"
      from audit_event_id_seq, installation left join lateral (${NEWEST_SEAL}) as newest on true`,
    values: [],
  })
  const { assigned, isWaiting, inForce, ...newest } = row as Row
  return { newest: newest.size === null ? undefined : newest, assigned, isWaiting, epoch: inForce }
}

/** True where this process is the one that seals, for so many seconds. */
const takeLease = async (database: Database, holder: string, seconds: number): Promise<boolean> => {
  const rows = await database.run({
    name: 'take-sealer',
    text: `update audit_sealer set holder = $1, lease_until = now() + make_interval(secs => $2) where holder = $1 or lease_until < now()
      returning holder`,
    values: [holder, seconds],
  })
  return rows.length > 0
}

/** Gives the lease back, where this process has it. */
const releaseLease = async (database: Database, holder: string): Promise<void> => {
  await database.run({ text: 'update audit_sealer set lease_until = now() where holder = $1', values: [holder] })
}

/** The rows after one id and up to another, in the order of their ids. */
const readEvents = (
  database: Database,
  { after, through, most }: Readonly<{ after: number; through: number; most: number }>,
): Promise<EventText[]> =>
  database.run<EventText>({
    name: 'events-to-seal',
    text: `select id, ${EVENT_TEXT} as text from audit_event where id > $1 and id <= $2 order by id limit $3`,
    values: [after, through, most],
  })

/** Hashes of complete subtrees (`ReadHashes`). Throws where one is missing: somebody took it away. */
const readHashes =
  (database: Database): ReadHashes =>
  async (tier, from, count) => {
    const rows = await database.run<{ hash: Buffer }>(
      tier === 0
        ? {
            name: 'leaves',
            text: 'select commitment as hash from audit_leaf where position >= $1 and position < $2 order by position',
            values: [from, from + count],
          }
        : {
            name: 'nodes',
            text: 'select hash from audit_node where tier = $3 and position >= $1 and position < $2 order by position',
            values: [from, from + count, tier],
          },
    )
    if (rows.length !== count)
      throw new Error('The seal of the audit log lacks some of its rows. Run keyplan audit verify.')
    return rows.map(({ hash }) => (tier === 0 ? leafHash(hash) : hash))
  }

/** The hash at this place of those that were handed over one after another. */
const hashIn = (parameter: string): string =>
  `substr(${parameter}::bytea, (place::integer - 1) * ${HASH_BYTES} + 1, ${HASH_BYTES})`

/** Stores leaves, nodes and the seal over them, all or nothing. Throws `Outdated` where another process has sealed meanwhile. */
const storeSeal = async (
  database: Database,
  { leaves, nodes, seal }: Readonly<{ leaves: readonly Leaf[]; nodes: readonly TreeNode[]; seal: SealRow }>,
): Promise<void> => {
  const saltBytes = leaves[0]?.salt.length ?? 0
  await database.run({
    name: 'store-seal',
    text: `with leaf as (
        insert into audit_leaf (position, event, salt, commitment)
          select $1::bigint + place - 1, event, substr($3::bytea, (place::integer - 1) * $4 + 1, $4), ${hashIn('$5')}
          from unnest($2::bigint[]) with ordinality as sealed (event, place)
      ), node as (
        insert into audit_node (tier, position, hash)
          select tier, position, ${hashIn('$8')}
          from unnest($6::integer[], $7::bigint[]) with ordinality as complete (tier, position, place)
      )
      insert into audit_seal (size, epoch, root, previous_root, sealed_at, through, key, signature)
        values ($9, $10, $11, $12, $13, $14, $15, $16)`,
    values: [
      leaves[0]?.position ?? 0,
      plain(leaves.map(({ event }) => event)),
      Buffer.concat(leaves.map(({ salt }) => salt)),
      saltBytes,
      Buffer.concat(leaves.map(({ commitment }) => commitment)),
      plain(nodes.map(({ tier }) => tier)),
      plain(nodes.map(({ position }) => position)),
      Buffer.concat(nodes.map(({ hash }) => hash)),
      seal.size,
      seal.epoch,
      seal.root,
      seal.previousRoot,
      seal.sealedAt,
      seal.through,
      seal.key,
      seal.signature,
    ],
  })
}

/** For how many seconds the oldest row that is not sealed has waited; 0 where all are sealed. */
const sealLag = async (database: Database): Promise<number> => {
  const [row] = await database.run<{ seconds: number }>({
    name: 'seal-lag',
    text: `select greatest(0, extract(epoch from now() - recorded))::double precision as seconds from audit_event
      where id > coalesce((select through from (${NEWEST_SEAL}) as newest), 0) order by id limit 1`,
    values: [],
  })
  return row?.seconds ?? 0
}

/** The seals of trees of more than `after` leaves and up to `through`, the smallest first. */
const readSeals = (database: Database, after: number, through: number): Promise<SealRow[]> =>
  database.run<SealRow>({
    text: `select ${SEAL} from audit_seal where size > $1 and size <= $2 order by size, epoch`,
    values: [after, through],
  })

const readLeaves = (database: Database, from: number, most: number): Promise<Leaf[]> =>
  database.run<Leaf>({
    text: 'select position, event, salt, commitment from audit_leaf where position >= $1 order by position limit $2',
    values: [from, most],
  })

/** The seal of the audit log (docs/decisions/0013-audit-seal.md), on this database. */
export const auditSealStore = (database: Database) => ({
  state: () => readState(database),
  takeLease: (holder: string, seconds: number) => takeLease(database, holder, seconds),
  releaseLease: (holder: string) => releaseLease(database, holder),
  /** Resolves to a question: have the transactions ended that are adding rows now? */
  writersUnderWay: () => writersUnderWay(database, 'audit_event'),
  events: (asked: Parameters<typeof readEvents>[1]) => readEvents(database, asked),
  hashes: readHashes(database),
  store: (sealed: Parameters<typeof storeSeal>[1]) => storeSeal(database, sealed),
  lag: () => sealLag(database),
  seals: (after: number, through: number) => readSeals(database, after, through),
  leaves: (from: number, most: number) => readLeaves(database, from, most),
})

export type AuditSealStore = ReturnType<typeof auditSealStore>
