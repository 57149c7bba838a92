import type { Log } from '../log.ts'
import type { Records } from '../records/door.ts'
import { asService } from './as-service.ts'
import { type Repeated, repeated } from './repeated.ts'

/** How often it is looked whether something has to be seen to, or is over. */
const LOOK_MS = 10_000

const MINUTE = 60
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** When somebody has to see to what did not come about by itself. */
export const ALARM_LIMITS = {
  // A crew may be acting on a plan that is no longer one. Retries come at least each minute, so by then several have failed.
  withdrawalSeconds: 5 * MINUTE,
  // An older copy of a plan that still stands is a lesser harm, and most outages are shorter: earlier would only make people used to it.
  outOfStepSeconds: HOUR,
  // From then on it is tried once an hour: it will not mend by itself.
  longSeconds: 7 * DAY,
  // It is sealed each second: what takes a minute does not come by itself.
  unsealedSeconds: MINUTE,
  // More Tasks than this of one kind nobody goes through one by one.
  most: 20,
} as const

/** Opens and ends Tasks about sharing, beside the dispatcher (docs/operations.md). */
export const createAlarms = ({ records, log }: { records: Records; log: Log }): Repeated =>
  repeated(
    LOOK_MS,
    async () => {
      const written = await records.settleAlarms(asService('alarms', 'administration'), ALARM_LIMITS)
      if (written > 0) log.warn({ tasks: written }, 'Tasks about sharing were opened or ended')
    },
    (error) => log.warn({ err: error }, 'It could not be read what has to be seen to; trying again'),
  )
