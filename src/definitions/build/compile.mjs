/**
 * Compiles the official R4 definitions (dev dependency `hl7.fhir.r4.examples`) into the artefacts that are shipped.
 *
 *   npm run definitions              writes src/definitions/artefacts/
 *   npm run definitions -- --check   exits 1 where what is there differs from what would be written
 *
 * The same package gives the same bytes. Shapes of the artefacts: `../tables.ts`.
 */
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { structuresOf } from './structures.mjs'
import { summaryOf } from './summary.mjs'
import { terminologyOf } from './terminology.mjs'

const here = dirname(fileURLToPath(import.meta.url))
const PACKAGE = join(here, '../../../node_modules/hl7.fhir.r4.examples')
const ARTEFACTS = join(here, '../artefacts')
const CORE = 'http://hl7.org/fhir/StructureDefinition/'
const FHIR_TYPE = `${CORE}structuredefinition-fhir-type`
const REGEX = `${CORE}regex`
/** A required binding to more codes than this is left to terminology; the largest list of R4 that is closed has about 210. */
const MOST_CODES = 700

const files = readdirSync(PACKAGE).sort()
const readAll = (type) =>
  files
    .filter((name) => name.startsWith(`${type}-`) && name.endsWith('.json'))
    .map((name) => JSON.parse(readFileSync(join(PACKAGE, name), 'utf8')))

const byUrl = (resources) => new Map(resources.map((resource) => [resource.url, resource]))

const structures = readAll('StructureDefinition')
const codeSystems = byUrl(readAll('CodeSystem'))
const valueSets = byUrl(readAll('ValueSet'))

// ---------------------------------------------------------------- value sets

const allCodes = (concepts) => concepts.flatMap((concept) => [concept.code, ...allCodes(concept.concept ?? [])])

/** The codes of one include or exclude, or undefined where they cannot be listed from this package. */
const codesOfInclude = (include) => {
  if (include.filter !== undefined) return undefined
  const lists = []
  if (include.concept !== undefined) lists.push(include.concept.map((concept) => concept.code))
  else if (include.system !== undefined) {
    const system = codeSystems.get(include.system)
    if (system?.content !== 'complete' || system.concept === undefined) return undefined
    lists.push(allCodes(system.concept))
  }
  for (const url of include.valueSet ?? []) {
    const codes = codesOf(url)
    if (codes === undefined) return undefined
    lists.push(codes)
  }
  return lists.reduce((kept, list) => kept.filter((code) => list.includes(code)))
}

/** Every code of a value set, sorted, or undefined where it is open, filtered, too large or not in this package. */
const codesOf = (canonical) => {
  const compose = valueSets.get(canonical.split('|')[0])?.compose
  if (compose === undefined) return undefined
  const included = compose.include.map(codesOfInclude)
  const excluded = (compose.exclude ?? []).map(codesOfInclude)
  if ([...included, ...excluded].includes(undefined)) return undefined
  const out = new Set(excluded.flat())
  const codes = [...new Set(included.flat())].filter((code) => !out.has(code)).sort()
  return codes.length === 0 || codes.length > MOST_CODES ? undefined : codes
}

const usedValueSets = new Map()
const bindingOf = (element) => {
  if (element.binding?.strength !== 'required' || element.binding.valueSet === undefined) return undefined
  if (!element.type?.some((type) => type.code === 'code')) return undefined
  const url = element.binding.valueSet.split('|')[0]
  const codes = codesOf(url)
  if (codes === undefined) return undefined
  usedValueSets.set(url, codes)
  return url
}

// ---------------------------------------------------------------- elements

const lastSegment = (url) => url.slice(url.lastIndexOf('/') + 1)

/** Names of the resource types that a Reference may point to; undefined for any. */
const targetsOf = (type) => {
  const targets = (type.targetProfile ?? []).map(lastSegment)
  return targets.length === 0 || targets.includes('Resource') ? undefined : targets
}

const typeOf = (type, element, structure) => {
  if (type.code.startsWith('http://hl7.org/fhirpath/')) {
    // Ids of resources are declared as plain strings in 4.0.1; the text of the standard says that they are ids.
    if (structure.kind === 'resource' && element.path === `${structure.type}.id`) return { code: 'id' }
    return { code: type.extension.find((extension) => extension.url === FHIR_TYPE).valueUrl }
  }
  const targets = type.code === 'Reference' ? targetsOf(type) : undefined
  const simple = type.code === 'Quantity' && type.profile?.includes(`${CORE}SimpleQuantity`)
  return {
    code: type.code,
    ...(simple ? { profile: 'SimpleQuantity' } : {}),
    ...(targets === undefined ? {} : { targets }),
  }
}

const elementOf = (element, structure) => {
  const name = lastOf(element.path)
  const children = structure.snapshot.element.some((other) => other.path.startsWith(`${element.path}.`))
  const types =
    element.contentReference !== undefined
      ? [{ code: element.contentReference.slice(1) }]
      : children
        ? [{ code: element.path }]
        : element.type.map((type) => typeOf(type, element, structure))
  const codes = bindingOf(element)
  return {
    name: name.replace('[x]', ''),
    ...(name.endsWith('[x]') ? { choice: true } : {}),
    ...(element.min > 0 ? { min: element.min } : {}),
    ...(element.max === '1' ? {} : { max: element.max }),
    types,
    ...(codes === undefined ? {} : { codes }),
  }
}

const lastOf = (path) => path.slice(path.lastIndexOf('.') + 1)
const parentOf = (path) => path.slice(0, path.lastIndexOf('.'))

/** Tables of a type: for its root and for each backbone element, what it inherits from and which elements it adds. */
const pathsOf = (structure) => {
  const paths = {}
  const base = structure.baseDefinition === undefined ? undefined : lastSegment(structure.baseDefinition)
  for (const element of structure.snapshot.element) {
    const isRoot = !element.path.includes('.')
    const isParent = structure.snapshot.element.some((other) => parentOf(other.path) === element.path)
    if (isRoot) paths[element.path] = { ...(base === undefined ? {} : { base }), elements: [] }
    else if (isParent) paths[element.path] = { base: element.type[0].code, elements: [] }
    if (isRoot || element.max === '0') continue
    if (!isInherited(element, structure)) paths[parentOf(element.path)].elements.push(elementOf(element, structure))
  }
  return paths
}

/** Types whose elements others inherit; an element that comes from one of them stands in its table only. */
const GENERAL = new Set(['Resource', 'DomainResource', 'Element', 'BackboneElement', 'Quantity'])
const isInherited = (element, structure) => {
  const origin = element.base?.path.split('.')[0]
  return origin !== structure.type && GENERAL.has(origin)
}

const regexOf = (structure) =>
  structure.snapshot.element
    .find((element) => element.path === `${structure.type}.value`)
    ?.type[0].extension?.find((extension) => extension.url === REGEX)?.valueString

// ---------------------------------------------------------------- search parameters

/** What all their canonical addresses begin with; the artefacts hold the rest (`../tables.ts`). */
const DEFINITIONS = 'http://hl7.org/fhir/SearchParameter/'
const SEARCH_TYPES = new Set(['token', 'reference', 'string', 'date', 'uri', 'number', 'quantity', 'composite'])
const allSearchParameters = readAll('SearchParameter')
const searchParameterByUrl = byUrl(allSearchParameters)
const searchParameters = allSearchParameters.filter(
  (parameter) =>
    parameter.url.startsWith(DEFINITIONS) &&
    parameter.expression !== undefined &&
    parameter.xpathUsage === 'normal' &&
    !parameter.id.startsWith('example') &&
    SEARCH_TYPES.has(parameter.type),
)

/** The branches of a union at its top level. */
const branchesOf = (expression) => {
  const branches = ['']
  let depth = 0
  for (const character of expression) {
    if (character === '(') depth++
    if (character === ')') depth--
    if (character === '|' && depth === 0) branches.push('')
    else branches[branches.length - 1] += character
  }
  return branches.map((branch) => branch.trim())
}

/** 4.0.1 names the two parts of `DocumentReference?relationship` by each other's definitions. */
const EXCHANGED = {
  'DocumentReference-relatesto code': 'DocumentReference-relation',
  'DocumentReference-relation target': 'DocumentReference-relatesto',
}

/** What a composite parameter is made of. 4.0.1 writes the type `dateTime` with a capital once. */
const componentOf = ({ definition: named, expression }) => {
  const name = lastSegment(named)
  const definition = EXCHANGED[`${name} ${expression}`] ?? name
  const { type } = searchParameterByUrl.get(`${DEFINITIONS}${definition}`)
  return { type, expression: expression.replace('as(DateTime)', 'as(dateTime)'), definition }
}

const searchOf = (type) =>
  searchParameters
    .filter((parameter) => parameter.base.includes(type))
    .map((parameter) => ({
      code: parameter.code,
      type: parameter.type,
      expression: branchesOf(parameter.expression)
        .filter((branch) => branch === type || branch.replace(/^\(+/, '').startsWith(`${type}.`))
        .join(' | '),
      ...(parameter.target === undefined ? {} : { targets: parameter.target }),
      ...(parameter.component === undefined ? {} : { components: parameter.component.map(componentOf) }),
      name: lastSegment(parameter.url),
    }))
    .filter((parameter) => parameter.expression !== '')
    .sort((a, b) => (a.code < b.code ? -1 : a.code > b.code ? 1 : 0))

// ---------------------------------------------------------------- writing

/** JSON with one element, search parameter or value set a line, so that a difference can be read. */
const lines = (value, depth = 0) => {
  const plain = JSON.stringify(value)
  const isBranch =
    typeof value === 'object' && value !== null && Object.values(value).some((child) => typeof child === 'object')
  const isLeaf = typeof value?.name === 'string' || typeof value?.code === 'string'
  if (!isBranch || isLeaf) return plain
  const indent = ' '.repeat(depth + 1)
  const entries = Array.isArray(value)
    ? value.map((item) => `${indent}${lines(item, depth + 1)}`)
    : Object.entries(value).map(([name, child]) => `${indent}${JSON.stringify(name)}: ${lines(child, depth + 1)}`)
  const [open, close] = Array.isArray(value) ? '[]' : '{}'
  return `${open}\n${entries.join(',\n')}\n${' '.repeat(depth)}${close}`
}

/** Resources one a line, each with its address first, in the order of their addresses (`../canonical-lines.ts`). */
const oneALine = (resources) =>
  resources
    .toSorted((a, b) => (a.url < b.url ? -1 : a.url > b.url ? 1 : 0))
    .map((resource) => `${JSON.stringify(resource)}\n`)
    .join('')

const artefacts = () => {
  const isCore = (structure) => structure.url === `${CORE}${structure.type}` && structure.derivation !== 'constraint'
  const core = structures.filter(isCore)
  const sorted = (kind) =>
    core.filter((structure) => structure.kind === kind).sort((a, b) => (a.type < b.type ? -1 : a.type > b.type ? 1 : 0))
  const simpleQuantity = structures.find((structure) => structure.url === `${CORE}SimpleQuantity`)
  const written = new Map()
  const datatypes = {}
  for (const structure of sorted('complex-type')) Object.assign(datatypes, pathsOf(structure))
  datatypes.SimpleQuantity = {
    base: 'Element',
    elements: pathsOf({ ...simpleQuantity, baseDefinition: undefined }).Quantity.elements,
  }
  const primitives = Object.fromEntries(
    sorted('primitive-type').map((structure) => [structure.type, regexOf(structure) ?? null]),
  )
  written.set('datatypes.json', { primitives, paths: datatypes })
  for (const structure of sorted('resource')) {
    written.set(`resources/${structure.type}.json`, { paths: pathsOf(structure), search: searchOf(structure.type) })
  }
  written.set('value-sets.json', Object.fromEntries([...usedValueSets].sort(([a], [b]) => (a < b ? -1 : 1))))
  written.set('summary.json', summaryOf(sorted('resource')))
  const terminology = terminologyOf({ valueSets, codeSystems })
  return new Map([
    ...[...written].map(([name, value]) => [name, `${lines(value)}\n`]),
    ['structures.ndjson', oneALine(structuresOf(structures))],
    ['value-sets.ndjson', oneALine(terminology.valueSets)],
    ['code-systems.ndjson', oneALine(terminology.codeSystems)],
  ])
}

const current = () => {
  const texts = new Map()
  for (const name of readdirSync(ARTEFACTS, { recursive: true })) {
    if (/\.(nd)?json$/.test(name)) texts.set(name, readFileSync(join(ARTEFACTS, name), 'utf8'))
  }
  return texts
}

const wanted = artefacts()
const bytes = [...wanted.values()].reduce((sum, text) => sum + Buffer.byteLength(text), 0)

if (process.argv.includes('--check')) {
  const present = current()
  const different = [...new Set([...wanted.keys(), ...present.keys()])].filter(
    (name) => wanted.get(name) !== present.get(name),
  )
  for (const name of different)
    console.error(`${name} is not what the definitions compile to: run "npm run definitions"`)
  process.exitCode = different.length === 0 ? 0 : 1
} else {
  rmSync(ARTEFACTS, { recursive: true, force: true })
  mkdirSync(join(ARTEFACTS, 'resources'), { recursive: true })
  for (const [name, text] of wanted) writeFileSync(join(ARTEFACTS, name), text)
  console.log(`${wanted.size} artefacts, ${Math.round(bytes / 1024)} kB`)
}
