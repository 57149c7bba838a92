import type { Database } from '../database/database.ts'

/** One time that a person broke the glass. `user` as the provider that signed them in has it; `custodian` and `organization` are ODS codes. */
export type BrokenGlass = Readonly<{
  id: string
  user: Readonly<{ system: string; value: string }>
  client: string
  /** Who that is in the audit log. */
  asker: string
  organization: string
  role: string
  /** Id of the Patient. */
  patient: string
  custodian: string
  reason: string
  at: Date
  until: Date
  /** Id of the Task that asks for its review. */
  task: string
}>

/** Whose are told: those about one patient, about the patients of an organisation (ODS code), or those and by its staff; all that are given must hold. */
export type GlassOf = Readonly<
  { patient?: string } & ({ patient: string } | { custodian: string } | { overseen: string })
>

/** Where a page of them begins: after this one. */
export type GlassPosition = Readonly<{ at: string; id: string }>

/** As it is told: what was looked at under it, and how its review stands. Instants. */
export type GlassRow = Readonly<
  Omit<BrokenGlass, 'user' | 'asker' | 'at' | 'until'> & {
    userSystem: string
    userValue: string
    at: string
    until: string
    /** Status of the Task that asks for its review; null where it was deleted. */
    review: string | null
    /** Keys (`Type/id`) of what was seen, in the order of the alphabet. */
    seen: readonly string[]
  }
>

const breakGlass = async (database: Database, glass: BrokenGlass): Promise<void> => {
  await database.run({
    name: 'break-glass',
    text: `insert into broken_glass (id, user_system, user_value, client, asker, organization, role, patient, custodian, reason, at, until, task)
      values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`,
    values: [
      glass.id,
      glass.user.system,
      glass.user.value,
      glass.client,
      glass.asker,
      glass.organization,
      glass.role,
      glass.patient,
      glass.custodian,
      glass.reason,
      glass.at,
      glass.until,
      glass.task,
    ],
  })
}

/** What somebody broke last and is open, as `openGlass` reads it. */
export type OpenGlass = Readonly<{
  id: string
  patient: string
  reason: string
  until: string
  mayBeForbidden: boolean
}>

/**
 * SQL: what the person of the session `s` broke last, as JSON (`OpenGlass`), where it is open at this moment, at this client, and as what they are in
 * the session: only so does the audit log tell what was seen under it; null otherwise. Of one patient at a time.
 */
export const openGlass = (client: string, now: string): string => `(
    select json_build_object('id', id, 'patient', patient, 'reason', reason, 'until', until, 'mayBeForbidden', exists (
      select from person cross join unnest(person.in_force) as key
        join resource as consent on consent.type = 'Consent' and consent.id = substr(key, 9)
        where person.id = newest.patient and key like 'Consent/%' and consent.body like '%"BTG"%'
    )) from (
      select * from broken_glass where user_system = s.issuer and user_value = s.subject order by at desc limit 1
    ) newest where until > ${now} and client = ${client} and organization = s.organization and role = s.role
  ) as glass`

const CONDITION = `($1::text is null or glass.patient = $1) and ($2::text is null or glass.custodian = $2)
  and ($3::text is null or glass.custodian = $3 or glass.organization = $3)`

/** Those since an instant, the newest first, with what the audit log says was seen under each. */
const readBrokenGlass = (
  database: Database,
  of: GlassOf,
  { since, count, after }: Readonly<{ since: Date; count: number; after?: GlassPosition | undefined }>,
): Promise<GlassRow[]> =>
  database.run<GlassRow>({
    name: 'broken-glass',
    text: `select glass.id, glass.user_system as "userSystem", glass.user_value as "userValue", glass.client, glass.organization, glass.role,
        glass.patient, glass.custodian, glass.reason, glass.at, glass.until, glass.task,
        (select body::jsonb ->> 'status' from resource where type = 'Task' and id = glass.task) as review,
        coalesce((
          select array_agg(distinct key order by key) from audit_event as event cross join unnest(event.entities) as key
          where event.patient = glass.patient and event.recorded >= glass.at and event.recorded < glass.until
            and event.purpose = 'break-glass' and event.outcome = 'permit' and event.client = glass.asker
            and event.interaction <> '$break-glass'
        ), '{}') as seen
      from broken_glass as glass
      where ${CONDITION} and glass.at >= $4 and ($5::timestamptz is null or (glass.at, glass.id) < ($5::timestamptz, $6::uuid))
      order by glass.at desc, glass.id desc limit $7`,
    values: [
      of.patient ?? null,
      'custodian' in of ? of.custodian : null,
      'overseen' in of ? of.overseen : null,
      since,
      after?.at ?? null,
      after?.id ?? null,
      count,
    ],
  })

/** Glass that was broken (trust, section 2, 6), on this database. */
export const brokenGlassStore = (database: Database) => ({
  break: (glass: BrokenGlass) => breakGlass(database, glass),
  read: (of: GlassOf, page: Parameters<typeof readBrokenGlass>[2]) => readBrokenGlass(database, of, page),
})
