/** Work that waits its turn: who asks for much has to wait for it themself. */
export type Queue<Item> = Readonly<{
  /** False where this asker has as many waiting as one may, or all together have. */
  add(asker: string, item: Item): boolean
  /** The next: of each asker one in turn, and of one asker the oldest. */
  take(): Item | undefined
  isEmpty(): boolean
  /** All that wait, who then no longer do. */
  empty(): readonly Item[]
}>

/** A queue in which so many may wait, and so many of each asker. */
export const createQueue = <Item>({ most, mostEach }: Readonly<{ most: number; mostEach: number }>): Queue<Item> => {
  // Whose turn it is next comes first: a Map keeps the order in which its keys were set.
  const waiting = new Map<string, Item[]>()
  let size = 0

  return {
    add(asker, item) {
      const own = waiting.get(asker) ?? []
      if (size >= most || own.length >= mostEach) return false
      own.push(item)
      waiting.set(asker, own)
      size++
      return true
    },
    take() {
      const [next] = waiting
      if (next === undefined) return undefined
      const [asker, own] = next
      const item = own.shift()
      waiting.delete(asker)
      if (own.length > 0) waiting.set(asker, own)
      size--
      return item
    },
    isEmpty: () => size === 0,
    empty() {
      const all = [...waiting.values()].flat()
      waiting.clear()
      size = 0
      return all
    },
  }
}
