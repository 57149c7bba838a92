import { setTimeout as wait } from 'node:timers/promises'
import type { Bundle, CarePlan, FhirResource, Parameters } from 'fhir/r4.js'
import type { Observation, Stored, Write } from '../facts.ts'
import type { Client } from './client.ts'
import { firstSubmission, nextSubmission, type Plans, patientIn, plansIn, recipientsIn, WITHDRAWAL } from './plans.ts'

/** A synthetic person as their author knows them. */
export type Person = { readonly patient: string /** The plan in force. */; active: string | undefined }

/** Authors: what they do to plans, and all that they remember of it. One thing at a time is done to one person. */
export type Authors = Readonly<{
  people: readonly Person[]
  writes: readonly Write[]
  observations: readonly Observation[]
  /** Stores one more person with a first plan; tries again until it is done. */
  register(): Promise<Person>
  /** Submits a plan in place of the one in force. */
  submit(person: Person): Promise<void>
  /** Withdraws the plan in force. Undefined where there is none, or it did not happen. */
  withdraw(person: Person): Promise<Write | undefined>
  /** Asks who holds what of a person. */
  observe(person: Person): Promise<Observation>
  /** Reads every plan of a person. */
  read(person: Person): Promise<Stored>
}>

/** A commit whose client is gone ends within this time, or not at all. */
const SETTLE_MS = 3_000

export const createAuthors = (client: Client): Authors => {
  const people: Person[] = []
  const writes: Write[] = []
  const observations: Observation[] = []
  const known = new Set<string>()

  const read = async ({ patient }: Person): Promise<Stored> => ({
    patient,
    plans: plansIn(await client.read<Bundle<FhirResource>>(`/CarePlan?patient=${patient}&_count=1000`)),
  })

  /** No answer came, or one that leaves it open: what became of the write is looked up when nothing of it can be under way any more. */
  const lookUp = async (person: Person): Promise<Plans> => {
    await wait(SETTLE_MS)
    return (await read(person)).plans
  }

  const remember = (write: Write): Write => {
    writes.push(write)
    if (write.kind === 'submit' && write.plan !== undefined) known.add(write.plan)
    return write
  }

  return {
    people,
    writes,
    observations,
    async register() {
      for (;;) {
        const sent = Date.now()
        const answer = await client.once<Bundle<FhirResource>>('POST', '/CarePlan/$submit', firstSubmission())
        if (answer?.status === 201) {
          const person = { patient: patientIn(answer.body) ?? '', active: plansIn(answer.body)[0]?.id }
          const write = { patient: person.patient, kind: 'submit', plan: person.active, sent } as const
          remember({ ...write, known: Date.now(), outcome: 'acknowledged' })
          people.push(person)
          return person
        }
        if (answer !== undefined && answer.status < 500 && answer.status !== 429)
          throw new Error(`A first plan was refused: ${answer.status} ${answer.text.slice(0, 500)}`)
        // Somebody else is registered instead: this one may be there already.
        await wait(200)
      }
    },
    async submit(person) {
      const replaces = person.active
      const sent = Date.now()
      const answer = await client.once<Bundle<FhirResource>>(
        'POST',
        '/CarePlan/$submit',
        nextSubmission(person.patient, replaces),
      )
      const write = {
        patient: person.patient,
        kind: 'submit',
        sent,
        ...(replaces === undefined ? {} : { replaces }),
      } as const
      if (answer?.status === 201) {
        // The answer may hold the replaced one too.
        person.active = plansIn(answer.body).find(({ status }) => status === 'active')?.id
        remember({ ...write, plan: person.active, known: Date.now(), outcome: 'acknowledged' })
        return
      }
      const found = (await lookUp(person)).find(({ id, status }) => status === 'active' && !known.has(id))
      if (found !== undefined) person.active = found.id
      remember(
        found === undefined
          ? {
              patient: write.patient,
              kind: 'submit',
              plan: undefined,
              sent,
              known: Date.now(),
              outcome: 'did-not-happen',
            }
          : { ...write, plan: found.id, known: Date.now(), outcome: 'found' },
      )
    },
    async withdraw(person) {
      const plan = person.active
      if (plan === undefined) return undefined
      const sent = Date.now()
      const answer = await client.once<CarePlan>('POST', `/CarePlan/${plan}/$revoke`, WITHDRAWAL)
      const write = { patient: person.patient, kind: 'withdraw', plan, sent } as const
      if (answer?.status === 200) {
        person.active = undefined
        return remember({ ...write, known: Date.now(), outcome: 'acknowledged' })
      }
      const gone = (await lookUp(person)).some(({ id, status }) => id === plan && status === 'revoked')
      if (gone) person.active = undefined
      remember({ ...write, known: Date.now(), outcome: gone ? 'found' : 'did-not-happen' })
      return gone ? writes.at(-1) : undefined
    },
    async observe(person) {
      for (;;) {
        const asked = Date.now()
        // A retry is another question, with a time of its own.
        const answer = await client.once<Parameters>('GET', `/Patient/${person.patient}/$sharing-status`)
        if (answer?.status === 200) {
          const { patient } = person
          const observation = { patient, asked, answered: Date.now(), recipients: recipientsIn(answer.body) }
          observations.push(observation)
          return observation
        }
        await wait(200)
      }
    },
    read,
  }
}
