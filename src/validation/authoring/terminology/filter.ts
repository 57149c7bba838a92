/** Whether a filter of a value set can be asked (http://hl7.org/fhir/R4/valueset-definitions.html#ValueSet.compose.include.filter). */
import type { CodeSystem, ValueSetComposeIncludeFilter } from 'fhir/r4.js'
import { PatternFault, regularExpression } from '../../../fhir/regular-expression/regular-expression.ts'
import { childOrSelf } from '../../children.ts'
import { shownValue } from '../../findings/finding.ts'
import { findingAt, type Run, type Spot } from '../../spot.ts'
import { FORMATS } from '../../values/formats.ts'
import { loadedOf } from './concepts.ts'

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

/** What a filter says by itself, whichever the code system. */
export const checkFilter = (spot: Spot, run: Run): void => {
  const { property, op, value } = spot.value as ValueSetComposeIncludeFilter
  if (op === 'exists' && value !== 'true' && value !== 'false')
    reportValue(
      spot,
      'The filter "exists" asks whether there is a value, so its own must be true or false.',
      'true or false',
      run,
    )
  if (op === 'regex' && property === 'concept')
    run.report(
      findingAt(
        childOrSelf(spot, 'op'),
        'filter-operator',
        'invalid',
        'A concept is no text that a pattern could fit.',
        {
          value: shownValue(op),
          expected: 'is-a, descendent-of, is-not-a, generalizes, in, not-in or =',
          hint: 'Ask for the code, the display or another property by the pattern.',
        },
      ),
    )
  if (op === 'regex' && !isPattern(value))
    reportValue(spot, 'This pattern cannot be read.', 'a regular expression', run)
}

/** Properties that every code system can be asked by (http://hl7.org/fhir/R4/codesystem.html#defined-props). */
const COMMON: ReadonlySet<string> = new Set(
  'code concept display definition designation parent child inactive deprecated notSelectable status'.split(' '),
)
const OF_HIERARCHY: ReadonlySet<string> = new Set(['is-a', 'descendent-of', 'is-not-a', 'generalizes'])

const isNumber = (text: string): boolean => /^-?\d+(?:\.\d+)?$/.test(text)

/** Whether a text is a value of a property of a type; what is not here may be anything. */
const IS_OF: Readonly<Record<string, (text: string) => boolean>> = {
  boolean: (text) => text === 'true' || text === 'false',
  integer: (text) => /^-?\d+$/.test(text),
  decimal: isNumber,
  dateTime: (text) => FORMATS['dateTime']?.accepts(text) === true,
}

/** A filter beside the code system that it is asked of. A system that declares nothing is not known to have nothing. */
export const checkFilterOf = (spot: Spot, system: CodeSystem, run: Run): void => {
  const { property, op, value } = spot.value as ValueSetComposeIncludeFilter
  const declared = system.property?.find(({ code }) => code === property)
  const filter = system.filter?.find(({ code }) => code === property)
  const declares = system.property !== undefined || system.filter !== undefined
  if (declares && declared === undefined && filter === undefined && !COMMON.has(property))
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
  if (filter !== undefined && declared === undefined && !filter.operator.includes(op))
    run.report(
      findingAt(
        childOrSelf(spot, 'op'),
        'filter-operator',
        'invalid',
        `The code system ${system.url} does not let ${property} be asked by ${op}.`,
        {
          value: shownValue(op),
          expected: filter.operator.join(', '),
          hint: 'Use one of these operators.',
        },
      ),
    )
  const accepts = op === '=' || op === 'in' || op === 'not-in' ? IS_OF[declared?.type ?? ''] : undefined
  const values = op === '=' ? [value] : value.split(',').map((one) => one.trim())
  if (accepts !== undefined && !values.every(accepts))
    reportValue(
      spot,
      `The property ${property} is of type ${declared?.type}, which this value is not.`,
      `a value of type ${declared?.type}`,
      run,
    )
  if (!OF_HIERARCHY.has(op)) return
  const { find, whole } = loadedOf(system)
  if (whole && find(value) === undefined)
    reportValue(spot, `The code system ${system.url} has no such code.`, `a code of ${system.url}`, run, 'warning')
}
