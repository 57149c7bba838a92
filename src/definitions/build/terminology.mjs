/**
 * The value sets and code systems of R4, in FHIR's own shape but without narrative and contacts. A code system that R4 does not hold whole (SNOMED CT, LOINC, UCUM …) is left out: what
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
  url: rest.url,
  ...pick(rest, ['resourceType', 'id', 'version', 'name', 'title', 'status', 'copyright']),
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
    url,
    ...pick(rest, ['resourceType', 'id']),
    ...(version === undefined ? {} : { version }),
    ...pick(rest, ['name', 'title', 'status', 'copyright', 'caseSensitive', 'hierarchyMeaning', 'content']),
    concept: concept.map(conceptOf),
  }
}

/** One of each address: of those that R4 publishes in two versions, the newer. */
const newest = (resources) => {
  const byUrl = new Map()
  for (const resource of resources) {
    const other = byUrl.get(resource.url)
    if (other === undefined || other.version < resource.version) byUrl.set(resource.url, resource)
  }
  return [...byUrl.values()]
}

/** The content of `value-sets.ndjson` and `code-systems.ndjson`. */
export const terminologyOf = ({ valueSets, codeSystems }) => ({
  valueSets: [...valueSets.values()]
    .filter(({ compose }) => compose !== undefined)
    .map((valueSet) => valueSetOf(valueSet, codeSystems)),
  codeSystems: newest(
    [...codeSystems.values()]
      .filter(({ content, concept }) => content === 'complete' && concept !== undefined)
      .filter(({ concept }) => countOf(concept) <= MOST_CONCEPTS)
      .map(codeSystemOf),
  ),
})
