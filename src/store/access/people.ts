import type { Database } from '../database/database.ts'
import { type OpenGlass, openGlass } from './broken-glass.ts'

/** A sign-in that waits for the answer of the identity provider. */
export type PendingSignIn = Readonly<{ nonce: string; verifier: string; returnTo: string }>

/** A person as they signed in. Times are ISO 8601. */
export type SessionRow = Readonly<{
  issuer: string
  subject: string
  name: string
  role: string
  organization: string
  assurance: string
  /** Of a patient: the number of their own record. */
  number?: Readonly<{ system: string; value: string }> | null
  /** The id of the Patient that has this number, as it is looked up now; null where there is none. */
  ownRecord?: string | null
  /** What proves to the provider whose session is to end. */
  idToken: string
  began: string
  ends: string
}>

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

/** What they broke at the application by which they ask and is open; null where there is nothing. */
type Glass = Readonly<{ glass: OpenGlass | null }>

/** The person of a session, and what an app may do in their name. */
export type GrantedRow = GrantRow & Readonly<{ person: SessionRow }>

const PERSON = `s.issuer, s.subject, s.name, s.role, s.organization, s.assurance, s.id_token as "idToken", s.began, s.ends,
  case when s.number_system is not null then json_build_object('system', s.number_system, 'value', s.number_value) end as number,
  (select i.id from identity i where i.type = 'Patient' and i.system = s.number_system and i.value = s.number_value) as "ownRecord"`
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

/**
 * Where people's sign-ins, sessions, launches and grants to apps are kept. Every look-up asks the database, so what is ended on one process is
 * ended on all. Keys are hashes of what the person's browser, or the app, holds; `now` is the clock of who asks.
 */
export const peopleStore = (database: Database) => ({
  signIns: {
    begin: async (
      key: Readonly<{ state: Buffer; browser: Buffer }>,
      { nonce, verifier, returnTo }: PendingSignIn,
      now: Date,
      ends: Date,
    ): Promise<void> => {
      await database.run({
        name: 'begin-sign-in',
        text: `with ended as (delete from sign_in where ends < $6)
          insert into sign_in (state, browser, nonce, verifier, return_to, ends) values ($1, $2, $3, $4, $5, $7)`,
        values: [key.state, key.browser, nonce, verifier, returnTo, now, ends],
      })
    },
    /** Once: whoever asks second finds nothing. Nothing either where another browser began it, which then stays. */
    take: async (key: Readonly<{ state: Buffer; browser: Buffer }>, now: Date): Promise<PendingSignIn | undefined> => {
      const [row] = await database.run<PendingSignIn>({
        name: 'take-sign-in',
        text: `delete from sign_in where state = $1 and browser = $2 and ends > $3
          returning nonce, verifier, return_to as "returnTo"`,
        values: [key.state, key.browser, now],
      })
      return row
    },
  },

  sessions: {
    /**
     * Begins a session, and ends the one that this browser had. Answers whose ended by that, and whose had ended before by time: what lets nothing
     * be done any more.
     */
    begin: (
      id: Buffer,
      person: SessionRow,
      { before, idleSince }: Readonly<{ before: Buffer | undefined; idleSince: Date }>,
    ): Promise<SessionRow[]> =>
      database.run<SessionRow>({
        name: 'begin-session',
        text: `with ended as (
            delete from session as s where s.ends < $9 or s.id = $11
              or (s.used <= $12 and not exists (select from app_grant as g where g.session = s.id and g.ends > $9))
              returning ${PERSON}
          ), begun as (
            insert into session (id, issuer, subject, name, role, organization, assurance, id_token, began, used, ends, number_system, number_value)
              values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9, $10, $13, $14)
          ) select * from ended`,
        values: [
          id,
          person.issuer,
          person.subject,
          person.name,
          person.role,
          person.organization,
          person.assurance,
          person.idToken,
          person.began,
          person.ends,
          before ?? null,
          idleSince,
          person.number?.system ?? null,
          person.number?.value ?? null,
        ],
      }),
    /** The person of a session that is neither over nor unused since `idleSince`, at this client, and notes that it is used. */
    use: async (id: Buffer, client: string, now: Date, idleSince: Date): Promise<(SessionRow & Glass) | undefined> => {
      const [row] = await database.run<SessionRow & Glass>({
        name: 'use-session',
        // The time of use is exact to a few seconds: not every picture of a page is worth a write.
        text: `with noted as (update session set used = $2
              where id = $1 and ends > $2 and used > $3 and used < $2 - interval '5 seconds')
          select ${PERSON}, ${openGlass('$4', '$2')} from session as s where s.id = $1 and s.ends > $2 and s.used > $3`,
        values: [id, now, idleSince, client],
      })
      return row
    },
    /** Ends a session with its launches and what it let apps do; answers whose it was. */
    end: async (id: Buffer): Promise<SessionRow | undefined> => {
      const [row] = await database.run<SessionRow>({
        name: 'end-session',
        text: `delete from session as s where id = $1 returning ${PERSON}`,
        values: [id],
      })
      return row
    },
  },

  launches: {
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
  },

  grants: {
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
  },
})

export type PeopleStore = ReturnType<typeof peopleStore>
