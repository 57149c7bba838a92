import { isPrimitive, propertiesOf } from '../../../src/definitions/tables.ts'
import { MEANINGS } from './meanings.ts'
import type { Site, Tree } from './sites.ts'

/** A way to break one rule: it changes the object of a site, or answers false where the rule has no hold there. */
export type Breaking = Readonly<{
  name: string
  /** True where the rule is about the object around the element, so that this is what is named. */
  around?: boolean
  /** What is added to the place where a finding is expected. */
  at?: (site: Site) => string
  breaks: (object: Tree, site: Site) => boolean
}>

const isAbsent = (object: Tree, name: string): boolean => object[name] === undefined && object[`_${name}`] === undefined
const isLone = (object: Tree, { property }: Site): boolean => isAbsent(object, `_${property}`)

/** A text that no value of a primitive may have (http://hl7.org/fhir/R4/datatypes.html#primitive). */
const MALFORMED: Readonly<Record<string, unknown>> = {
  boolean: 'yes',
  integer: 1.5,
  decimal: '1,5',
  positiveInt: 0,
  unsignedInt: -1,
  date: '2020-13-40',
  dateTime: '2020-01-01T25:61',
  instant: '2020-01-01',
  time: '25:00:00',
  code: ' spaced  twice ',
  id: 'not an id!',
  uri: 'a b',
  url: 'a b',
  canonical: 'a b',
  oid: 'urn:oid:x',
  uuid: 'urn:uuid:x',
  base64Binary: '***',
  string: '',
  markdown: '',
}

/** A type of R4 that so few references may point to that one of them can be told to be wrong. */
const UNLIKELY = 'TestReport'

/** What an object of a type is when one of its own invariants is broken, all else as it was (http://hl7.org/fhir/R4/datatypes.html). */
const INVARIANTS: readonly (readonly [type: string, rule: string, change: (object: Tree) => boolean])[] = [
  ['Period', 'per-1', (period) => set(period, { start: '2020-02-01', end: '2020-01-01' }, ['_start', '_end'])],
  ['Range', 'rng-2', (range) => set(range, { low: { value: 5 }, high: { value: 1 } })],
  ['Ratio', 'rat-1', (ratio) => set(ratio, { numerator: { value: 1 } }, ['denominator', 'extension'])],
  [
    'Quantity',
    'qty-3',
    (quantity) => quantity['extension'] === undefined && set(quantity, { code: 'mg' }, ['system', '_system']),
  ],
  ['ContactPoint', 'cpt-2', (point) => typeof point['value'] === 'string' && set(point, {}, ['system', '_system'])],
  ['Attachment', 'att-1', (one) => set(one, { data: 'aGVsbG8=' }, ['contentType', '_contentType'])],
  ['Reference', 'ref-1', (one) => set(one, { reference: '#nothing-of-this-id' }, ['identifier'])],
  ['Extension', 'ext-1', (one) => set(one, { extension: [{ url: 'urn:a', valueBoolean: true }], valueBoolean: true })],
  [
    'Narrative',
    'txt-1',
    (one) => set(one, { div: '<div xmlns="http://www.w3.org/1999/xhtml"><script>x</script>y</div>' }),
  ],
  ['Narrative', 'txt-2', (one) => set(one, { div: '<div xmlns="http://www.w3.org/1999/xhtml"> </div>' })],
]

const set = (object: Tree, values: Tree, without: readonly string[] = []): boolean => {
  for (const name of without) delete object[name]
  Object.assign(object, values)
  return true
}

/** The object that a site holds, where it is one and not a list. */
const inside = (object: Tree, { property }: Site): Tree | undefined => {
  const value = object[property]
  const first = Array.isArray(value) ? value[0] : value
  return typeof first === 'object' && first !== null ? (first as Tree) : undefined
}

const first = ({ element, expression }: Site): string =>
  element.max === undefined || element.max === '1' ? expression : `${expression}[0]`

export const BREAKINGS: readonly Breaking[] = [
  {
    name: 'a required element is taken away',
    around: true,
    breaks: (object, { element, property }) => {
      if ((element.min ?? 0) === 0) return false
      delete object[property]
      delete object[`_${property}`]
      return true
    },
  },
  {
    name: 'an element that R4 does not have is added',
    at: (site) => `${first(site)}.colour`,
    breaks: (object, site) => {
      const found = inside(object, site)
      if (found === undefined) return false
      found['colour'] = 'red'
      return true
    },
  },
  {
    name: 'an object stands where a primitive belongs',
    breaks: (object, site) => {
      if (!isPrimitive(site.type.code) || Array.isArray(object[site.property])) return false
      object[site.property] = { a: 1 }
      return true
    },
  },
  {
    name: 'a text stands where an object belongs',
    breaks: (object, site) => {
      if (inside(object, site) === undefined || site.type.code === 'Resource') return false
      object[site.property] = Array.isArray(object[site.property]) ? ['text'] : 'text'
      return true
    },
  },
  {
    name: 'a list stands where one belongs',
    breaks: (object, { property, element }) => {
      if ((element.max ?? '1') !== '1' || property === 'resourceType') return false
      object[property] = [object[property]]
      return true
    },
  },
  {
    name: 'one stands where a list belongs',
    breaks: (object, { property }) => {
      const value = object[property]
      if (!Array.isArray(value) || value.length !== 1) return false
      object[property] = value[0]
      return true
    },
  },
  {
    name: 'a list is empty',
    breaks: (object, site) => {
      if (!Array.isArray(object[site.property]) || !isLone(object, site)) return false
      object[site.property] = []
      return true
    },
  },
  {
    name: 'an object is empty (ele-1)',
    breaks: (object, site) => {
      if (inside(object, site) === undefined || site.type.code === 'Resource') return false
      object[site.property] = Array.isArray(object[site.property]) ? [{}] : {}
      return true
    },
  },
  {
    name: 'a primitive is not of its form',
    breaks: (object, site) => {
      const malformed = MALFORMED[site.type.code]
      if (malformed === undefined || !isPrimitive(site.type.code) || !isLone(object, site)) return false
      object[site.property] = Array.isArray(object[site.property]) ? [malformed] : malformed
      return true
    },
  },
  {
    name: 'a code is not in the value set that is required',
    breaks: (object, site) => {
      if (site.element.codes === undefined || site.type.code !== 'code' || !isLone(object, site)) return false
      object[site.property] = Array.isArray(object[site.property]) ? ['no-such-code'] : 'no-such-code'
      return true
    },
  },
  {
    name: 'a second form of a choice is added',
    breaks: (object, { element, property, around }) => {
      if (element.choice !== true) return false
      const other = element.types
        .map(({ code }) => `${element.name}${code.charAt(0).toUpperCase()}${code.slice(1)}`)
        .find((name) => name !== property && /(?:Boolean|Integer|String|DateTime)$/.test(name))
      if (other === undefined || around === '') return false
      object[other] = other.endsWith('Boolean')
        ? true
        : other.endsWith('Integer')
          ? 1
          : other.endsWith('String')
            ? 'x'
            : '2020'
      return true
    },
  },
  {
    name: 'a reference is to a type that it may not point to',
    breaks: (object, site) => {
      const found = inside(object, site)
      const { targets } = site.type
      if (found === undefined || site.type.code !== 'Reference' || targets === undefined || targets.includes(UNLIKELY))
        return false
      delete found['identifier']
      delete found['type']
      found['reference'] = `${UNLIKELY}/1`
      return true
    },
  },
  ...INVARIANTS.map(
    ([type, rule, change]): Breaking => ({
      name: `${rule} of ${type}`,
      breaks: (object, site) => {
        const found = inside(object, site)
        return found !== undefined && site.type.code === type && site.type.profile === undefined && change(found)
      },
    }),
  ),
  {
    name: 'an extension has neither value nor extensions',
    at: (site) => `${first(site)}.extension[0]`,
    breaks: (object, site) => {
      const found = inside(object, site)
      if (found === undefined || site.type.code === 'Resource' || found['extension'] !== undefined) return false
      if (!propertiesOf(site.type.profile ?? site.type.code).has('extension')) return false
      found['extension'] = [{ url: 'https://keyplan.example/test/no-such-extension' }]
      return true
    },
  },
  {
    name: 'a list has nothing in one of its places',
    breaks: (object, site) => {
      const value = object[site.property]
      if (!Array.isArray(value) || !isLone(object, site)) return false
      object[site.property] = [...value, null]
      return true
    },
  },
  {
    name: 'a code is written with capital letters',
    breaks: (object, site) => {
      const value = object[site.property]
      if (site.element.codes === undefined || site.type.code !== 'code' || typeof value !== 'string') return false
      if (value.toUpperCase() === value) return false
      object[site.property] = value.toUpperCase()
      return true
    },
  },
  {
    name: 'an id is longer than 64 characters',
    breaks: (object, { property, type }) => {
      if (type.code !== 'id' || property !== 'id') return false
      object[property] = 'a'.repeat(65)
      return true
    },
  },
  {
    name: 'a resource is contained that nothing refers to (dom-3)',
    around: true,
    breaks: (object, { property, way }) => {
      if (
        property !== 'id' ||
        way.length > 0 ||
        propertiesOf(object['resourceType'] as string).get('contained') === undefined
      )
        return false
      object['contained'] = [
        ...((object['contained'] as unknown[] | undefined) ?? []),
        { resourceType: 'Basic', id: 'unreferenced', code: { text: 'x' } },
      ]
      return true
    },
  },
  {
    name: 'a modifier extension changes the meaning in a way that nobody knows',
    at: ({ around }) => `${around}.modifierExtension[0]`,
    breaks: (object, { property, way }) => {
      if (
        property !== 'id' ||
        way.length > 0 ||
        propertiesOf(object['resourceType'] as string).get('modifierExtension') === undefined
      )
        return false
      object['modifierExtension'] = [{ url: 'https://keyplan.example/test/no-such-modifier', valueBoolean: true }]
      return true
    },
  },
  {
    name: 'an element of another type of resource stands in it',
    at: ({ around }) => `${around}.multipleBirthBoolean`,
    breaks: (object, { property, way }) => {
      if (property !== 'id' || way.length > 0 || object['resourceType'] === 'Patient') return false
      object['multipleBirthBoolean'] = true
      return true
    },
  },
  ...MEANINGS,
]
