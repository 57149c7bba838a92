/** Whether a filter of a value set can be asked (http://hl7.org/fhir/R4/valueset-definitions.html#ValueSet.compose.include.filter). */
import type { CodeSystem, ValueSetComposeIncludeFilter } from 'fhir/r4.js'
import { PatternFault, regularExpression } from '../../../fhir/regular-expression/regular-expression.ts'
import { childOrSelf } from '../../children.ts'
import { shownValue } from '../../findings/finding.ts'
import { findingAt, type Run, type Spot } from '../../spot.ts'
import { FORMATS } from '../../values/formats.ts'
import { loadedOf, mayBeNewer } from './concepts.ts'

const reportValue = (
  spot: Spot,
  text: string,
  expected: string,
  run: Run,
  severity: 'error' | 'warning' = 'error',
): void =>
  run.report(
    findingAt(childOrSelf(spot, 'value'), 'filter-value', 'invalid', text, {
      severity,
      value: shownValue((spot.value as ValueSetComposeIncludeFilter).value),
      expected,
      hint: 'Correct the value, or use another filter.',
    }),
  )

const isPattern = (value: string): boolean => {
  try {
    regularExpression(value, { isWhole: true })
    return true
  } catch (error) {
    if (!(error instanceof PatternFault)) throw error
    return false
  }
}

const SET = ['=', 'in', 'not-in']
const HIERARCHY = ['is-a', 'descendent-of', 'is-not-a', 'generalizes']

/** What every code system can be asked of a concept and of its code; of other properties, by whatever fits (http://hl7.org/fhir/R4/valueset-filter-operator.html). */
const ASKABLE: ReadonlyMap<string, readonly string[]> = new Map([
  ['concept', [...SET, ...HIERARCHY]],
  ['code', [...SET, ...HIERARCHY, 'regex']],
])

/** The operators that a code system declares for a filter. */
const operatorsOf = (property: string, system: CodeSystem | undefined): readonly string[] =>
  system?.filter?.find(({ code }) => code === property)?.operator ?? []

const reportOperator = (spot: Spot, text: string, operators: readonly string[], run: Run): void =>
  run.report(
    findingAt(childOrSelf(spot, 'op'), 'filter-operator', 'invalid', text, {
      value: shownValue((spot.value as ValueSetComposeIncludeFilter).op),
      expected: operators.join(', '),
      hint: 'Use one of these operators.',
    }),
  )

/** What a filter says by itself, whichever the code system. */
export const checkFilter = (spot: Spot, system: CodeSystem | undefined, run: Run): void => {
  const { property, op, value } = spot.value as ValueSetComposeIncludeFilter
  if (op === 'exists' && value !== 'true' && value !== 'false')
    reportValue(
      spot,
      'The filter "exists" asks whether there is a value, so its own must be true or false.',
      'true or false',
      run,
    )
  const askable = ASKABLE.get(property)
  if (askable !== undefined && !askable.includes(op) && !operatorsOf(property, system).includes(op))
    reportOperator(spot, `A ${property} cannot be asked for by ${op}.`, askable, run)
  if (op === 'regex' && !isPattern(value))
    reportValue(spot, 'This pattern cannot be read.', 'a regular expression', run)
}

/** Properties that every code system can be asked by (http://hl7.org/fhir/R4/codesystem.html#defined-props). */
const COMMON: ReadonlySet<string> = new Set(
  'code concept display definition designation parent child inactive deprecated notSelectable status'.split(' '),
)
/** Those of them whose values are of a type that all know. */
const TYPES: ReadonlyMap<string, string> = new Map([
  ['inactive', 'boolean'],
  ['deprecated', 'dateTime'],
  ['notSelectable', 'boolean'],
])
/** Those of them whose values are codes of the system. */
const OF_CODES: ReadonlySet<string> = new Set(['concept', 'code', 'parent', 'child'])

const isNumber = (text: string): boolean => /^-?\d+(?:\.\d+)?$/.test(text)

/** Whether a text is a value of a property of a type; what is not here may be anything. */
const IS_OF: Readonly<Record<string, (text: string) => boolean>> = {
  boolean: (text) => text === 'true' || text === 'false',
  integer: (text) => /^-?\d+$/.test(text),
  decimal: isNumber,
  dateTime: (text) => FORMATS['dateTime']?.accepts(text) === true,
}

/** The code that a filter asks for is there. */
const checkCodes = (
  spot: Spot,
  values: readonly string[],
  system: CodeSystem,
  version: string | undefined,
  run: Run,
): void => {
  const { find, whole } = loadedOf(system)
  if (!whole || values.every((value) => find(value) !== undefined)) return
  const severity = mayBeNewer(system, version) ? 'warning' : 'error'
  reportValue(spot, `The code system ${system.url} has no such code.`, `a code of ${system.url}`, run, severity)
}

/** A filter beside the code system that it is asked of, and the version of it. A system that declares nothing is not known to have nothing. */
export const checkFilterOf = (spot: Spot, system: CodeSystem, version: string | undefined, run: Run): void => {
  const { property, op, value } = spot.value as ValueSetComposeIncludeFilter
  const declared = system.property?.find(({ code }) => code === property)
  const operators = operatorsOf(property, system)
  const declares = system.property !== undefined || system.filter !== undefined
  if (declares && declared === undefined && operators.length === 0 && !COMMON.has(property))
    run.report(
      findingAt(
        childOrSelf(spot, 'property'),
        'filter-property-unknown',
        'invalid',
        `The code system ${system.url} declares no property or filter ${property}.`,
        {
          severity: 'warning',
          value: shownValue(property),
          expected: [...(system.property ?? []), ...(system.filter ?? [])].map(({ code }) => code).join(', '),
          hint: 'Check its spelling against the code system.',
        },
      ),
    )
  if (operators.length > 0 && !operators.some((one) => one === op) && !ASKABLE.has(property))
    reportOperator(spot, `The code system ${system.url} does not let ${property} be asked by ${op}.`, operators, run)
  const values = op === '=' || HIERARCHY.includes(op) ? [value] : value.split(',').map((one) => one.trim())
  const type = declared?.type ?? TYPES.get(property) ?? ''
  const accepts = SET.includes(op) ? IS_OF[type] : undefined
  if (accepts !== undefined && !values.every(accepts))
    reportValue(
      spot,
      `The property ${property} is of type ${type}, which this value is not.`,
      `a value of type ${type}`,
      run,
    )
  if (HIERARCHY.includes(op) || (SET.includes(op) && OF_CODES.has(property)))
    checkCodes(spot, values, system, version, run)
}
