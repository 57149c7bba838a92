/** What the terminology operations have in common: which value set or code system is meant, and how an answer about codes is told. */
import type { CodeSystem, Parameters, ParametersParameter, ValueSet } from 'fhir/r4.js'
import { loadPackage } from '../../definitions/package.ts'
import { cannotTell, isUnknown, type Unknown } from '../../definitions/terminology/answer.ts'
import { type Asked, askedOf, type Validated } from '../../definitions/terminology/validation.ts'
import { valueSetNotLoaded } from '../../definitions/terminology/value-set.ts'
import { LIBRARY } from '../../definitions/terminology.ts'
import { isError, Problem, problem } from '../../fhir/outcome.ts'
import { findObjects, type Resource } from '../../fhir/resource.ts'
import { validateResource } from '../../validation/validate.ts'
import { malformedParameter } from '../parameters.ts'
import type { ApiResponse } from '../route.ts'
import type { Input } from './input.ts'

/** Terminology names no person, so any token reads it, and nothing is audited. */
export const TERMINOLOGY = { scope: 'token', purpose: 'administration', body: 'optional-resource' } as const

export const parametersAnswer = (parameter: readonly ParametersParameter[]): ApiResponse => {
  const answer: Parameters = { resourceType: 'Parameters', parameter: [...parameter] }
  return { status: 200, body: JSON.stringify(answer) }
}

/** The displays that are loaded are English; those of another language are not made up. */
export const checkLanguage = (language: string | undefined): void => {
  if (language === undefined || /^en(?:-[A-Za-z]{2})?$/.test(language)) return
  throw problem(
    'not-supported',
    'language-not-loaded',
    'Displays are in English. Leave displayLanguage out, or ask for en.',
    {
      expression: 'displayLanguage',
    },
  )
}

/** A value set or code system of KeyPlan's package by id. */
export const published = <Type extends ValueSet | CodeSystem>(type: Type['resourceType'], id: string): Type => {
  const found = loadPackage().resource(type, id)
  if (found !== undefined) return found as Type
  throw problem(
    'not-found',
    'not-found',
    `KeyPlan publishes no ${type}/${id}. GET ${type} lists those that it publishes.`,
  )
}

/** So much of a value set that a caller sends is looked through while others wait. */
const MOST_PARTS = 50
const MOST_LISTED = 2_000

const notUnderstood = (text: string, expression: string, code?: 'too-costly') =>
  problem('not-supported', 'value-set-not-understood', text, { expression, ...(code === undefined ? {} : { code }) })

/** A value set that the caller sent: valid, understood whole, and of a bounded size. */
const sent = (resource: Resource): ValueSet => {
  if (resource.resourceType !== 'ValueSet')
    throw malformedParameter('valueSet', 'The parameter valueSet must be a ValueSet.')
  const issues = validateResource(resource)
  if (issues.some(isError)) throw new Problem('unprocessable', issues)
  const { compose } = resource as ValueSet
  const isModified = (object: object): boolean => 'modifierExtension' in object || 'implicitRules' in object
  if (findObjects(resource, isModified, 1).length > 0)
    throw notUnderstood(
      'A value set with modifier extensions or implicit rules cannot be read by this service.',
      'ValueSet',
    )
  if (compose === undefined)
    throw notUnderstood(
      'A value set is read by its compose, which is missing. An expansion that is sent is not read.',
      'ValueSet.compose',
    )
  if (compose.lockedDate !== undefined || compose.inactive === false)
    throw notUnderstood(
      'A value set with a locked date, or without inactive codes, is not understood here.',
      'ValueSet.compose',
    )
  const parts = [...compose.include, ...(compose.exclude ?? [])]
  for (const { system, concept, filter, valueSet } of parts) {
    if (concept !== undefined && filter !== undefined)
      throw notUnderstood('An include holds either concepts or filters (vsd-3).', 'ValueSet.compose.include')
    if (system === undefined && (concept !== undefined || filter !== undefined || valueSet === undefined))
      throw notUnderstood(
        'An include needs a system, or value sets and nothing else (vsd-1, vsd-2).',
        'ValueSet.compose.include',
      )
  }
  const size = parts.reduce((sum, { filter = [], valueSet = [] }) => sum + 1 + filter.length + valueSet.length, 0)
  const listed = parts.reduce((sum, { concept = [] }) => sum + concept.length, 0)
  if (size > MOST_PARTS || listed > MOST_LISTED)
    throw notUnderstood(
      `A value set that is sent may have ${MOST_PARTS} parts and list ${MOST_LISTED} codes.`,
      'ValueSet.compose',
      'too-costly',
    )
  return resource as ValueSet
}

export const VALUE_SET = { url: 'valueUri', valueSet: 'resource', valueSetVersion: 'valueString' } as const

/** The value set that is meant: that of the path, or the one that is named or sent. Throws `not-found` for one that is not loaded. */
export const valueSetMeant = (id: string, { url, valueSet, valueSetVersion }: Input<typeof VALUE_SET>): ValueSet => {
  if ([id === '' ? undefined : id, url, valueSet].filter((given) => given !== undefined).length !== 1) {
    throw problem(
      'bad-request',
      'parameter-missing',
      id === ''
        ? 'Say which value set is meant: by url, or by valueSet with the resource itself; not by both.'
        : 'The path names the value set: url and valueSet are not taken here.',
      { code: 'required', expression: 'url' },
    )
  }
  if (valueSetVersion !== undefined && url === undefined)
    throw malformedParameter('valueSetVersion', 'valueSetVersion belongs to a url.')
  if (id !== '') return published<ValueSet>('ValueSet', id)
  if (valueSet !== undefined) return sent(valueSet)
  const canonical = valueSetVersion === undefined ? (url as string) : `${url}|${valueSetVersion}`
  const found = LIBRARY.valueSet(canonical)
  if (found !== undefined) return found
  const { key, why } = valueSetNotLoaded(canonical)
  throw problem('not-found', key, why, { expression: 'url' })
}

export const CODE = {
  code: 'valueCode',
  display: 'valueString',
  coding: 'valueCoding',
  codeableConcept: 'valueCodeableConcept',
  abstract: 'valueBoolean',
  displayLanguage: 'valueCode',
} as const

/** The codes that are to be looked at: one, or those of a CodeableConcept. `of` is what the operation takes for a bare code. */
export const codesMeant = (
  input: Input<typeof CODE>,
  of: Readonly<{ system: string | undefined; version: string | undefined }>,
): readonly Asked[] => {
  const { code, display, coding, codeableConcept } = input
  const given = [code, coding, codeableConcept].filter((one) => one !== undefined)
  if (given.length !== 1) {
    throw problem('bad-request', 'parameter-missing', 'Give one of code, coding and codeableConcept.', {
      code: 'required',
      expression: 'code',
    })
  }
  if (code !== undefined) {
    if (of.system === undefined)
      throw problem(
        'bad-request',
        'parameter-missing',
        'A code means something in its code system only: name that too.',
        {
          code: 'required',
          expression: 'system',
        },
      )
    return [{ system: of.system, version: of.version, code, display }]
  }
  const codings = coding === undefined ? (codeableConcept?.coding ?? []) : [coding]
  const asked = codings.map(askedOf)
  if (display !== undefined || asked.length === 0 || asked.includes(undefined))
    throw malformedParameter(
      coding === undefined ? 'codeableConcept' : 'coding',
      'Each coding needs system and code; display stands in it, not beside it.',
    )
  return asked as readonly Asked[]
}

/** What was found of a code, as R4 tells it (http://hl7.org/fhir/R4/valueset-operation-validate-code.html). What cannot be told is no result. */
export const validationAnswer = (validated: Validated | Unknown): ApiResponse => {
  if (isUnknown(validated)) throw cannotTell(validated)
  const { result, message, display } = validated
  return parametersAnswer([
    { name: 'result', valueBoolean: result },
    ...(message === undefined ? [] : [{ name: 'message', valueString: message }]),
    ...(display === undefined ? [] : [{ name: 'display', valueString: display }]),
  ])
}
