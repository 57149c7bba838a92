import { escapeText } from '../../plan/summary/narrative.ts'
import { words } from '../words.ts'
import type { Contract, Schema } from './document.ts'

const listed = (values: readonly unknown[]): string =>
  values.map((value) => `<code>${escapeText(String(value))}</code>`).join(' · ')

const nameOf = (ref: string): string => ref.slice(ref.lastIndexOf('/') + 1)

/** The type of a value in a few words, with what limits it; empty where nothing is said. */
export const typeOf = (schema: Schema | undefined): string => {
  if (schema === undefined) return ''
  if (schema.$ref !== undefined) {
    const name = escapeText(nameOf(schema.$ref))
    return `<a href="#schema-${name}">${name}</a>`
  }
  const { type, format, items, minimum, maximum, maxLength, pattern } = schema
  const name = type === 'array' ? `array of ${typeOf(items) || 'anything'}` : [type].flat().join(' or ')
  return [
    name,
    format === undefined ? '' : `(${escapeText(format)})`,
    schema.const === undefined ? '' : `always ${listed([schema.const])}`,
    schema.enum === undefined ? '' : `one of ${listed(schema.enum)}`,
    minimum === undefined ? '' : `from ${minimum}`,
    maximum === undefined ? '' : `to ${maximum}`,
    maxLength === undefined ? '' : `at most ${maxLength} characters`,
    pattern === undefined ? '' : `as <code>${escapeText(pattern)}</code>`,
    schema.default === undefined ? '' : `else ${listed([schema.default])}`,
    schema.examples === undefined ? '' : `e.g. ${listed(schema.examples)}`,
  ]
    .filter((part) => part !== '')
    .join(' ')
}

/** A schema with the properties inside it; one that has a name of its own as a link to it. */
export const schemaHtml = (schema: Schema): string => {
  const { properties, required = [], items } = schema
  if (schema.$ref !== undefined) return typeOf(schema)
  const said = `<span class="soft">${typeOf(schema)}</span>${words(schema.description)}`
  if (properties === undefined) return said + (items?.properties === undefined ? '' : schemaHtml(items))
  return `${said}<dl>${Object.entries(properties)
    .map(
      ([name, property]) =>
        `<dt><code>${escapeText(name)}</code>${required.includes(name) ? ' <span class="soft">required</span>' : ''}</dt><dd>${schemaHtml(property)}</dd>`,
    )
    .join('')}</dl>`
}

/** A section for each schema that has a name. */
export const schemaSections = ({ components }: Contract): string =>
  Object.entries(components.schemas)
    .map(
      ([name, schema]) =>
        `<section class="schema" id="schema-${escapeText(name)}"><h3>${escapeText(name)}</h3>${schemaHtml(schema)}</section>`,
    )
    .join('\n')
