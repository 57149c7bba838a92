const equal = (a: unknown, b: unknown): boolean => {
  if (a === b) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  if (Array.isArray(a) !== Array.isArray(b)) return false
  const left = Object.entries(a).filter(([, value]) => value !== undefined)
  const right = Object.entries(b).filter(([, value]) => value !== undefined)
  return (
    left.length === right.length && left.every(([name, value]) => equal(value, (b as Record<string, unknown>)[name]))
  )
}

/** What an author wrote: without the parts of `meta` that the server sets. */
const authored = (resource: object): Record<string, unknown> => {
  const { meta, ...rest } = resource as { meta?: Record<string, unknown> }
  const { versionId: _version, lastUpdated: _updated, ...kept } = meta ?? {}
  return Object.keys(kept).length === 0 ? rest : { ...rest, meta: kept }
}

/** Whether two resources say the same, whatever the order of their properties; version and time of the last update do not count. */
export const sameContent = (a: object, b: object): boolean => equal(authored(a), authored(b))
