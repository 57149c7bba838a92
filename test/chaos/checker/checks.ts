import type { Application, Facts, Observation } from '../facts.ts'
import { type History, histories, shownAt } from './history.ts'

/** What must never be found in a run. */
export type Check = 'lost-withdrawal' | 'went-back' | 'double-effect' | 'lost-write' | 'not-the-truth' | 'unlisted'

/** One thing that was found: enough to look it up in the logs of the run. */
export type Violation = Readonly<{ check: Check; patient: string; recipient?: string; at?: number; what: string }>

/** Everything in the facts that must not be. Each check stands by itself and reads no more of KeyPlan than an author or a recipient sees. */
export const check = (facts: Facts): Violation[] => {
  const all = histories(facts)
  return [
    ...all.flatMap(wentBack),
    ...all.flatMap(wentBackToAnEarlierPlan),
    ...all.flatMap(doubleEffect),
    ...(facts.settled ? all.flatMap(lostWithdrawals) : []),
    ...(facts.settled ? all.flatMap((history) => notTheTruth(history, facts)) : []),
    ...lostWrites(all, facts),
    ...unlisted(all, facts.observations),
  ]
}

const named = ({ state, epoch, sequence }: Pick<Application, 'state' | 'epoch' | 'sequence'>): string =>
  `${state} ${epoch}/${sequence}`

const compare = (a: Application, b: Application): number => a.epoch - b.epoch || a.sequence - b.sequence

/** Each application with the one before it, at each recipient. */
const steps = function* ({ applications }: History): Generator<[string, Application, Application]> {
  for (const [recipient, all] of Object.entries(applications)) {
    for (const [index, application] of all.entries()) {
      const before = all[index - 1]
      if (before !== undefined) yield [recipient, before, application]
    }
  }
}

const wentBack = (history: History): Violation[] =>
  [...steps(history)].flatMap(([recipient, before, after]) =>
    compare(after, before) < 0
      ? [
          {
            check: 'went-back' as const,
            patient: history.patient,
            recipient,
            at: after.at,
            what: `${named(after)} was applied after ${named(before)}`,
          },
        ]
      : [],
  )

/** The same by what the author did, whatever KeyPlan numbers it: a plan that was withdrawn or replaced by one that the recipient has seen. */
const wentBackToAnEarlierPlan = (history: History): Violation[] => {
  const order = new Map(
    history.writes.flatMap(({ kind, plan }, index) =>
      kind === 'submit' && plan !== undefined ? [[plan, index] as const] : [],
    ),
  )
  const place = ({ plans }: Application): number => Math.max(-1, ...plans.map((plan) => order.get(plan) ?? -1))
  return Object.entries(history.applications).flatMap(([recipient, all]) => {
    let newest = -1
    return all.flatMap((application): Violation[] => {
      const now = place(application)
      const isBack = application.state === 'current' && now < newest
      newest = Math.max(newest, now)
      return isBack
        ? [
            {
              check: 'went-back',
              patient: history.patient,
              recipient,
              at: application.at,
              what: `${named(application)} shows an earlier plan than was shown before`,
            },
          ]
        : []
    })
  })
}

const doubleEffect = (history: History): Violation[] => [
  ...[...steps(history)].flatMap(([recipient, before, after]): Violation[] =>
    compare(after, before) === 0
      ? [
          {
            check: 'double-effect',
            patient: history.patient,
            recipient,
            at: after.at,
            what: `${named(after)} was applied twice`,
          },
        ]
      : [],
  ),
]

const lostWithdrawals = (history: History): Violation[] => {
  const withdrawn = new Set(history.writes.flatMap(({ kind, plan }) => (kind === 'withdraw' ? [plan] : [])))
  return Object.entries(history.applications).flatMap(([recipient, all]): Violation[] => {
    const last = all.at(-1)
    const plan = last?.plans.find((shown) => withdrawn.has(shown))
    return plan === undefined || last === undefined || last.state !== 'current'
      ? []
      : [
          {
            check: 'lost-withdrawal',
            patient: history.patient,
            recipient,
            at: last.at,
            what: `CarePlan/${plan} was withdrawn and is still shown`,
          },
        ]
  })
}

/** After quiet each recipient holds what the author did last: that plan, or the tombstone where it was told of a plan before. */
const notTheTruth = (history: History, { observations }: Facts): Violation[] => {
  const last = history.writes.at(-1)
  if (last === undefined) return []
  const sequence = observations
    .findLast(({ patient, asked }) => patient === history.patient && asked >= last.known)
    ?.recipients.map(({ wanted }) => wanted.sequence)[0]
  return Object.entries(history.applications).flatMap(([recipient, all]): Violation[] => {
    const held = all.at(-1)
    const right =
      last.kind === 'withdraw'
        ? held === undefined || held.state === 'withdrawn'
        : held?.state === 'current' && last.plan !== undefined && held.plans.includes(last.plan)
    const newest = held === undefined || sequence === undefined || held.sequence === sequence
    return right && newest
      ? []
      : [
          {
            check: 'not-the-truth',
            patient: history.patient,
            recipient,
            what: `holds ${held === undefined ? 'nothing' : named(held)}, and the last write was ${last.kind} of CarePlan/${last.plan}${sequence === undefined ? '' : ` (sequence ${sequence})`}`,
          },
        ]
  })
}

/** Every write that was acknowledged is there at the end, has the effect that it must have, and has it once. */
const lostWrites = (all: readonly History[], { stored }: Facts): Violation[] => {
  const byPatient = new Map(stored.map((one) => [one.patient, one.plans]))
  return all.flatMap(({ patient, writes }): Violation[] => {
    const plans = byPatient.get(patient)
    if (plans === undefined) return []
    const expected = new Map<string, string>()
    for (const { kind, plan, replaces } of writes) {
      if (replaces !== undefined) expected.set(replaces, 'revoked')
      if (plan !== undefined) expected.set(plan, kind === 'submit' ? 'active' : 'revoked')
    }
    const found = new Map(plans.map(({ id, status }) => [id, status]))
    return [
      ...[...expected].flatMap(([plan, status]): Violation[] =>
        found.get(plan) === status
          ? []
          : [
              {
                check: 'lost-write',
                patient,
                what: `CarePlan/${plan} is ${found.get(plan) ?? 'not there'} and must be ${status}`,
              },
            ],
      ),
      ...[...found].flatMap(([plan, status]): Violation[] =>
        expected.has(plan)
          ? []
          : [
              {
                check: 'double-effect',
                patient,
                what: `CarePlan/${plan} (${status}) is there and nobody submitted it`,
              },
            ],
      ),
    ]
  })
}

/**
 * "Withdrawn for the author, shown as active by a recipient, and nobody listed as not having acknowledged" must never be. Nor the same for any
 * other state: who is said to be in step holds what is wanted, and what is wanted is what the author did last.
 */
const unlisted = (all: readonly History[], observations: readonly Observation[]): Violation[] => {
  const byPatient = new Map(all.map((history) => [history.patient, history]))
  return observations.flatMap(({ patient, asked, answered, recipients }): Violation[] => {
    const history = byPatient.get(patient)
    const last = history?.writes.findLast(({ known }) => known <= asked)
    if (history === undefined || last === undefined) return []
    const state = last.kind === 'withdraw' ? 'withdrawn' : 'current'
    const listed = new Map(recipients.map((recipient) => [recipient.id, recipient]))
    return Object.entries(history.applications).flatMap(([recipient, applications]): Violation[] => {
      const said = listed.get(recipient)
      const shown = shownAt(applications, answered)
      const found = (check: Check, what: string): Violation[] => [{ check, patient, recipient, at: asked, what }]
      if (said === undefined)
        return shown?.state === 'current' && state === 'withdrawn'
          ? found('unlisted', `shows ${named(shown)}, was withdrawn, and is not listed at all`)
          : []
      if (said.wanted.state !== state)
        return found('lost-write', `the last write was ${last.kind}, and ${said.wanted.state} is wanted there`)
      if (!said.inStep) return []
      return shown?.state === state && shown.sequence === said.wanted.sequence
        ? []
        : found(
            'unlisted',
            `shows ${shown === undefined ? 'nothing' : named(shown)} and is said to be in step with ${state} ${said.wanted.sequence}`,
          )
    })
  })
}
