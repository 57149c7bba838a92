import { BASE } from '../../../src/definitions/base.ts'
import { displaysOf } from '../../../src/definitions/terminology/validation.ts'
import { libraryOf } from '../../../src/definitions/terminology.ts'
import type { Breaking } from './rules.ts'
import type { Site, Tree } from './sites.ts'

const LIBRARY = libraryOf(BASE)

const one = (object: Tree, { property }: Site): Tree | undefined => {
  const value = object[property]
  const first = Array.isArray(value) ? value[0] : value
  return typeof first === 'object' && first !== null ? (first as Tree) : undefined
}

const at =
  (name: string) =>
  ({ expression, element }: Site): string =>
    `${expression}${element.max === undefined || element.max === '1' ? '' : '[0]'}.${name}`

const put = (object: Tree, { property }: Site, text: string): boolean => {
  object[property] = Array.isArray(object[property]) ? [text] : text
  return true
}

const hasNames = (coding: Tree): boolean => {
  const { system, code } = coding
  const loaded = typeof system === 'string' ? LIBRARY.codeSystem(system) : undefined
  const concept = typeof code === 'string' ? loaded?.find(code) : undefined
  return loaded?.whole === true && concept !== undefined && displaysOf(concept).length > 0
}

/** Rules about what values mean: all is well formed, and nothing is there that is meant. */
export const MEANINGS: readonly Breaking[] = [
  {
    name: 'a code is called what it is not',
    at: at('display'),
    breaks: (object, site) => {
      const coding = one(object, site)
      if (coding === undefined || site.type.code !== 'Coding' || !hasNames(coding)) return false
      coding['display'] = 'no name of any code'
      return true
    },
  },
  {
    name: 'a unit is none of UCUM',
    at: at('code'),
    breaks: (object, site) => {
      const quantity = one(object, site)
      if (quantity?.['system'] !== 'http://unitsofmeasure.org' || quantity['code'] === undefined) return false
      if (site.type.code === 'Coding') return false
      quantity['code'] = 'mcg'
      return true
    },
  },
  {
    name: 'a reference to anything has no form',
    at: at('reference'),
    breaks: (object, site) => {
      const reference = one(object, site)
      if (reference === undefined || site.type.code !== 'Reference' || site.type.targets !== undefined) return false
      delete reference['type']
      reference['reference'] = 'somebody'
      return true
    },
  },
  {
    name: 'a reference says a type that R4 does not have',
    at: at('type'),
    breaks: (object, site) => {
      const reference = one(object, site)
      if (reference === undefined || site.type.code !== 'Reference') return false
      reference['type'] = 'patient'
      return true
    },
  },
  {
    name: 'a UUID is none',
    breaks: (object, site) =>
      ['uri', 'url', 'canonical'].includes(site.type.code) &&
      object[`_${site.property}`] === undefined &&
      put(object, site, 'urn:uuid:1'),
  },
  {
    name: 'a definition is said to be contained, and is not',
    breaks: (object, site) =>
      site.type.code === 'canonical' &&
      object[`_${site.property}`] === undefined &&
      put(object, site, '#no-such-definition'),
  },
  {
    name: 'a paragraph of a narrative holds another',
    at: at('div'),
    breaks: (object, site) => {
      const narrative = one(object, site)
      if (narrative === undefined || site.type.code !== 'Narrative') return false
      narrative['div'] = '<div xmlns="http://www.w3.org/1999/xhtml"><p>a<p>b</p></p></div>'
      return true
    },
  },
]
