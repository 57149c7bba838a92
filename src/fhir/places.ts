/** A JSON property as which an element may appear, and what stands beside it for the id and extensions of a primitive. */
export type Place = Readonly<{ property: string; beside?: string | undefined }>

/** So many places are looked at one after another. Asking for what is not there costs most, so of more it is asked what is there. */
const FEW = 2

const tables = new WeakMap<readonly Place[], ReadonlyMap<string, Place>>()

const tableOf = (places: readonly Place[]): ReadonlyMap<string, Place> => {
  const known = tables.get(places)
  if (known !== undefined) return known
  const table = new Map(places.map((place) => [place.property, place]))
  for (const place of places) if (place.beside !== undefined) table.set(place.beside, place)
  tables.set(places, table)
  return table
}

/** Of the places at which an element may stand, such as `valueString` and `valueCode` for a choice, those at which an object may have something, in their order. */
export const placesIn = <P extends Place>(
  value: Readonly<Record<string, unknown>>,
  places: readonly P[],
): readonly P[] => {
  if (places.length <= FEW) return places
  const table = tableOf(places) as ReadonlyMap<string, P>
  const found: P[] = []
  for (const property in value) {
    const place = table.get(property)
    if (place !== undefined && !found.includes(place)) found.push(place)
  }
  return found.length < 2 ? found : places.filter((place) => found.includes(place))
}
