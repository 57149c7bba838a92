/** Ids in the order in which they were asked for: id-1, id-2 … */
export const counter = (prefix = 'id'): (() => string) => {
  let last = 0
  return () => {
    last += 1
    return `${prefix}-${last}`
  }
}
