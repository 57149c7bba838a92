import type { Sessions } from '../auth/people/sessions.ts'
import type { Log } from '../log.ts'
import { type Repeated, repeated } from './repeated.ts'

/** How long after its time the end of a session is on record, at most. */
const EACH_MS = 5_000

/** Puts the end of sessions on record when their time is over, whoever signs in next and whether anybody does. Any number of processes do this at once. */
export const createSessionEnds = ({
  sessions,
  log,
}: Readonly<{ sessions: Pick<Sessions, 'putAway'>; log: Pick<Log, 'warn'> }>): Repeated =>
  repeated(
    EACH_MS,
    () => sessions.putAway(),
    (error) => log.warn({ err: error }, 'Sessions that are over could not be put away; trying again'),
  )
