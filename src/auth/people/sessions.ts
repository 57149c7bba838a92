import { createHash, timingSafeEqual } from 'node:crypto'
import type { PersonCaller } from '../../context.ts'
import type { OpenGlass } from '../../store/access/broken-glass.ts'
import type { PeopleStore } from '../../store/access/people.ts'
import type { SessionRow } from '../../store/access/sessions.ts'
import type { NoteSignIn } from '../note.ts'
import type { SessionLimits } from './identity.ts'
import { callerOf, type Person } from './person.ts'
import { hashed, isSecret, newSecret } from './secret.ts'

/** The client id under which people use KeyPlan's own pages. */
export const OWN_PAGES = 'keyplan-pages'

/** Somebody who is signed in, at one browser. */
export type Session = Readonly<{
  /** Under which it is kept. */
  key: Buffer
  person: Person
  /** When they signed in, and when that is over at the latest; ISO 8601. */
  began: string
  ends: string
  /** What a page of ours sends along with everything that changes something, and no other site can know. */
  csrf: string
  /** What they broke at our own pages and is open. */
  glass: OpenGlass | null
}>

export type Sessions = Readonly<{
  /**
   * Begins a session for who has just signed in, always under a new secret, and ends the one that the browser had: so nobody can be given a
   * session that somebody else knows. Answers the secret.
   */
  begin(person: Person, idToken: string, before: string | undefined): Promise<string>
  /** Whose session this is; undefined where it is over, was not used for too long, was ended, or never was. */
  find(secret: string | undefined): Promise<Session | undefined>
  /** Puts away the sessions that are over by time, and that they ended on record. To be called again and again, never twice at once. */
  putAway(): Promise<void>
  /** Ends it on every process, with all that apps were let do in it. Answers what proves to the provider whose it was. */
  end(session: Session): Promise<string | undefined>
}>

/** Made from the secret, which only the browser has: so it is stored nowhere, and changes with the session. */
const csrfOf = (secret: string): string => createHash('sha256').update(`csrf ${secret}`).digest('base64url')

export const isCsrf = ({ csrf }: Session, presented: unknown): boolean =>
  typeof presented === 'string' &&
  presented.length === csrf.length &&
  timingSafeEqual(Buffer.from(presented, 'latin1'), Buffer.from(csrf, 'latin1'))

/** A row was written from a Person alone. */
export const personIn = (row: SessionRow): Person => {
  const { issuer, subject, name, role, organization, assurance, number, ownRecord } = row
  return {
    issuer,
    subject,
    name,
    role,
    organization,
    assurance,
    ...(number == null ? {} : { number }),
    ...(ownRecord == null ? {} : { ownRecord }),
  } as Person
}

/** What somebody may ask for at our own pages: all that their role lets them. Patients, and who speaks for them, read. */
const ownScopes = ({ role }: Person): readonly string[] =>
  role === 'patient' || role === 'proxy' ? READS : READS_AND_WRITES

const READS: readonly string[] = ['user/*.rs']
const READS_AND_WRITES: readonly string[] = ['user/*.cruds']

/** Who is signed in, at KeyPlan's own pages. */
export const callerAtPages = ({ person, glass }: Pick<Session, 'person'> & Partial<Session>): PersonCaller =>
  callerOf(person, { clientId: OWN_PAGES, scopes: ownScopes(person), glass: glass ?? null })

export const createSessions = (options: {
  store: PeopleStore['sessions']
  limits: SessionLimits
  note: NoteSignIn
  /** Milliseconds since 1970. */
  now: () => number
}): Sessions => {
  const { store, limits, note, now } = options
  const idleSince = (at: number): Date => new Date(at - limits.idleSeconds * 1_000)
  const noteEnd = (ended: SessionRow): Promise<void> =>
    note({ interaction: 'session-end', caller: callerAtPages({ person: personIn(ended) }) })
  /** Put away, and not yet on record: what could not be written is written the next time. */
  const unnoted: SessionRow[] = []
  return {
    begin: async (person, idToken, before) => {
      const secret = newSecret()
      const began = now()
      const row = {
        ...person,
        idToken,
        began: new Date(began).toISOString(),
        ends: new Date(began + limits.seconds * 1_000).toISOString(),
      }
      for (const ended of await store.begin(hashed(secret), row, isSecret(before) ? hashed(before) : undefined))
        await noteEnd(ended)
      await note({ interaction: 'sign-in', caller: callerAtPages({ person }) })
      return secret
    },
    find: async (secret) => {
      if (!isSecret(secret)) return undefined
      const key = hashed(secret)
      const at = now()
      const row = await store.use(key, OWN_PAGES, new Date(at), idleSince(at))
      if (row === undefined) return undefined
      const { began, ends, glass } = row
      return { key, person: personIn(row), began, ends, csrf: csrfOf(secret), glass }
    },
    putAway: async () => {
      const at = now()
      unnoted.push(...(await store.putAway(new Date(at), idleSince(at))))
      for (let ended = unnoted[0]; ended !== undefined; ended = unnoted[0]) {
        await noteEnd(ended)
        unnoted.shift()
      }
    },
    end: async ({ key }) => {
      const ended = await store.end(key)
      if (ended !== undefined)
        await note({ interaction: 'sign-out', caller: callerAtPages({ person: personIn(ended) }) })
      return ended?.idToken
    },
  }
}
