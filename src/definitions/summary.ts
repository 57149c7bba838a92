import { readFileSync } from 'node:fs'

type Marks = Readonly<{
  /** Paths below the root of the elements that a summary shows, e.g. `activity.detail`; a choice without its type. */
  summary: ReadonlySet<string>
  /** Elements at the root that change what the others mean. */
  modifiers: ReadonlySet<string>
}>

let marks: ReadonlyMap<string, Marks> | undefined

const load = (): ReadonlyMap<string, Marks> => {
  const text = readFileSync(new URL('../../src/definitions/artefacts/summary.json', import.meta.url), 'utf8')
  const file = JSON.parse(text) as Record<string, { summary: string; modifiers: string }>
  return new Map(
    Object.entries(file).map(([type, { summary, modifiers }]) => [
      type,
      { summary: new Set(summary.split(' ')), modifiers: new Set(modifiers.split(' ')) },
    ]),
  )
}

/** The elements of a resource type that R4 marks as `isSummary` and as `isModifier`. Throws for a type that R4 does not have. */
export const marksOf = (type: string): Marks => {
  marks ??= load()
  const found = marks.get(type)
  if (found === undefined) throw new Error(`R4 has no resource type ${type}`)
  return found
}
