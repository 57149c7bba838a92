import fc from 'fast-check'
import type { System } from './system.ts'

/** There is nothing to compare with: the system is its own model, which says what can happen next. */
type Event = fc.Command<System, System>

/** Does something, and throws where what must never be is so afterwards. */
const watched = (system: System, act: () => void): void => {
  const { recipient, delivery } = system
  const before = { held: recipient.held?.sequence ?? 0, version: recipient.version, confirmed: delivery.confirmed }
  act()
  const held = recipient.held?.sequence ?? 0
  const applied = recipient.version !== before.version
  if (applied && held < before.held) throw new Error(`The recipient went back from ${before.held} to ${held}.`)
  if (applied && held === before.held) throw new Error(`The recipient applied ${held} twice.`)
  if (delivery.confirmed < before.confirmed)
    throw new Error(`What is confirmed went back from ${before.confirmed} to ${delivery.confirmed}.`)
  const { state, sequence } = system.wanted()
  if (delivery.confirmed === sequence && held !== sequence)
    throw new Error(
      `The author was told of ${state} ${sequence}, the recipient shows ${recipient.held?.state} ${held}, and is not among those that have not acknowledged.`,
    )
}

const event = (name: string, check: (system: System) => boolean, act: (system: System) => void): Event => ({
  check,
  run: (_model, system) => watched(system, () => act(system)),
  toString: () => name,
})

export const SENDERS = 2

const always = (): boolean => true
const ofSender = (
  name: string,
  check: (system: System, sender: number) => boolean,
  act: (system: System, sender: number) => void,
): fc.Arbitrary<Event> =>
  fc.nat({ max: SENDERS - 1 }).map((sender) =>
    event(
      `${name}(${sender})`,
      (system) => check(system, sender),
      (system) => act(system, sender),
    ),
  )
/** With one of the messages that are under way, the oldest being the first. */
const ofMessage = (name: string, act: (system: System, message: number) => void): fc.Arbitrary<Event> =>
  fc.nat({ max: 3 }).map((message) =>
    event(
      `${name}(${message})`,
      (system) => message < system.messages(),
      (system) => act(system, message),
    ),
  )

const work: readonly fc.Arbitrary<Event>[] = [
  ofSender(
    'lease',
    (system, sender) => system.canLease(sender),
    (system, sender) => system.lease(sender),
  ),
  ofSender(
    'send',
    (system, sender) => system.canSend(sender),
    (system, sender) => system.send(sender),
  ),
  ofMessage('arrive', (system, message) => system.arrive(message, false)),
  ofSender(
    'report',
    (system, sender) => system.canReport(sender),
    (system, sender) => system.report(sender),
  ),
]
const trouble: readonly fc.Arbitrary<Event>[] = [
  fc.constant(event('submit', always, (system) => system.submit())),
  fc.constant(event('revoke', always, (system) => system.revoke())),
  ofMessage('arrive and stay', (system, message) => system.arrive(message, true)),
  ofMessage('lose', (system, message) => system.lose(message)),
  ofSender('crash', always, (system, sender) => system.crash(sender)),
  fc.constant(event('expire', always, (system) => system.expire())),
]

/** Everything that can happen, in any order; work more often than trouble, or nothing would ever be finished. */
export const events = fc.commands([...work, ...work, ...work, ...trouble], { maxCommands: 150, size: 'max' })

/** A send that finds another version than it knew learns it, and the next one succeeds. */
const ATTEMPTS = 3

/** Lets a system come to rest: what is under way arrives, late as it is, every lease ends, and one sender goes on without any further fault. */
export const settle = (system: System): void => {
  while (system.messages() > 0) watched(system, () => system.arrive(0, false))
  for (let sender = 0; sender < system.senders; sender++) system.crash(sender)
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    system.expire()
    if (!system.canLease(0)) return
    for (const act of [
      () => system.lease(0),
      () => system.send(0),
      () => system.arrive(0, false),
      () => system.report(0),
    ])
      watched(system, act)
  }
}
