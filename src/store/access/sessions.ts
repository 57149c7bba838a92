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

/** What they broke at the application by which they ask and is open; null where there is nothing. */
export type Glass = Readonly<{ glass: OpenGlass | null }>

/** The columns of a session `s` that are a SessionRow. */
export const PERSON = `s.issuer, s.subject, s.name, s.role, s.organization, s.assurance, s.id_token as "idToken", s.began, s.ends,
  case when s.number_system is not null then json_build_object('system', s.number_system, 'value', s.number_value) end as number,
  (select i.id from identity i where i.type = 'Patient' and i.system = s.number_system and i.value = s.number_value) as "ownRecord"`

/** Where sign-ins stand that wait for the answer of the provider. */
export const signInStore = (database: Database) => ({
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
})

/** Where it stands who is signed in at which browser. */
export const sessionStore = (database: Database) => ({
  /** Begins a session, and ends the one that this browser had. Answers whose that was. */
  begin: (id: Buffer, person: SessionRow, before: Buffer | undefined): Promise<SessionRow[]> =>
    database.run<SessionRow>({
      name: 'begin-session',
      text: `with ended as (
            delete from session as s where s.id = $11 returning ${PERSON}
          ), begun as (
            insert into session (id, issuer, subject, name, role, organization, assurance, id_token, began, used, ends, number_system, number_value)
              values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9, $10, $12, $13)
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
  /**
   * Puts away the sessions that are over by time, or were not used since `idleSince` and let no app do anything any more; answers whose they were.
   * Each is answered once, whoever asks.
   */
  putAway: (now: Date, idleSince: Date): Promise<SessionRow[]> =>
    database.run<SessionRow>({
      name: 'put-sessions-away',
      text: `delete from session as s where s.ends < $1
            or (s.used <= $2 and not exists (select from app_grant as g where g.session = s.id and g.ends > $1))
          returning ${PERSON}`,
      values: [now, idleSince],
    }),
  /** Ends a session with its launches and what it let apps do; answers whose it was. */
  end: async (id: Buffer): Promise<SessionRow | undefined> => {
    const [row] = await database.run<SessionRow>({
      name: 'end-session',
      text: `delete from session as s where id = $1 returning ${PERSON}`,
      values: [id],
    })
    return row
  },
})
