import type { RequestContext } from '../../context.ts'
import type { Reading } from '../../search/query/reading.ts'
import type { Store } from '../../store/store.ts'

/** What search parameters are read with. `base`: our own FHIR address, where it is known. */
export const readingOf = ({ reindex }: Store, { now }: RequestContext, base?: string): Reading => ({
  base,
  now,
  isBuilding: reindex.isBuilding,
})
