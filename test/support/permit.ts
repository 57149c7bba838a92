import { decideSearch, type Permit } from '../../src/access/decide.ts'
import type { Caller } from '../../src/context.ts'

/** Leave for a caller to search for direct care, now. */
export const permitFor = (actor: Caller): Permit =>
  decideSearch({ actor, purpose: 'care', act: 'read', now: new Date() })
