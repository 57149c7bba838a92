import { problem } from '../../fhir/outcome.ts'

/** Takes so many steps, of about a microsecond each, from what a question may take. Throws `not-supported` where it has no more. */
export type Spend = (steps: number) => void

/** Everybody waits while a question about codes is answered, a crew as well: for no more than some 50 ms. */
const MOST_STEPS = 50_000

/** What one question may take. Steps are counted and not time, so that the same question always has the same answer. */
export const budget = (): Spend => {
  let left = MOST_STEPS
  return (steps) => {
    left -= steps
    if (left < 0) {
      throw problem(
        'not-supported',
        'terminology-too-costly',
        'To answer this, more codes would have to be looked through than others can wait for. Send a value set with fewer parts or filters, or ask about fewer codes.',
        { code: 'too-costly' },
      )
    }
  }
}
