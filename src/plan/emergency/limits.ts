import type { Parameters } from 'fhir/r4.js'

/** The largest answer, in bytes of its JSON (model.md section 5: 20 kB). */
export const MOST_BYTES = 20_000

/** Bytes a text (singular) and items a list (plural) may take up. */
export type Limits = Readonly<
  Record<
    | 'words'
    | 'wishes'
    | 'note'
    | 'notes'
    | 'rationale'
    | 'condition'
    | 'recommendations'
    | 'refusal'
    | 'refusals'
    | 'identity'
    | 'identifiers'
    | 'contact'
    | 'contacts'
    | 'decision',
    number
  >
>

const UNLIMITED: Limits = {
  words: Infinity,
  wishes: Infinity,
  note: Infinity,
  notes: Infinity,
  rationale: Infinity,
  condition: Infinity,
  recommendations: Infinity,
  refusal: Infinity,
  refusals: Infinity,
  identity: Infinity,
  identifiers: Infinity,
  contact: Infinity,
  contacts: Infinity,
  decision: Infinity,
}

/**
 * What is cut where the answer would be too large, in this order, no further than needed: the person's words and notes (who said it, capacity,
 * places), reasons, conditions and refusals, then how many of each. Each cut is marked and the summary has the whole. CPR, overall focus and
 * contacts (`decision`, `contact`) come last: no other text, however long, cuts into them; only their own length can.
 */
const CUTS: readonly (readonly [keyof Limits, number])[] = [
  ['words', 1000],
  ['note', 500],
  ['rationale', 500],
  ['words', 400],
  ['note', 150],
  ['rationale', 200],
  ['wishes', 12],
  ['condition', 500],
  ['refusal', 600],
  ['words', 200],
  ['notes', 4],
  ['wishes', 6],
  ['rationale', 100],
  ['condition', 200],
  ['refusal', 200],
  ['words', 120],
  ['note', 70],
  ['wishes', 3],
  ['notes', 2],
  ['refusals', 4],
  ['recommendations', 10],
  ['identity', 200],
  ['identifiers', 3],
  ['recommendations', 6],
  ['refusals', 2],
  ['contacts', 12],
  ['contact', 150],
  ['decision', 1500],
  ['contacts', 6],
  ['contact', 80],
  ['decision', 500],
]

/** The answer with as few of CUTS as make it fit, found by halving: each cut makes the answer smaller. All of them make any answer fit. */
export const fitting = (compose: (limits: Limits) => Parameters): Parameters => {
  const cut = (steps: number): Parameters => compose({ ...UNLIMITED, ...Object.fromEntries(CUTS.slice(0, steps)) })
  const fits = (answer: Parameters): boolean => Buffer.byteLength(JSON.stringify(answer)) <= MOST_BYTES
  let best = cut(0)
  if (fits(best)) return best
  let tooFew = 0
  let enough = CUTS.length
  best = cut(enough)
  while (enough - tooFew > 1) {
    const steps = Math.floor((tooFew + enough) / 2)
    const candidate = cut(steps)
    if (fits(candidate)) {
      best = candidate
      enough = steps
    } else tooFew = steps
  }
  return best
}
