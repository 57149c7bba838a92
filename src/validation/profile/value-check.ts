import type { ElementDefinition } from 'fhir/r4.js'
import { dimensionOf } from '../../fhir/fhirpath/quantity.ts'
import {
  PatternFault,
  type RegularExpression,
  regularExpression,
} from '../../fhir/regular-expression/regular-expression.ts'
import { UCUM } from '../codes/code-forms.ts'
import type { EngineCheck } from '../engine.ts'
import { shownValue } from '../findings/finding.ts'
import { isNode, type Node } from '../invariants/invariant.ts'
import { findingAt } from '../spot.ts'
import { decimals } from '../values/decimals.ts'
import { allOf } from './all-of.ts'
import { compare, fixedOf, isSame, leastOf, momentOf, mostOf, patternOf, patternTest } from './values.ts'

const REGEX = 'http://hl7.org/fhir/StructureDefinition/regex'
const MIN_LENGTH = /\/(?:minLength|extension-ElementDefinition\.minLength)$/
const MAX_DECIMAL_PLACES = 'http://hl7.org/fhir/StructureDefinition/maxDecimalPlaces'
const MUST_HAVE_VALUE = /\/extension-ElementDefinition\.mustHaveValue$/

const fixedCheck = (definition: ElementDefinition, profile: string): EngineCheck | undefined => {
  const fixed = fixedOf(definition)
  if (fixed === undefined) return undefined
  const expected = shownValue(fixed.value)
  return (spot, engine) => {
    if (isSame(spot.value, fixed.value)) return
    engine.report(
      findingAt(spot, 'fixed-value', 'value', `This must be ${expected} and nothing else.`, {
        profile,
        value: shownValue(spot.value),
        expected,
        hint: `Send ${expected}.`,
      }),
    )
  }
}

const patternCheck = (definition: ElementDefinition, profile: string): EngineCheck | undefined => {
  const pattern = patternOf(definition)
  if (pattern === undefined) return undefined
  const expected = shownValue(pattern.value)
  const holds = patternTest(pattern.value)
  return (spot, engine) => {
    if (holds(spot.value)) return
    engine.report(
      findingAt(spot, 'pattern-value', 'value', `This must have all of ${expected}.`, {
        profile,
        value: shownValue(spot.value),
        expected,
        hint: 'Send at least what the pattern has; more is allowed.',
      }),
    )
  }
}

type Bound = NonNullable<ReturnType<typeof leastOf>>

/** What a quantity in a unit of UCUM measures, as far as that is known here; months and years are of time. */
const measured = (value: unknown): string | undefined => {
  if (!isNode(value) || value['system'] !== UCUM || typeof value['code'] !== 'string') return undefined
  const dimension = dimensionOf(value['code'])
  return dimension === 'calendar' ? 'time' : dimension
}

/** True for quantities of which none can be more or less than the other. */
const isOtherMeasure = (value: unknown, limit: unknown): boolean => {
  const [one, other] = [measured(value), measured(limit)]
  return one !== undefined && other !== undefined && one !== other
}

const boundCheck = (bound: Bound | undefined, side: 'least' | 'most', profile: string): EngineCheck | undefined => {
  if (bound === undefined) return undefined
  const isLeast = side === 'least'
  return (spot, engine) => {
    const isRelative = typeof spot.value === 'string' && isNode(bound.value)
    const limit = isRelative ? engine.now && momentOf(engine.now, bound.value as Node, isLeast ? -1 : 1) : bound.value
    const difference = compare(spot.value, limit)
    const isWithin = difference === undefined || (isLeast ? difference >= 0 : difference <= 0)
    if (isWithin && !isOtherMeasure(spot.value, limit)) return
    const expected = `${isLeast ? 'at least' : 'at most'} ${shownValue(bound.value)}`
    engine.report(
      findingAt(spot, isLeast ? 'value-too-small' : 'value-too-large', 'value', `This must be ${expected}.`, {
        profile,
        value: shownValue(spot.value),
        expected,
        hint: 'Check the value and its unit.',
      }),
    )
  }
}

const lengthCheck = (definition: ElementDefinition, profile: string): EngineCheck | undefined => {
  const { maxLength = Number.POSITIVE_INFINITY, extension = [] } = definition
  const least = extension.find(({ url }) => MIN_LENGTH.test(url))
  const minLength = least?.valueInteger ?? least?.valueUnsignedInt ?? least?.valuePositiveInt ?? 0
  if (maxLength === Number.POSITIVE_INFINITY && minLength === 0) return undefined
  return (spot, engine) => {
    const length = typeof spot.value === 'string' ? spot.value.length : undefined
    if (length === undefined || (length <= maxLength && length >= minLength)) return
    const isLong = length > maxLength
    const expected = isLong ? `at most ${maxLength} characters` : `at least ${minLength} characters`
    engine.report(
      findingAt(
        spot,
        isLong ? 'value-too-long' : 'value-too-short',
        'value',
        `This has ${length} characters; it must have ${expected}.`,
        {
          profile,
          value: shownValue(spot.value),
          expected,
          hint: isLong ? 'Shorten it.' : 'Give it in full.',
        },
      ),
    )
  }
}

/** How many decimal places a decimal, or the value of a quantity, may have (http://hl7.org/fhir/R4/extension-maxdecimalplaces.html). */
const decimalsCheck = ({ extension = [] }: ElementDefinition, profile: string): EngineCheck | undefined => {
  const most = extension.find(({ url }) => url === MAX_DECIMAL_PLACES)?.valueInteger
  if (most === undefined) return undefined
  return (spot, engine) => {
    const number = isNode(spot.value) ? spot.value['value'] : spot.value
    if (typeof number !== 'number' || decimals(number) <= most) return
    const expected = `at most ${most} decimal places`
    engine.report(
      findingAt(spot, 'value-decimals', 'value', `This must have ${expected}.`, {
        profile,
        value: shownValue(number),
        expected,
        hint: 'Round it, or check that it was measured as exactly.',
      }),
    )
  }
}

const regexOf = ({ type = [], extension = [] }: ElementDefinition): string | undefined =>
  [...type.flatMap((one) => one.extension ?? []), ...extension].find(({ url }) => url === REGEX)?.valueString

/** Patterns of profiles are matched in time proportional to the text, whatever they say. */
const regexCheck = (definition: ElementDefinition, profile: string): EngineCheck | undefined => {
  const source = regexOf(definition)
  if (source === undefined) return undefined
  const notChecked =
    (why: PatternFault): EngineCheck =>
    (spot, engine) =>
      engine.report(
        findingAt(
          spot,
          'pattern-not-checked',
          'not-supported',
          `The pattern of the profile was not matched. ${why.message}`,
          {
            severity: 'warning',
            profile,
            expected: source,
            hint: 'Write the pattern in a simpler way.',
          },
        ),
      )
  let expression: RegularExpression
  try {
    expression = regularExpression(source, { isWhole: true })
  } catch (error) {
    if (error instanceof PatternFault) return notChecked(error)
    throw error
  }
  return (spot, engine) => {
    if (typeof spot.value !== 'string') return
    try {
      if (expression.test(spot.value)) return
    } catch (error) {
      if (!(error instanceof PatternFault)) throw error
      notChecked(error)(spot, engine)
      return
    }
    engine.report(
      findingAt(spot, 'pattern-not-matched', 'value', 'This has not the form that the profile asks for.', {
        profile,
        value: shownValue(spot.value),
        expected: source,
        hint: 'Write it as the pattern says.',
      }),
    )
  }
}

const presenceCheck = ({ extension = [] }: ElementDefinition, profile: string): EngineCheck | undefined => {
  if (!extension.some(({ url, valueBoolean }) => MUST_HAVE_VALUE.test(url) && valueBoolean === true)) return undefined
  return (spot, engine) => {
    if (spot.value !== undefined) return
    engine.report(
      findingAt(
        spot,
        'value-required',
        'required',
        'This must have a value; a reason why there is none is not enough here.',
        {
          profile,
          expected: 'a value',
          hint: 'Send the value.',
        },
      ),
    )
  }
}

/** The check of what a definition says of the value itself: fixed, pattern, bounds, length, decimal places, form; undefined where it says nothing. */
export const valueCheck = (definition: ElementDefinition, profile: string): EngineCheck | undefined =>
  allOf([
    fixedCheck(definition, profile),
    patternCheck(definition, profile),
    boundCheck(leastOf(definition), 'least', profile),
    boundCheck(mostOf(definition), 'most', profile),
    lengthCheck(definition, profile),
    decimalsCheck(definition, profile),
    regexCheck(definition, profile),
    presenceCheck(definition, profile),
  ])
