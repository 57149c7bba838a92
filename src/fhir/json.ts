import { parseKeepingDecimals } from './decimal.ts'
import { findJsonFault, lineAndColumn } from './json-fault.ts'
import { type Problem, problem, type TextPlace } from './outcome.ts'
import type { Resource } from './resource.ts'

export { stringifyFhirJson } from './decimal.ts'

export type JsonLimits = Readonly<{
  /** Brackets that may be open at once. */
  depth: number
}>

export const JSON_LIMITS: JsonLimits = { depth: 64 }

/**
 * Objects and arrays that any text may hold, and characters for each where it holds more. FHIR's own definitions have 18 and more; a text of `{}`
 * alone keeps JSON.parse, which nothing can interrupt, busy for seconds, and takes thirty times its own length in memory.
 */
const FEW_VALUES = 100_000
const CHARACTERS_EACH = 12

/** A name that can be shown: it looks like an element, so it is no free text. */
const PLAIN_NAME = /^_?[A-Za-z][A-Za-z0-9]{0,63}$/
const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/
/** Escapes that may stand for NUL or half a character; an escaped backslash before them is sorted out in the slow check. */
const SUSPECT_ESCAPE = /\\u(?:0000|[dD][89a-fA-F])/

/** `isWellFormed` is in Node 20 and not yet in TypeScript's ES2023 library. */
const isWellFormed = (text: string): boolean => (text as string & { isWellFormed(): boolean }).isWellFormed()

/**
 * The resource in a JSON text that nobody vouches for (http://hl7.org/fhir/R4/json.html). Decimals keep their text for `stringifyFhirJson`.
 * What it returns is an object with a string `resourceType`, held to the limits of `parseJson`; nothing else has been checked.
 *
 * Throws as `parseJson` does, and `resource-type-missing`.
 */
export const parseFhirJson = (text: string, limits: JsonLimits = JSON_LIMITS): Resource => {
  const parsed = parseJson(text, limits)
  if (!isResource(parsed)) {
    throw problem(
      'malformed',
      'resource-type-missing',
      'The body is not a FHIR resource: it must be a JSON object whose "resourceType" is a string such as "CarePlan".',
    )
  }
  return parsed
}

/**
 * What a JSON text holds that nobody vouches for: no deeper than the limit, not nearly all brackets, no key twice, no NUL, no lone surrogate, no `__proto__`. Decimals keep
 * their text.
 *
 * Throws a Problem `malformed` (400): `json-malformed`, `json-too-deep`, `json-too-many-values`, `json-duplicate-key`, `json-character`, `json-key`.
 */
export const parseJson = (text: string, limits: JsonLimits = JSON_LIMITS): unknown => {
  const scan = scanJson(text, limits.depth)
  if (scan.tooDeepAt !== undefined) throw tooDeep(text, scan.tooDeepAt, limits.depth)
  if (scan.values > Math.max(FEW_VALUES, text.length / CHARACTERS_EACH)) throw tooMany()
  const parsed = parse(text)
  if (!isWellFormed(text) || SUSPECT_ESCAPE.test(text)) checkCharacters(parsed)
  if (countKeys(parsed) !== scan.keys) throw duplicateKey(text)
  return scan.decimals.length > 0 ? parseKeepingDecimals(text, scan.decimals) : parsed
}

type Scan = {
  /** Properties of all objects together, as far as the text is JSON: one colon each. */
  keys: number
  /** Objects and arrays, as far as the text is JSON: one opening bracket each. */
  values: number
  tooDeepAt: number | undefined
  /** Start and end offsets of numbers whose text says more than their value, e.g. 1.00. */
  decimals: number[]
}

const QUOTE = 34
const BACKSLASH = 92

/** One pass over what is outside strings. Never fails: whether the text is JSON is for JSON.parse to say. */
const scanJson = (text: string, deepest: number): Scan => {
  const scan: Scan = { keys: 0, values: 0, tooDeepAt: undefined, decimals: [] }
  let depth = 0
  for (let at = 0; at < text.length; at++) {
    const character = text.charCodeAt(at)
    if (character === QUOTE) at = endOfString(text, at)
    else if (character === 58 /* : */) scan.keys++
    else if (character === 123 /* { */ || character === 91 /* [ */) {
      scan.values++
      if (++depth > deepest) {
        scan.tooDeepAt = at
        return scan
      }
    } else if (character === 125 /* } */ || character === 93 /* ] */) depth--
    else if (character === 45 /* - */ || isDigit(character)) {
      const end = endOfNumber(text, at)
      if (end - at > 1) {
        const token = text.slice(at, end)
        if (String(Number(token)) !== token && NUMBER.test(token)) scan.decimals.push(at, end)
      }
      at = end - 1
    }
  }
  return scan
}

/** Offset of the quote that closes the string, or the end of the text. */
const endOfString = (text: string, start: number): number => {
  for (let end = start; ; ) {
    end = text.indexOf('"', end + 1)
    if (end === -1) return text.length
    let before = end - 1
    while (text.charCodeAt(before) === BACKSLASH) before--
    if ((end - before) % 2 === 1) return end
  }
}

const isDigit = (character: number): boolean => character >= 48 && character <= 57

const endOfNumber = (text: string, start: number): number => {
  let end = start + 1
  for (; end < text.length; end++) {
    const character = text.charCodeAt(end)
    const inNumber =
      isDigit(character) ||
      character === 46 ||
      character === 69 ||
      character === 101 ||
      character === 43 ||
      character === 45
    if (!inNumber) break
  }
  return end
}

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    // The engine's own message quotes the text, which may hold anything.
    const fault = findJsonFault(text)
    if (fault?.kind === 'duplicate-key') throw duplicateKey(text)
    const expected = fault?.expected ?? 'JSON'
    const place = lineAndColumn(text, fault?.offset ?? 0)
    throw problem('malformed', 'json-malformed', `The body is not JSON: expected ${expected} at ${said(place)}.`, {
      place,
    })
  }
}

const said = ({ line, column }: TextPlace): string => `line ${line}, column ${column}`

const tooDeep = (text: string, offset: number, deepest: number): Problem => {
  const place = lineAndColumn(text, offset)
  return problem(
    'malformed',
    'json-too-deep',
    `The body is nested deeper than ${deepest} levels at ${said(place)}. Send a flatter resource.`,
    { place },
  )
}

const tooMany = (): Problem =>
  problem(
    'malformed',
    'json-too-many-values',
    'The body has far more objects and arrays than a text of its length can mean anything by. Leave out those that are empty.',
  )

const duplicateKey = (text: string): Problem => {
  const fault = findJsonFault(text)
  if (fault?.kind !== 'duplicate-key')
    return problem(
      'malformed',
      'json-duplicate-key',
      'An object of the body has the same property twice. Send each once.',
    )
  const name = PLAIN_NAME.test(fault.name) ? ` "${fault.name}"` : ''
  const place = lineAndColumn(text, fault.offset)
  return problem(
    'malformed',
    'json-duplicate-key',
    `The property${name} stands twice in one object, the second time at ${said(place)}. Send it once.`,
    { place },
  )
}

/** Properties of all objects together. Recursion is bounded by the depth that the scan allowed. */
const countKeys = (value: unknown): number => {
  if (typeof value !== 'object' || value === null) return 0
  let keys = 0
  if (Array.isArray(value)) {
    for (const item of value) keys += countKeys(item)
    return keys
  }
  for (const name in value) {
    if (name === '__proto__') throw refusedKey()
    keys++
    const child = (value as Record<string, unknown>)[name]
    if (typeof child === 'object') keys += countKeys(child)
  }
  return keys
}

const refusedKey = (): Problem =>
  problem(
    'malformed',
    'json-key',
    'A property of the body is named "__proto__". No FHIR element has this name; leave it out.',
  )

const checkCharacters = (value: unknown): void => {
  if (typeof value === 'string') {
    if (value.includes('\u0000')) {
      throw problem(
        'malformed',
        'json-character',
        'A string of the body holds the character U+0000, which FHIR does not allow. Leave it out.',
      )
    }
    if (!isWellFormed(value)) {
      throw problem(
        'malformed',
        'json-character',
        'A string of the body holds half of a surrogate pair, so it is no text. Send whole characters.',
      )
    }
  } else if (typeof value === 'object' && value !== null) {
    for (const [name, child] of Object.entries(value)) {
      checkCharacters(name)
      checkCharacters(child)
    }
  }
}

const isResource = (value: unknown): value is Resource =>
  typeof value === 'object' &&
  value !== null &&
  !Array.isArray(value) &&
  typeof (value as { resourceType?: unknown }).resourceType === 'string'
