import type { Application, Facts, Write } from '../facts.ts'
import { grouped } from './history.ts'

/** From when a write was sent until this recipient showed what the author had done, or something newer; infinite where it never did. */
const deliveryTime = (write: Write, applications: readonly Application[]): number => {
  const shows = ({ at, state, plans }: Application): boolean =>
    at >= write.sent && (write.kind === 'withdraw' ? state === 'withdrawn' : plans.includes(write.plan as string))
  const found = applications.find(shows)
  return found === undefined ? Number.POSITIVE_INFINITY : found.at - write.sent
}

/** Delivery times of all acknowledged writes that were sent in this time, at these recipients. */
export const deliveryTimes = (
  { writes, applications }: Pick<Facts, 'writes' | 'applications'>,
  recipients: readonly string[],
  { from, to }: Readonly<{ from: number; to: number }>,
): number[] => {
  const sentThen = writes.filter(({ outcome, sent }) => outcome === 'acknowledged' && sent >= from && sent < to)
  return recipients.flatMap((recipient) => {
    const byPatient = grouped(applications[recipient] ?? [])
    return sentThen.map((write) => deliveryTime(write, byPatient.get(write.patient) ?? []))
  })
}
