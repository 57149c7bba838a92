import type { Wanted, World } from './world.ts'

/**
 * A way of sharing that has been tried elsewhere and did harm, in the order of events in which it does. `mended`: the same order of events with the
 * one rule that was missing.
 */
export type Control = (world: World, mended: boolean) => void

/**
 * An outbox whose rows are read by id, from the last one seen on. Ids are drawn before the commit: the withdrawal drew the lower one and committed
 * later, so it lies behind what was read. Mended, what differs from what is acknowledged is read, whatever its number.
 */
export const pollerById: Control = (world, mended) => {
  world.send(world.submit('ann', 'ann-1'))
  const outbox: { id: number; wanted: Wanted }[] = []
  let read = 0
  const acknowledged = new Set<Wanted>()
  const poll = (): void => {
    for (const { id, wanted } of outbox) {
      if (mended ? acknowledged.has(wanted) : id <= read) continue
      world.send(wanted)
      acknowledged.add(wanted)
      read = Math.max(read, id)
    }
  }
  const slow = { id: 1 }
  outbox.push({ id: 2, wanted: world.submit('bob', 'bob-1') })
  poll()
  outbox.push({ ...slow, wanted: world.revoke('ann', 'ann-1') })
  poll()
}

/**
 * A queue of messages with their content. A worker takes one, stands still until it is thought dead, and sends it when it goes on: after another
 * worker has sent that message, and the withdrawal too. Mended, the recipient is told which version each message is to replace.
 */
export const queueWithoutFence: Control = (world, mended) => {
  const message = world.submit('ann', 'ann-1')
  const first = mended ? { ifNoneMatch: '*' } : {}
  const second = mended ? { ifMatch: 'W/"1"' } : {}
  const takenBySleeper = message
  world.send(message, first)
  world.send(world.revoke('ann', 'ann-1'), second)
  world.send(takenBySleeper, first)
}

/**
 * What is wanted and what is acknowledged are compared, and an answer of success counts as acknowledgement of what is wanted when it comes. A
 * withdrawal that was committed while the plan was on its way is taken for acknowledged. Mended, only what the answer names is.
 */
export const acknowledgementWithoutSequence: Control = (world, mended) => {
  let confirmed = 0
  const sendNewest = (meanwhile: () => void = () => {}): void => {
    const sent = world.wanted('ann')
    if (confirmed === sent.sequence) return
    world.send(sent)
    meanwhile()
    confirmed = mended ? sent.sequence : world.wanted('ann').sequence
  }
  world.submit('ann', 'ann-1')
  sendNewest(() => world.revoke('ann', 'ann-1'))
  world.look('ann', confirmed)
  sendNewest()
  world.look('ann', confirmed)
}
