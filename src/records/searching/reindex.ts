import { setTimeout as wait } from 'node:timers/promises'
import { parseFhirJson } from '../../fhir/json.ts'
import type { Resource } from '../../fhir/resource.ts'
import { FORMS, type SearchValues } from '../../search/values.ts'
import type { ReindexBatch, ReindexedResource } from '../../store/resources/reindex.ts'
import type { Store } from '../../store/store.ts'
import { searchRows } from '../writing/write.ts'
import { searchDefinitions } from './definitions.ts'

/** So long at a time nothing else is done in this process. */
const MOST_AT_ONCE = 50
const LOOK_AGAIN_MS = 50

/**
 * Reads what is stored and has no rows yet for some search parameter, or was written by a process that did not know it, until nothing is left;
 * yields how many resources were read, batch by batch. What has been done stays done, wherever it is ended. Any number of processes may do it
 * at once, beside others that write: where two do the same, one has done it for nothing.
 */
export async function* reindex(store: Store, most: number = MOST_AT_ONCE): AsyncGenerator<number, void, void> {
  const begun = new Set<string>()
  for (;;) {
    const batch = await store.reindex.next(most)
    if (batch === undefined) return
    const { building } = batch
    // A commit that began before the parameter was known, and is stored only now, might be passed over.
    if (building?.position === '' && !begun.has(JSON.stringify(building))) {
      const ended = await store.reindex.commitsUnderWay()
      while (!(await ended())) {
        yield 0
        await wait(LOOK_AGAIN_MS)
      }
      begun.add(JSON.stringify(building))
      continue
    }
    const isWritten = await store.reindex.write(reindexed(batch, most))
    yield isWritten ? batch.resources.length : 0
  }
}

/** What is to be written of a batch: the rows of the parameters that are being built; of what is behind, those of all. */
const reindexed = ({ building, resources }: ReindexBatch, most: number) => {
  const types = [...new Set(resources.map(({ type }) => type))]
  const { definitions } = searchDefinitions()
  const replaced = types.flatMap((type) => {
    const codes = building?.parameters ?? definitions.flatMap(([of, code]) => (of === type ? [code] : []))
    // References that no parameter was about may be what one is about now.
    return ['', ...codes.flatMap((code) => [code, ...FORMS.map((form) => code + form)])].map((parameter) => ({
      type,
      parameter,
    }))
  })
  const isReplaced = new Set(replaced.map(({ type, parameter }) => `${type} ${parameter}`))
  return {
    building,
    resources,
    next: resources.length < most ? null : (resources.at(-1)?.id ?? null),
    replaced,
    rows: resources.flatMap(({ type, id, body }: ReindexedResource) =>
      body === null
        ? []
        : [
            {
              type,
              id,
              values: among(searchRows(parseFhirJson(body) as Resource), (code) => isReplaced.has(`${type} ${code}`)),
            },
          ],
    ),
  }
}

const among = (values: SearchValues, keeps: (parameter: string) => boolean): SearchValues =>
  Object.fromEntries(
    Object.entries(values).map(([kind, rows]) => [kind, rows.filter(({ parameter }) => keeps(parameter))]),
  ) as unknown as SearchValues
