/**
 * The value sets that elements of R4 are bound to and the code systems that these draw from, in FHIR's own shape but without
 * narrative and contacts. A code system that R4 does not hold whole (SNOMED CT, LOINC, UCUM …) is left out: what
 * needs it cannot be checked here. So is one of more codes than `MOST_CONCEPTS`.
 */
const MOST_CONCEPTS = 1_500

const countOf = (concepts = []) => concepts.reduce((sum, concept) => sum + 1 + countOf(concept.concept), 0)

const plain = (text) => text?.replace(/\s+/g, ' ').trim()

/** Only the named elements, in this order, where they are there. */
const pick = (object, names) =>
  Object.fromEntries(names.filter((name) => object[name] !== undefined).map((name) => [name, object[name]]))

const conceptOf = (concept) => ({
  ...pick(concept, ['code', 'display']),
  ...(concept.definition === undefined ? {} : { definition: plain(concept.definition) }),
  ...pick(concept, ['designation', 'property']),
  ...(concept.concept === undefined ? {} : { concept: concept.concept.map(conceptOf) }),
})

/**
 * A few addresses of R4 carry a version behind a bar, which nobody's Coding does. Where R4 pins a version of a code system that it
 * publishes in another one only, the pin is left out.
 */
const systemOf = ({ system, version }, codeSystems) => {
  if (system === undefined) return {}
  const [address, barred = version] = system.split('|')
  const published = codeSystems.get(system)
  const isElsewhere = published?.content === 'complete' && published.version !== barred && !system.includes('|')
  return { system: address, ...(barred === undefined || isElsewhere ? {} : { version: barred }) }
}

const includeOf = (include, codeSystems) => ({
  ...systemOf(include, codeSystems),
  ...(include.concept === undefined
    ? {}
    : { concept: include.concept.map((one) => pick(one, ['code', 'display', 'designation'])) }),
  ...pick(include, ['filter', 'valueSet']),
})

const valueSetOf = ({ compose, ...rest }, codeSystems) => ({
  ...pick(rest, ['resourceType', 'id', 'url', 'version', 'name', 'title', 'status', 'copyright']),
  compose: {
    include: compose.include.map((include) => includeOf(include, codeSystems)),
    ...(compose.exclude === undefined
      ? {}
      : { exclude: compose.exclude.map((exclude) => includeOf(exclude, codeSystems)) }),
  },
})

const codeSystemOf = ({ concept, ...rest }) => {
  const [url, version = rest.version] = rest.url.split('|')
  return {
    ...pick(rest, ['resourceType', 'id']),
    url,
    ...(version === undefined ? {} : { version }),
    ...pick(rest, ['name', 'title', 'status', 'copyright', 'caseSensitive', 'hierarchyMeaning', 'content']),
    concept: concept.map(conceptOf),
  }
}

/** Canonical addresses, without version, of the value sets that the elements of these structures are bound to. */
const boundOf = (structures) =>
  structures
    .filter(({ derivation, kind }) => derivation !== 'constraint' && kind !== 'logical')
    .flatMap(({ snapshot }) => snapshot?.element ?? [])
    .flatMap(({ binding }) => (binding?.valueSet === undefined ? [] : [binding.valueSet.split('|')[0]]))

const byAddress = (resources) => resources.toSorted((a, b) => (a.url < b.url ? -1 : a.url > b.url ? 1 : 0))

/** The content of `terminology/value-sets.json` and `terminology/code-systems.json`: arrays in the order of their addresses. */
export const terminologyOf = ({ structures, valueSets, codeSystems }) => {
  const kept = new Map()
  const keep = (canonical) => {
    const url = canonical.split('|')[0]
    const valueSet = valueSets.get(url)
    if (kept.has(url) || valueSet?.compose === undefined) return
    kept.set(url, valueSetOf(valueSet, codeSystems))
    for (const include of [...valueSet.compose.include, ...(valueSet.compose.exclude ?? [])])
      for (const imported of include.valueSet ?? []) keep(imported)
  }
  for (const url of boundOf(structures)) keep(url)

  const systems = new Set(
    [...kept.keys()]
      .map((url) => valueSets.get(url).compose)
      .flatMap(({ include, exclude = [] }) => [...include, ...exclude])
      .flatMap(({ system }) => (system === undefined ? [] : [system])),
  )
  const whole = [...systems]
    .map((system) => codeSystems.get(system))
    .filter((found) => found?.content === 'complete' && found.concept !== undefined)
    .filter(({ concept }) => countOf(concept) <= MOST_CONCEPTS)
  return { valueSets: byAddress([...kept.values()]), codeSystems: byAddress(whole.map(codeSystemOf)) }
}
