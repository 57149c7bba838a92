import type { Database } from '../database/database.ts'
import { openGlass } from './broken-glass.ts'
import { type Glass, PERSON, type SessionRow } from './sessions.ts'

/** What a person let an app do. `session` is the hash under which the session is kept. */
export type GrantRow = Readonly<{
  client: string
  redirectUri: string
  challenge: string
  scope: string
  patient: string | null
  nonce: string | null
  fhirUser: string | null
}>

/** The person of a session, and what an app may do in their name. */
export type GrantedRow = GrantRow & Readonly<{ person: SessionRow }>

const GRANT = `g.client, g.redirect_uri as "redirectUri", g.challenge, g.scope, g.patient, g.nonce, g.fhir_user as "fhirUser"`

const endGrant = async (database: Database, code: Buffer): Promise<void> => {
  await database.run({ name: 'end-grant', text: 'delete from app_grant where code = $1', values: [code] })
}

/** A launch, as it is asked for. */
type Launch = readonly [id: Buffer, session: Buffer, client: string, now: Date]
const THIS_LAUNCH = 'id = $1 and session = $2 and client = $3 and ends > $4'

const patientOf = async (
  database: Database,
  name: string,
  text: string,
  launch: Launch,
): Promise<string | undefined> => {
  const [row] = await database.run<{ patient: string }>({ name, text, values: launch })
  return row?.patient
}

const granted = (row: GrantRow & SessionRow): GrantedRow => {
  const { client, redirectUri, challenge, scope, patient, nonce, fhirUser, ...person } = row
  return { client, redirectUri, challenge, scope, patient, nonce, fhirUser, person }
}

/** Where it stands for which patient a session launched an app. */
export const launchStore = (database: Database) => ({
  begin: async (
    id: Buffer,
    launch: Readonly<{ session: Buffer; client: string; patient: string }>,
    now: Date,
    ends: Date,
  ): Promise<void> => {
    await database.run({
      name: 'begin-launch',
      text: `with ended as (delete from launch where ends < $5)
          insert into launch (id, session, client, patient, ends) values ($1, $2, $3, $4, $6)`,
      values: [id, launch.session, launch.client, launch.patient, now, ends],
    })
  },
  /** The patient for whom this session launched this app. */
  find: (...launch: Launch): Promise<string | undefined> =>
    patientOf(database, 'find-launch', `select patient from launch where ${THIS_LAUNCH}`, launch),
  /** The same, once. */
  take: (...launch: Launch): Promise<string | undefined> =>
    patientOf(database, 'take-launch', `delete from launch where ${THIS_LAUNCH} returning patient`, launch),
})

/** Where it stands what people let apps do. */
export const grantStore = (database: Database) => ({
  /** `ends` is when nothing of it can be used any more, its token included. False where the session is over. */
  begin: async (
    code: Buffer,
    session: Buffer,
    grant: GrantRow,
    now: Date,
    times: Readonly<{ codeEnds: Date; ends: Date }>,
  ): Promise<boolean> => {
    const rows = await database.run({
      name: 'begin-grant',
      text: `with ended as (delete from app_grant where ends < $11)
          insert into app_grant (code, session, client, redirect_uri, challenge, scope, patient, nonce, fhir_user, code_ends, ends)
            select $1, id, $3, $4, $5, $6, $7, $8, $9, $10, $12 from session where id = $2 returning client`,
      values: [
        code,
        session,
        grant.client,
        grant.redirectUri,
        grant.challenge,
        grant.scope,
        grant.patient,
        grant.nonce,
        grant.fhirUser,
        times.codeEnds,
        now,
        times.ends,
      ],
    })
    return rows.length === 1
  },
  /**
   * Puts a token in the place of the code, once, and answers what was granted. A code that comes a second time ends the grant, and the token
   * with it (RFC 6749 section 4.1.2): one of the two who know it has no right to it.
   */
  redeem: async (
    code: Buffer,
    client: string,
    token: Buffer,
    now: Date,
    tokenEnds: Date,
  ): Promise<GrantedRow | undefined> => {
    const [row] = await database.run<GrantRow & SessionRow>({
      name: 'redeem-grant',
      text: `update app_grant as g set token = $3, token_ends = $5 from session as s
          where g.code = $1 and g.client = $2 and g.token is null and g.code_ends > $4 and s.id = g.session and s.ends > $4
          returning ${GRANT}, ${PERSON}`,
      values: [code, client, token, now, tokenEnds],
    })
    if (row !== undefined) return granted(row)
    await endGrant(database, code)
    return undefined
  },
  end: (code: Buffer): Promise<void> => endGrant(database, code),
  /** What the token of an app stands for, while it and the session hold. */
  find: async (token: Buffer, now: Date): Promise<(GrantedRow & Glass) | undefined> => {
    const [row] = await database.run<GrantRow & SessionRow & Glass>({
      name: 'find-grant',
      text: `select ${GRANT}, ${PERSON}, ${openGlass('g.client', '$2')} from app_grant as g join session as s on s.id = g.session
          where g.token = $1 and g.token_ends > $2 and s.ends > $2`,
      values: [token, now],
    })
    if (row === undefined) return undefined
    const { glass, ...rest } = row
    return { ...granted(rest), glass }
  },
})
