import type { Application, Edition, Facts, Observation, Stored, Write } from '../facts.ts'
import { createShelf, type Precondition, type Put } from '../recipient/shelf.ts'

/** What an author wants held of a person. */
export type Wanted = Edition & Readonly<{ patient: string; plan: string }>

/**
 * A world for senders that are written in a few lines: authors, one recipient as in a run, and a clock that goes on by one with everything that
 * happens. It remembers the same facts as a run does.
 */
export const createWorld = () => {
  let now = 0
  const tick = (): number => {
    now += 1
    return now
  }
  const shelf = createShelf()
  const applications: Application[] = []
  const writes: Write[] = []
  const observations: Observation[] = []
  const plans = new Map<string, Map<string, string>>()
  const newest = new Map<string, Wanted>()

  const commit = (patient: string, kind: Write['kind'], plan: string): Wanted => {
    const sent = tick()
    writes.push({ patient, kind, plan, sent, known: tick(), outcome: 'acknowledged' })
    const own = plans.get(patient) ?? new Map<string, string>()
    plans.set(patient, own.set(plan, kind === 'submit' ? 'active' : 'revoked'))
    const wanted: Wanted = {
      patient,
      plan,
      epoch: 1,
      sequence: (newest.get(patient)?.sequence ?? 0) + 1,
      state: kind === 'submit' ? 'current' : 'withdrawn',
    }
    newest.set(patient, wanted)
    return wanted
  }

  return {
    /** Each is acknowledged to the author at once. */
    submit: (patient: string, plan: string): Wanted => commit(patient, 'submit', plan),
    revoke: (patient: string, plan: string): Wanted => commit(patient, 'withdraw', plan),
    /** The newest that is wanted of a person. */
    wanted: (patient: string): Wanted => newest.get(patient) as Wanted,
    /** A message reaches the recipient. */
    send({ patient, plan, ...edition }: Wanted, precondition: Precondition = {}): Put {
      const shown = { ...edition, plans: edition.state === 'current' ? [plan] : [] }
      const answer = shelf.put(patient, shown, precondition, tick())
      if (answer.status !== 412) applications.push(answer.kept)
      return answer
    },
    /** Somebody asks who holds what: `confirmed` is the sequence that the sender has recorded as acknowledged. */
    look(patient: string, confirmed: number): void {
      const wanted = newest.get(patient) as Wanted
      const inStep = confirmed === wanted.sequence
      const asked = tick()
      const recipient = {
        id: 'gp',
        inStep,
        wanted,
        confirmed: { state: wanted.state, sequence: confirmed, since: asked },
      }
      observations.push({ patient, asked, answered: tick(), recipients: [recipient] })
    },
    facts: (): Facts => ({
      applications: { gp: applications },
      writes,
      observations,
      stored: [...plans].map(
        ([patient, own]): Stored => ({ patient, plans: [...own].map(([id, status]) => ({ id, status })) }),
      ),
      settled: true,
    }),
  }
}

export type World = ReturnType<typeof createWorld>
