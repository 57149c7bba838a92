/** A JSON property as which an element may appear, what stands beside that of a primitive for its id and extensions (`_property`), and its type. */
export type ModelProperty = Readonly<{ property: string; beside: string | undefined; type: string }>

/**
 * What the engine must know of FHIR's types to read JSON as them. A *type* is the name of a type (`Patient`, `dateTime`) or the path of a
 * backbone element (`Patient.contact`).
 */
export type Model = Readonly<{
  /** The JSON properties as which an element of a type may appear; several for a choice, none where it has no such element. */
  properties: (type: string, element: string) => readonly ModelProperty[]
  /** The type of what stands under a JSON property of a type, where there may be one. */
  typeOf: (type: string, property: string) => string | undefined
  /** `[type, base, base of base …]`; a type that it does not know alone. */
  lineage: (type: string) => readonly string[]
}>

/** Bases of the primitive types that have one besides Element (http://hl7.org/fhir/R4/datatypes.html#primitive). */
const PRIMITIVE_BASES: Readonly<Record<string, string>> = {
  code: 'string',
  id: 'string',
  markdown: 'string',
  url: 'uri',
  canonical: 'uri',
  uuid: 'uri',
  oid: 'uri',
  unsignedInt: 'integer',
  positiveInt: 'integer',
}

/** The type of System as which the value of a FHIR primitive counts (http://hl7.org/fhir/R4/fhirpath.html#types). */
export const SYSTEM_TYPES: ReadonlyMap<string, string> = new Map([
  ['boolean', 'System.Boolean'],
  ['integer', 'System.Integer'],
  ['unsignedInt', 'System.Integer'],
  ['positiveInt', 'System.Integer'],
  ['decimal', 'System.Decimal'],
  ['date', 'System.Date'],
  ['dateTime', 'System.DateTime'],
  ['instant', 'System.DateTime'],
  ['time', 'System.Time'],
  ...['string', 'code', 'id', 'markdown', 'uri', 'url', 'canonical', 'uuid', 'oid', 'base64Binary', 'xhtml'].map(
    (type): [string, string] => [type, 'System.String'],
  ),
])

const QUANTITIES: ReadonlySet<string> = new Set([
  'Quantity',
  'Age',
  'Count',
  'Distance',
  'Duration',
  'Money',
  'SimpleQuantity',
])

/** True for the types that are compared as quantities. */
export const isQuantity = (type: string): boolean => type === 'System.Quantity' || QUANTITIES.has(type)

/**
 * Whether a type is another or derived from it. Without a namespace a name may be of either: `Boolean` is true of System's and of FHIR's,
 * as R4's own constraints mean it.
 */
export const isOfType = (type: string, wanted: string, model: Model): boolean => {
  if (type === wanted) return true
  const dot = wanted.indexOf('.')
  const namespace = dot === -1 ? undefined : wanted.slice(0, dot)
  const name = namespace === 'FHIR' || namespace === 'System' ? wanted.slice(dot + 1) : wanted
  if (namespace !== 'FHIR') {
    const own = type.startsWith('System.') ? type : SYSTEM_TYPES.get(type)
    if (own === `System.${name}` && (namespace === undefined || type.startsWith('System.'))) return true
  }
  if (namespace === 'System' || type.startsWith('System.')) return false
  if (type === name || PRIMITIVE_BASES[type] === name) return true
  if (name === 'Element' && SYSTEM_TYPES.has(type)) return true
  return !SYSTEM_TYPES.has(type) && model.lineage(type).includes(name)
}
