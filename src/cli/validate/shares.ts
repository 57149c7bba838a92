/** Files that are handed out at a time: enough to be worth a message, few enough that all end together. */
const AT_ONCE = 16

/** Bytes from which on a file takes so long that it is begun early: the last one otherwise keeps one at work and all others idle. */
const LARGE = 500_000

/** What one may take next: indices of files; none where nothing is left. */
export type Take = (taker: number) => readonly number[]

/**
 * Hands out files of these sizes, by their indices, to so many takers. Each has a stretch of neighbours for itself, for those are often of one
 * type, which is then compiled once; who is done with its own helps where most is left. Large files go first, to all but taker 0, which begins
 * with the first file: so the first result, which all others wait behind, is there at once.
 */
export const createShares = (sizes: readonly number[], takers: number): Take => {
  const indices = sizes.map((_, index) => index)
  const sizeAt = (index: number): number => sizes[index] as number
  const small = indices.filter((index) => sizeAt(index) < LARGE)
  const large = indices.filter((index) => sizeAt(index) >= LARGE).sort((one, other) => sizeAt(other) - sizeAt(one))
  const stretch = Math.ceil(small.length / takers)
  const own = Array.from({ length: takers }, (_, taker) => small.slice(taker * stretch, (taker + 1) * stretch))

  const takeLarge = (): readonly number[] => large.splice(0, 1)
  const takeOwn = (taker: number): readonly number[] => (own[taker] ?? []).splice(0, AT_ONCE)
  const help = (): readonly number[] => {
    const most = own.reduce((one, other) => (other.length > one.length ? other : one), [])
    const part = Math.min(AT_ONCE, Math.ceil(most.length / 2))
    return most.splice(most.length - part, part)
  }
  const first = (...ways: readonly (() => readonly number[])[]): readonly number[] => {
    for (const way of ways) {
      const taken = way()
      if (taken.length > 0) return taken
    }
    return []
  }

  return (taker) =>
    taker === 0 ? first(() => takeOwn(0), help, takeLarge) : first(takeLarge, () => takeOwn(taker), help)
}
