import { until } from './until.ts'

/** Deliveries that KeyPlan's metrics call outstanding, by recipient; undefined where it cannot say. */
export const outstanding = async (addresses: readonly string[]): Promise<Record<string, number> | undefined> => {
  for (const address of addresses) {
    const text = await fetch(`${address}/metrics`, { signal: AbortSignal.timeout(5_000) }).then(
      (answer) => answer.text(),
      () => '',
    )
    if (!/^keyplan_deliveries_known 1$/m.test(text)) continue
    const lines = [...text.matchAll(/^keyplan_deliveries_outstanding\{([^}]*)\} (\d+)$/gm)]
    const found = lines.flatMap(([, labels = '', value]) => {
      const recipient = /recipient="([^"]*)"/.exec(labels)?.[1]
      return labels.includes('kind="all"') && recipient !== undefined ? [[recipient, Number(value)] as const] : []
    })
    return Object.fromEntries(found)
  }
  return undefined
}

export const sum = (counts: Record<string, number>): number => Object.values(counts).reduce((all, one) => all + one, 0)

/** Resolves, with the milliseconds that it took, when nothing is outstanding at any recipient. */
export const untilInStep = async (addresses: readonly string[], atMostSeconds: number): Promise<number> => {
  const began = Date.now()
  await until('Every recipient is in step', atMostSeconds, async () => {
    const found = await outstanding(addresses)
    return found !== undefined && sum(found) === 0 ? true : undefined
  })
  return Date.now() - began
}
