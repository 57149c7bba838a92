import { setTimeout as wait } from 'node:timers/promises'
import { latencies, untilAcknowledged } from '../checker/latencies.ts'
import { atMost, seconds } from '../figures.ts'
import type { Person } from '../load/author.ts'
import { withdrawAndWatch } from '../load/load.ts'
import type { Killable } from '../stage/killable.ts'
import { RECIPIENTS } from '../stage/stage.ts'
import { until } from '../until.ts'
import type { Phase, Run } from './phase.ts'

const WATCH_SECONDS = 60
/** The one that was killed stays away for longer than its leases: another has to take them over. */
const AWAY_MS = 16_000
const NOTICE_MS = 100
/** Only about every second time the one that is killed is the one that sends. */
const TRIES = 8

type Totals = Readonly<{ underWay: number; abandoned: number }>

const totals = async ({ stage }: Run): Promise<Totals> => {
  const all = await Promise.all(RECIPIENTS.map((link) => stage.links.count(link)))
  return {
    underWay: all.reduce((sum, { underWay }) => sum + underWay, 0),
    abandoned: all.reduce((sum, { abandoned }) => sum + abandoned, 0),
  }
}

/** Answers are slow, a withdrawal is on its way, and one KeyPlan is killed: milliseconds until all have it; undefined where the other one was sending. */
const killInMidSend = async (run: Run, person: Person): Promise<number | undefined> => {
  const { authors, random, stage } = run
  if (person.active === undefined) await authors.submit(person)
  await until('The plan has arrived', WATCH_SECONDS, async () =>
    (await authors.observe(person)).recipients.every(({ inStep }) => inStep) ? true : undefined,
  )
  const before = await totals(run)
  for (const link of RECIPIENTS) await stage.links.set(link, 'latency')
  const watching = withdrawAndWatch(authors, person, WATCH_SECONDS)
  await until(
    'The withdrawal is under way',
    WATCH_SECONDS,
    async () => ((await totals(run)).underWay > 0 ? true : undefined),
    20,
  )
  const victim = random.pick(stage.keyplans) as Killable
  await victim.kill()
  // The link learns of it in its own process.
  await wait(NOTICE_MS)
  for (const link of RECIPIENTS) await stage.links.set(link, undefined)
  const wasSending = (await totals(run)).abandoned > before.abandoned
  const [watched] = await Promise.all([watching, wait(wasSending ? AWAY_MS : 0).then(() => victim.start())])
  return watched === undefined || !wasSending
    ? undefined
    : untilAcknowledged(watched.write, watched.observation, RECIPIENTS.length)
}

/** The process that sends a withdrawal is killed while it waits for the answer. */
export const killedSender: Phase = async (run) => {
  const { authors, options, random, show } = run
  const values: number[] = []
  for (let tried = 0; tried < TRIES * options.senders && values.length < options.senders; tried++) {
    show(`senders killed in mid-send: ${values.length} of ${options.senders}`, values.length / options.senders)
    const taken = await killInMidSend(run, random.pick(authors.people))
    if (taken !== undefined) values.push(taken)
  }
  const measured = latencies(values)
  return {
    figures: [atMost('withdrawal, its sender killed in mid-send, longest', measured.most, 15, measured)],
    notes: [`senders killed in mid-send: ${values.map(seconds).join(', ')}`],
  }
}
