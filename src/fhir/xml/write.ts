import { decimalText } from '../decimal.ts'
import type { Resource } from '../resource.ts'
import type { Child, Children } from './children.ts'
import { divAsXml, xmlCharacters } from './xhtml.ts'

export const FHIR_NAMESPACE = 'http://hl7.org/fhir'

type Values = Readonly<Record<string, unknown>>

/** A value in an attribute. White space other than the space is written as a reference, or a reader would take it for one. */
const escaped = (text: string): string =>
  xmlCharacters(text).replace(/[&<>"\t\n\r]/g, (character) => ESCAPES[character] as string)

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\t': '&#x9;',
  '\n': '&#xA;',
  '\r': '&#xD;',
}

/**
 * The XML of a resource (http://hl7.org/fhir/R4/xml.html), its elements in the order of the standard, decimals with every digit that was sent.
 * A character that XML 1.0 cannot hold (a control character, U+FFFE, U+FFFF) is written as U+FFFD. Throws an Error for a property that R4 does not have:
 * nothing is left out.
 * @param resource a valid resource, decimals as `parseFhirJson` keeps them
 * @param pretty true for line breaks and an indent of two
 */
export const fhirXml = (resource: Resource, children: Children, pretty = false): string => {
  const parts: string[] = ['<?xml version="1.0" encoding="UTF-8"?>']
  let depth = 0

  const line = (): void => {
    if (pretty) parts.push('\n', '  '.repeat(depth))
  }

  /** An element with what `write` puts into it; without, where that is undefined. */
  const element = (name: string, attributes: string, write: (() => void) | undefined): void => {
    line()
    if (write === undefined) {
      parts.push(`<${name}${attributes}/>`)
      return
    }
    parts.push(`<${name}${attributes}>`)
    depth += 1
    write()
    depth -= 1
    line()
    parts.push(`</${name}>`)
  }

  /** The attributes of an object and, where it has any, what writes its elements. */
  const contentOf = (
    path: string,
    object: Values,
  ): Readonly<{ attributes: string; write: (() => void) | undefined }> => {
    const known = children.of(path)
    const found = new Map<string, Child>()
    let attributes = ''
    for (const key in object) {
      if (key === 'resourceType' && children.isResource(path)) continue
      const name = key.startsWith('_') ? key.slice(1) : key
      const child = known.get(name)
      if (child === undefined || (name !== key && child.kind !== 'primitive'))
        throw new Error(`R4 has no property ${key} in ${path}`)
      if (child.kind === 'attribute') attributes += ` ${name}="${escaped(String(object[key]))}"`
      else found.set(name, child)
    }
    const ordered = [...found].sort(([, one], [, other]) => one.order - other.order)
    const write = (): void => {
      for (const [name, child] of ordered) property(name, child, object)
    }
    return { attributes, write: ordered.length === 0 ? undefined : write }
  }

  const complex = (name: string, path: string, object: Values): void => {
    const { attributes, write } = contentOf(path, object)
    element(name, attributes, write)
  }

  const primitive = (name: string, value: string | undefined, more: Values | null | undefined): void => {
    const { attributes, write } = contentOf('Element', more ?? {})
    element(name, `${attributes}${value === undefined ? '' : ` value="${escaped(value)}"`}`, write)
  }

  const resourceElement = (inside: Values, namespace = ''): void => {
    const type = inside['resourceType'] as string
    const { attributes, write } = contentOf(type, inside)
    element(type, namespace + attributes, write)
  }

  const property = (name: string, child: Child, object: Values): void => {
    const value = object[name]
    if (child.kind === 'primitive') {
      const more = object[`_${name}`]
      if (!child.repeats) {
        primitive(name, textOf(object, name), more as Values | undefined)
        return
      }
      const values = (value ?? []) as readonly unknown[]
      const extras = (more ?? []) as readonly (Values | null)[]
      for (let index = 0; index < Math.max(values.length, extras.length); index++)
        primitive(name, textOf(values, String(index)), extras[index])
      return
    }
    for (const item of (child.repeats ? value : [value]) as readonly Values[]) {
      if (child.kind === 'complex') complex(name, child.type, item)
      else if (child.kind === 'resource') element(name, '', () => resourceElement(item))
      else {
        line()
        parts.push(divAsXml(String(item)))
      }
    }
  }

  resourceElement(resource as unknown as Values, ` xmlns="${FHIR_NAMESPACE}"`)
  if (pretty) parts.push('\n')
  return parts.join('')
}

/** The text of a primitive; undefined where there is none. */
const textOf = (holder: object, name: string): string | undefined => {
  const value = (holder as Values)[name]
  if (value === undefined || value === null) return undefined
  return decimalText(holder, name) ?? String(value)
}
