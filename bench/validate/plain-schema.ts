import { Ajv, type ValidateFunction } from 'ajv'
import { elementsOf, isPrimitive, primitiveRegex, propertiesOf } from '../../src/definitions/tables.ts'

type Schema = Record<string, unknown>

const NUMBERS = new Set(['integer', 'decimal', 'positiveInt', 'unsignedInt'])

const primitive = (type: string): Schema =>
  type === 'boolean'
    ? { type: 'boolean' }
    : NUMBERS.has(type)
      ? { type: 'number' }
      : { type: 'string', pattern: patternOf(type) }

const patternOf = (type: string): string => {
  try {
    return `^(?:${primitiveRegex(type)})$`
  } catch {
    return '^'
  }
}

/** Plain JSON Schema of a type, as the `fhir.schema.json` of the standard has it: types, required elements, no others; without any keyword of ours. */
const schemaOf = (root: string): Schema => {
  const defs: Record<string, Schema> = {}
  const referTo = (path: string): Schema => {
    if (path === 'Resource') return { type: 'object', required: ['resourceType'] }
    if (path === 'xhtml') return { type: 'string' }
    if (isPrimitive(path)) return primitive(path)
    if (defs[path] === undefined) {
      defs[path] = {}
      defs[path] = objectOf(path)
    }
    return { $ref: `#/$defs/${path.replaceAll('.', '_')}` }
  }
  const objectOf = (path: string): Schema => {
    const properties: Record<string, Schema> =
      /^[A-Z]/.test(path) && path === root ? { resourceType: { const: path } } : {}
    for (const [name, { element, type }] of propertiesOf(path)) {
      const one = referTo(type.profile ?? type.code)
      const isList = element.max !== undefined && element.max !== '1'
      properties[name] = isList ? { type: 'array', items: one } : one
      if (isPrimitive(type.code)) properties[`_${name}`] = isList ? { type: 'array' } : { type: 'object' }
    }
    const required = elementsOf(path)
      .filter(({ min = 0, choice }) => min > 0 && choice !== true)
      .map(({ name }) => name)
    return { type: 'object', properties, required, additionalProperties: false }
  }
  const whole = objectOf(root)
  const named = Object.fromEntries(Object.entries(defs).map(([path, schema]) => [path.replaceAll('.', '_'), schema]))
  return { ...whole, $defs: named }
}

/** What plain ajv makes of this schema. */
export const plainAjv = (type: string): ValidateFunction =>
  new Ajv({ strict: false, allErrors: true }).compile(schemaOf(type))
