import { propertiesOfElement } from '../../definitions/tables.ts'
import { invariantNamed } from '../invariants/index.ts'
import type { PlacedFault } from '../structure/fault.ts'
import { type Finding, shownValue } from './finding.ts'
import { locate, type Place } from './locate.ts'
import { unknownElement } from './unknown-element.ts'
import { invalidValue, notDigits, notInValueSet, outOfRange } from './values.ts'
import { headOf, kindOf, lastName, listed, type Put, paramsOf } from './words.ts'

/**
 * The Finding of a fault. Texts and hints name elements, types and lengths; a value only where it has the form of a code: what a record says
 * stands in `value` alone.
 */
export const findingOf = (resource: { resourceType: string }, error: PlacedFault): Finding => {
  const place = locate(resource, error.pointer)
  const put = WORDS[error.keyword]
  if (put === undefined) throw new Error(`No words for the keyword ${error.keyword}`)
  const { type = headOf(place.owner), value, expected, rule, hint, ...words } = put(place, error)
  return {
    severity: 'error',
    expression: place.expression,
    ...words,
    ...(expected === undefined ? {} : { value: value ?? shownValue(place.data), expected }),
    ...(rule === undefined ? {} : { rule }),
    profile: `http://hl7.org/fhir/StructureDefinition/${type}|4.0.1`,
    ...(hint === undefined ? {} : { hint }),
  }
}

const expectedType = (place: Place, error: PlacedFault): string => {
  const wanted = String((error.params as { type?: string }).type ?? 'object').split(',')[0]
  return (
    {
      object: 'an object',
      array: 'an array',
      string: 'a string',
      boolean: 'true or false',
      number: 'a number',
      integer: 'a whole number',
    }[wanted as 'object'] ?? `what ${lastName(place)} is`
  )
}

const wrongType: Put = (place, error) => {
  const expected = expectedType(place, error)
  const found = kindOf(place.data)
  if (expected === 'an array') {
    return {
      key: 'wrong-cardinality',
      code: 'structure',
      text: `${lastName(place)} repeats, so it must be an array; found ${found}.`,
      expected: 'an array',
      hint: 'Put it into [ ].',
    }
  }
  if (Array.isArray(place.data)) {
    return {
      key: 'wrong-cardinality',
      code: 'structure',
      text: `${lastName(place)} does not repeat, so it must be ${expected}; found an array.`,
      expected,
      hint: 'Send one, without [ ].',
    }
  }
  return {
    key: 'wrong-type',
    code: 'structure',
    text: `${lastName(place)} must be ${expected}; found ${found}.`,
    expected,
    hint: `Send ${expected}.`,
  }
}

const shape: Put = (place, error) => {
  const { fault, element = '' } = paramsOf(error, 'shape')
  const owner = place.path ?? place.expression
  switch (fault) {
    case 'required': {
      const properties = place.path === undefined ? [] : propertiesOfElement(place.path, element)
      const names = properties.length > 1 ? listed(properties.map(({ property }) => property)) : element
      return {
        key: 'required-element',
        code: 'required',
        expression: `${place.expression}.${element}`,
        text: `${owner} needs ${names}.`,
        value: '0',
        expected: `1 to ${properties[0]?.element.max ?? '1'}`,
        ...(place.path === undefined ? {} : { type: headOf(place.path) }),
        hint: `Add ${names}.`,
      }
    }
    case 'choice':
      return {
        key: 'choice-conflict',
        code: 'structure',
        expression: `${place.expression}.${element}`,
        text: `${owner} has ${element}[x] of more than one type.`,
        ...(place.path === undefined ? {} : { type: headOf(place.path) }),
        hint: 'Send one of them.',
      }
    case 'empty':
      return {
        key: 'ele-1',
        code: 'invariant',
        text: `${lastName(place)} has neither a value nor content besides an id.`,
        expected: 'a value or content',
        rule: 'ele-1',
        type: 'Element',
        hint: 'Leave it out, or fill it.',
      }
    case 'null':
      return {
        key: 'null-not-allowed',
        code: 'structure',
        text: `${lastName(place)} holds null without an extension in its place.`,
        hint: 'Leave it out.',
      }
    case 'misaligned':
      return {
        key: 'companion-misaligned',
        code: 'structure',
        text: `The values of ${lastName(place)} and their extensions must be arrays of one length.`,
        hint: 'Fill up with null.',
      }
  }
}

const wrongTarget: Put = (place, error) => {
  const { fault, found, targets } = paramsOf(error, 'targets')
  // What a Reference may be to is said by the type that has it.
  const type = headOf(place.around)
  if (fault === 'malformed') {
    return {
      key: 'reference-malformed',
      code: 'value',
      text: 'This reference is none that FHIR knows.',
      expected: `a reference to ${listed(targets)}`,
      type,
      hint: `Refer to ${listed(targets)} as Type/id, as urn:uuid:… within a transaction, or as #id.`,
    }
  }
  return {
    key: 'reference-target',
    code: 'value',
    text: `This refers to a resource of type ${found}. It may refer to ${listed(targets)} only.`,
    expected: listed(targets),
    type,
    hint: 'Refer to a resource of one of these types.',
  }
}

const nestedResource: Put = (_place, error) =>
  paramsOf(error, 'resource').fault === 'type-missing'
    ? {
        key: 'resource-type-missing',
        code: 'structure',
        text: 'A resource must have a string "resourceType", e.g. "Goal".',
        expected: 'a resource',
      }
    : {
        key: 'resource-type-unknown',
        code: 'structure',
        text: 'FHIR R4 has no resource of this resourceType.',
        hint: 'Check its spelling; types begin with a capital letter.',
      }

const narrative: Put = (_place, error) => {
  const { key, what } = paramsOf(error, 'narrative')
  const code = key === 'narrative-unsafe' ? 'security' : 'invariant'
  return {
    key,
    code,
    text: `The narrative ${what}.`,
    type: 'Narrative',
    hint: 'See http://hl7.org/fhir/R4/narrative.html#xhtml for what is allowed.',
  }
}

const brokenInvariant: Put = (_place, error) => {
  const { key, path } = paramsOf(error, 'invariants')
  const invariant = invariantNamed(path, key)
  return {
    key,
    code: 'invariant',
    text: `${invariant?.text ?? ''} (${key})`,
    rule: key,
    type: headOf(path),
    ...(invariant?.severity === undefined ? {} : { severity: invariant.severity }),
  }
}

const empty: Put = (place) => ({
  key: 'empty-array',
  code: 'structure',
  text: `${lastName(place)} is an empty array.`,
  expected: '1 at least',
  hint: 'Leave it out where there is nothing.',
})

const tooMany: Put = (place, error) => ({
  key: 'wrong-cardinality',
  code: 'structure',
  text: `${lastName(place)} may be there at most ${(error.params as { limit: number }).limit} times.`,
  value: `${(place.data as readonly unknown[]).length}`,
  expected: `at most ${(error.params as { limit: number }).limit}`,
  hint: 'Leave out what is too many.',
})

const WORDS: Readonly<Record<string, Put>> = {
  additionalProperties: unknownElement,
  digits: notDigits,
  type: wrongType,
  complex: wrongType,
  minItems: empty,
  maxItems: tooMany,
  format: invalidValue,
  minimum: outOfRange,
  maximum: outOfRange,
  codes: notInValueSet,
  shape,
  targets: wrongTarget,
  resource: nestedResource,
  narrative,
  invariants: brokenInvariant,
}
