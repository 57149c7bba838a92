import type { Router } from 'express'
import type { Clients } from '../../auth/clients.ts'
import { loadApps } from '../../auth/people/apps.ts'
import { openPeople, type People, type PeopleOptions } from '../../auth/people/people.ts'
import type { Log } from '../../log.ts'
import type { Records } from '../../records/door.ts'
import { signInRouter } from './router.ts'

/**
 * People's sign-in with its pages. Only a service where it is configured loads this file, for it brings much. Throws an Error that names the
 * setting that is wrong.
 */
export const openSignIn = async (
  options: Omit<PeopleOptions, 'apps'> &
    Readonly<{
      /** What KEYPLAN_CLIENTS names, and the systems that were found there. */
      clientsPath: string
      clients: Clients
      records: Records
      log: Log
    }>,
): Promise<People & Readonly<{ router: Router }>> => {
  const { clientsPath, clients, records, baseUrl, scopeQueryFinding, log } = options
  const people = await openPeople({ ...options, apps: await loadApps(clientsPath, clients, scopeQueryFinding) })
  return { ...people, router: signInRouter(people, { records, baseUrl, log }) }
}
