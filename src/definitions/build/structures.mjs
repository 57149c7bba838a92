/**
 * The StructureDefinitions of R4 with their snapshots, as far as a validator asks for them: types, profiles and extensions, without the words that
 * are there for readers. Logical models are left out.
 */
const KEPT = [
  'id',
  'path',
  'sliceName',
  'sliceIsConstraining',
  'slicing',
  'min',
  'max',
  'contentReference',
  'type',
  'maxLength',
]
const OF_CONSTRAINT = ['extension', 'key', 'severity', 'human', 'expression', 'source']
/** Of every element and of every extension: they stand once, in the structures of `Element` and `Extension`. */
const UNIVERSAL = new Set(['ele-1', 'ext-1'])

const pick = (object, names) =>
  Object.fromEntries(names.filter((name) => object[name] !== undefined).map((name) => [name, object[name]]))

const isValue = (name) => /^(fixed|pattern|minValue|maxValue)[A-Z]/.test(name)

/**
 * 4.0.1 binds the values of the components of vital signs, of whatever type, to units: as it is written, no component could have a code for its
 * value. It is read as a binding that other codes may extend.
 */
const isOfUnitsOnly = ({ path, binding }) =>
  path === 'Observation.component.value[x]' &&
  binding.valueSet.startsWith('http://hl7.org/fhir/ValueSet/ucum-vitals-common')

const bindingOf = (element) => {
  const { extension = [], ...rest } = element.binding
  const binding = isOfUnitsOnly(element) ? { ...rest, strength: 'extensible' } : rest
  const limits = extension.filter(({ url }) => url.endsWith('/elementdefinition-maxValueSet'))
  return { ...(limits.length === 0 ? {} : { extension: limits }), ...pick(binding, ['strength', 'valueSet']) }
}

const constraintsOf = (element, type) => {
  const kept = (element.constraint ?? []).filter(
    ({ key }) =>
      !UNIVERSAL.has(key) || element.path === 'Element' || (type === 'Extension' && element.path === 'Extension'),
  )
  return kept.length === 0 ? {} : { constraint: kept.map((constraint) => pick(constraint, OF_CONSTRAINT)) }
}

/** Where an element comes from, where that is not what the element itself says. */
const baseOf = ({ path, min, max, base }) =>
  base === undefined || (base.path === path && base.min === min && base.max === max) ? {} : { base }

const elementOf = (element, type) => ({
  ...pick(element, KEPT),
  ...baseOf(element),
  ...pick(element, Object.keys(element).filter(isValue)),
  ...constraintsOf(element, type),
  ...(element.isModifier === true ? { isModifier: true } : {}),
  ...(element.binding === undefined ? {} : { binding: bindingOf(element) }),
})

const structureOf = (structure) => ({
  url: structure.url,
  ...pick(structure, [
    'resourceType',
    'version',
    'name',
    'status',
    'kind',
    'abstract',
    'context',
    'contextInvariant',
    'type',
    'baseDefinition',
    'derivation',
  ]),
  snapshot: { element: structure.snapshot.element.map((element) => elementOf(element, structure.type)) },
})

/** The content of `structures.ndjson`, in the order of their addresses. */
export const structuresOf = (structures) =>
  structures.filter(({ kind, snapshot }) => kind !== 'logical' && snapshot !== undefined).map(structureOf)
