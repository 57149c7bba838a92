import type { WrittenResource } from '../../store/resources/commit.ts'

/**
 * The same rows, those that come with a draft marked as its author's: what is new in this commit and is referred to by the draft, or by such a part
 * of it, or is about it. What was there before stays everybody's who saw it.
 */
export const withDraftParts = (rows: readonly WrittenResource[]): readonly WrittenResource[] => {
  const drafts = rows.filter(({ type, mark }) => type === 'CarePlan' && mark != null && mark.author !== null)
  if (drafts.length === 0) return rows
  const made = new Map(rows.flatMap((row) => (isPart(row) ? [[keyOf(row), row] as const] : [])))
  const partOf = new Map<string, WrittenResource>()
  for (const draft of drafts) {
    const reached = [
      draft,
      ...rows.filter((row) => isPart(row) && row.type === 'Provenance' && refersTo(row, keyOf(draft))),
    ]
    for (const row of reached) {
      if (row !== draft) partOf.set(keyOf(row), draft)
      for (const reference of row.values.references) {
        const part = made.get(keyOf(reference))
        if (part !== undefined && !partOf.has(keyOf(part)) && !reached.includes(part)) reached.push(part)
      }
    }
  }
  return rows.map((row) => {
    const draft = partOf.get(keyOf(row))
    const author = draft?.mark?.author ?? null
    return draft === undefined ? row : { ...row, mark: { label: row.mark?.label ?? null, author, partOf: draft.id } }
  })
}

/** New, of a person, and no plan or person itself. */
const isPart = ({ type, expected, patient }: WrittenResource): boolean =>
  expected === -1 && patient !== null && type !== 'CarePlan' && type !== 'Patient'

const keyOf = ({ type, id }: Readonly<{ type: string; id: string }>): string => `${type}/${id}`

const refersTo = (row: WrittenResource, key: string): boolean =>
  row.values.references.some((reference) => keyOf(reference) === key)
