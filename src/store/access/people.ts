import type { Database } from '../database/database.ts'
import { grantStore, launchStore } from './app-grants.ts'
import { sessionStore, signInStore } from './sessions.ts'

/**
 * Where people's sign-ins, sessions, launches and grants to apps are kept. Every look-up asks the database, so what is ended on one process is
 * ended on all. Keys are hashes of what the person's browser, or the app, holds; `now` is the clock of who asks.
 */
export const peopleStore = (database: Database) => ({
  signIns: signInStore(database),
  sessions: sessionStore(database),
  launches: launchStore(database),
  grants: grantStore(database),
})

export type PeopleStore = ReturnType<typeof peopleStore>
