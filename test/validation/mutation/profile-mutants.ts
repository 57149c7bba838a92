import type { ElementDefinition, StructureDefinition } from 'fhir/r4.js'
import type { Mutant } from './mutants.ts'
import { objectAt, type Tree } from './sites.ts'

/** Where an element of a profile stands in a resource: the object that has it, and the property. */
type Held = Readonly<{ way: readonly (string | number)[]; property: string; around: string; expression: string }>

type Step = readonly [object: Tree, way: readonly (string | number)[], expression: string]

/** The property that an element has in an object: of a choice, the one of its forms that is there. */
const propertyOf = (object: Tree, name: string): string | undefined => {
  if (!name.endsWith('[x]')) return object[name] === undefined ? undefined : name
  const stem = name.slice(0, -3)
  return Object.keys(object).find((key) => key.startsWith(stem) && /^[A-Z]/.test(key.slice(stem.length)))
}

/** Every place in a resource that a path of a profile names. */
const heldAt = (resource: Tree, path: string): readonly Held[] => {
  const [root = '', ...names] = path.split('.')
  const last = names.pop()
  if (last === undefined) return []
  const open = names.reduce<readonly Step[]>(
    (steps, name) =>
      steps.flatMap(([object, way, expression]): readonly Step[] => {
        const property = propertyOf(object, name)
        if (property === undefined) return []
        const value = object[property]
        const at = `${expression}.${name.replace('[x]', '')}`
        return Array.isArray(value)
          ? value.flatMap((item, index) =>
              typeof item === 'object' && item !== null
                ? [[item as Tree, [...way, property, index], `${at}[${index}]`] as const]
                : [],
            )
          : typeof value === 'object' && value !== null
            ? [[value as Tree, [...way, property], at] as const]
            : []
      }),
    [[resource, [], root]],
  )
  return open.flatMap(([object, way, around]) => {
    const property = propertyOf(object, last)
    return property === undefined ? [] : [{ way, property, around, expression: `${around}.${last.replace('[x]', '')}` }]
  })
}

type ProfileBreaking = Readonly<{
  rule: string
  /** Whether the element has such a rule at all. */
  holds: (element: ElementDefinition) => boolean
  around?: boolean
  breaks: (object: Tree, property: string, element: ElementDefinition) => boolean
}>

const OTHER = { coding: [{ system: 'urn:keyplan:test', code: 'another' }] }

/** The value that a pattern or a fixed value says, whatever its type. */
const said = (element: ElementDefinition): unknown =>
  Object.entries(element).find(([name]) => /^(?:pattern|fixed)[A-Z]/.test(name))?.[1]

const inPlaceOf = (value: unknown, put: unknown): unknown => (Array.isArray(value) ? [put] : put)

const RULES: readonly ProfileBreaking[] = [
  {
    rule: 'an element that the profile requires is taken away',
    holds: ({ min = 0, base }) => min > (base?.min ?? 0),
    around: true,
    breaks: (object, property) => {
      delete object[property]
      delete object[`_${property}`]
      return true
    },
  },
  {
    rule: 'a value is not the one that the profile fixes',
    holds: (element) => said(element) !== undefined,
    breaks: (object, property, element) => {
      const value = said(element)
      const other =
        typeof value === 'string' ? 'another' : typeof value === 'object' ? otherThan(value as Tree) : undefined
      if (other === undefined) return false
      object[property] = inPlaceOf(object[property], other)
      return true
    },
  },
  {
    rule: 'a concept is not in the value set that the profile requires',
    holds: ({ binding, type = [] }) =>
      binding?.strength === 'required' && type.length === 1 && type[0]?.code === 'CodeableConcept',
    breaks: (object, property) => {
      object[property] = inPlaceOf(object[property], OTHER)
      return true
    },
  },
  {
    rule: 'there is more of an element than the profile allows',
    holds: ({ max, base }) => max === '1' && base?.max === '*',
    breaks: (object, property) => {
      const value = object[property]
      if (!Array.isArray(value)) return false
      object[property] = [value[0], value[0]]
      return true
    },
  },
]

const otherThan = (value: Tree): Tree | undefined => {
  if (value['coding'] !== undefined) return OTHER
  if (value['system'] !== undefined || value['code'] !== undefined)
    return { system: 'urn:keyplan:test', code: 'another' }
  return undefined
}

/** An extension that a profile allows once, twice. */
const doubled = (of: string, resource: Tree, elements: readonly ElementDefinition[]): readonly Mutant[] =>
  elements.flatMap(({ path, sliceName, max, type = [] }): readonly Mutant[] => {
    const url = type[0]?.profile?.[0]?.split('|')[0]
    if (sliceName === undefined || max !== '1' || url === undefined || !path.endsWith('.extension')) return []
    return heldAt(resource, path).flatMap(({ way, expression }) => {
      const copy = structuredClone(resource)
      const list = objectAt(copy, way)['extension'] as Tree[]
      const one = list.find((extension) => extension['url'] === url)
      if (one === undefined) return []
      list.push(structuredClone(one))
      return [
        { of, rule: 'an extension that the profile allows once stands twice', expected: expression, resource: copy },
      ]
    })
  })

/**
 * Mutants of a resource that break a rule of this profile and none of its base; of each rule all places, for profiles are what plans live by.
 * Slices are left out but for extensions: which item is of which slice is what is tested.
 */
export const profileMutantsOf = (of: string, resource: Tree, { snapshot }: StructureDefinition): readonly Mutant[] => {
  const elements = snapshot?.element ?? []
  const whole = elements.filter(({ id = '' }) => !id.includes(':'))
  const broken = whole.flatMap((element) =>
    RULES.filter(({ holds }) => holds(element)).flatMap(({ rule, around, breaks }) =>
      heldAt(resource, element.path).flatMap((held): readonly Mutant[] => {
        const copy = structuredClone(resource)
        if (!breaks(objectAt(copy, held.way), held.property, element)) return []
        return [{ of, rule, expected: around === true ? held.around : held.expression, resource: copy }]
      }),
    ),
  )
  return [...broken, ...doubled(of, resource, elements)]
}
