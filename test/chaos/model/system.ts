import type { State } from '../facts.ts'

/**
 * Sharing as a small machine: one person, an author, several senders, a recipient, and a network that holds messages up, loses and repeats them. It
 * has the rules of the real one (store/sharing/deliveries.ts, sync) and nothing else, so that many orders of events can be tried. One recipient is enough,
 * for nothing that belongs to one is ever looked at for another.
 */

type Edition = Readonly<{ sequence: number; state: State }>

type Answer = Readonly<{ accepted: boolean; version: number }>
/** What a sender is doing: what it read when it took the lease, and how far it is. */
type Job = {
  readonly lease: number
  readonly edition: Edition
  readonly version: number
  sent: boolean
  answer?: Answer
}

/** Rules that can be left out, to see that the model would notice. */
export type Mutation =
  /** Messages are sent without If-Match or If-None-Match. */
  | 'no-precondition'
  /** A report counts whatever lease it was made under. */
  | 'no-fence'
  /** An acknowledgement counts for what is wanted when it comes, not for what it names. */
  | 'ack-without-sequence'

export type System = ReturnType<typeof createSystem>

export const createSystem = (senders: number, mutation?: Mutation) => {
  let wanted: Edition = { sequence: 1, state: 'current' }
  /** What the recipient holds, and its own version of it; nothing at version 0. */
  const recipient: { held: Edition | undefined; version: number } = { held: undefined, version: 0 }
  /** What is recorded of it: the sequence that it has confirmed, its version as we know it, and the newest lease with its fencing token. */
  const delivery = { confirmed: 0, version: 0, lease: 0, leased: false }
  const jobs = new Map<number, Job>()
  const network: Job[] = []

  const write = (state: State): void => {
    wanted = { sequence: wanted.sequence + 1, state }
  }

  const apply = ({ edition, version }: Job): Answer => {
    if (mutation !== 'no-precondition' && version !== recipient.version) return { accepted: false, version }
    recipient.held = edition
    recipient.version += 1
    return { accepted: true, version: recipient.version }
  }

  const confirm = ({ edition }: Job, version: number): void => {
    delivery.confirmed = mutation === 'ack-without-sequence' ? wanted.sequence : edition.sequence
    delivery.version = version
    delivery.leased = false
  }

  return {
    senders,
    recipient: recipient as Readonly<typeof recipient>,
    delivery: delivery as Readonly<typeof delivery>,
    wanted: (): Edition => wanted,
    /** Messages under way. */
    messages: (): number => network.length,

    /** What an author does is committed, and acknowledged, at once. */
    submit: (): void => write('current'),
    revoke: (): void => write('withdrawn'),

    canLease: (sender: number): boolean =>
      !delivery.leased && delivery.confirmed !== wanted.sequence && !jobs.has(sender),
    lease(sender: number): void {
      delivery.lease += 1
      delivery.leased = true
      jobs.set(sender, { lease: delivery.lease, edition: wanted, version: delivery.version, sent: false })
    },

    canSend: (sender: number): boolean => jobs.get(sender)?.sent === false,
    send(sender: number): void {
      const job = jobs.get(sender) as Job
      job.sent = true
      network.push(job)
    },

    /** A message arrives; `again`: and stays in the network, to arrive once more. */
    arrive(message: number, again: boolean): void {
      const job = network[message] as Job
      if (!again) network.splice(message, 1)
      const answer = apply(job)
      job.answer ??= answer
    },
    lose(message: number): void {
      network.splice(message, 1)
    },

    canReport: (sender: number): boolean => jobs.get(sender)?.answer !== undefined,
    /** A sender takes the answer in, asks a recipient that refused what it holds, and reports. */
    report(sender: number): void {
      const job = jobs.get(sender) as Job
      jobs.delete(sender)
      if (mutation !== 'no-fence' && delivery.lease !== job.lease) return
      if (job.answer?.accepted === true) confirm(job, job.answer.version)
      else if (recipient.held?.sequence === job.edition.sequence) confirm(job, recipient.version)
      else {
        delivery.leased = false
        // What is newer than what was sent is not to be replaced by it.
        if ((recipient.held?.sequence ?? 0) < job.edition.sequence) delivery.version = recipient.version
      }
    },

    /** A sender dies, with what it was doing; another one in its place knows nothing. */
    crash(sender: number): void {
      jobs.delete(sender)
    },
    /** So much time passes that the lease is void, though its holder may still be at work. */
    expire(): void {
      delivery.leased = false
    },
  }
}
