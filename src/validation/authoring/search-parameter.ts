/** Whether a SearchParameter says what can be searched by (http://hl7.org/fhir/R4/searchparameter.html). */
import type { SearchParameter } from 'fhir/r4.js'
import { isConcreteType, isResourceType, searchRowsOf } from '../../definitions/tables.ts'
import { childOrSelf, childrenNamed } from '../children.ts'
import { shownValue } from '../findings/finding.ts'
import { type Check, findingAt, type Run, type Spot } from '../spot.ts'
import { checkExpression } from './expression.ts'

type Rule = (spot: Spot, parameter: SearchParameter, run: Run) => void

const checkParts: Rule = (spot, { type, component = [], target = [], comparator = [] }, run) => {
  if (type === 'composite' && component.length === 0)
    run.report(
      findingAt(spot, 'search-component', 'invalid', 'A composite parameter is made of components, and has none.', {
        expected: 'two components or more',
        hint: 'Name the parameters that it joins, each with its expression.',
      }),
    )
  if (type !== 'composite' && component.length > 0)
    run.report(
      findingAt(
        childOrSelf(spot, 'component'),
        'search-component',
        'invalid',
        'Only a composite parameter has components.',
        {
          value: shownValue(type),
          expected: 'the type composite',
          hint: 'Leave the components out, or make the parameter a composite one.',
        },
      ),
    )
  if (type !== 'reference' && target.length > 0)
    run.report(
      findingAt(
        childOrSelf(spot, 'target'),
        'search-target',
        'invalid',
        'Only a parameter of type reference has targets.',
        {
          value: shownValue(type),
          expected: 'the type reference',
          hint: 'Leave the targets out, or make the parameter one of type reference.',
        },
      ),
    )
  if (!['number', 'date', 'quantity'].includes(type) && comparator.length > 0)
    run.report(
      findingAt(
        childOrSelf(spot, 'comparator'),
        'search-comparator',
        'invalid',
        `What a parameter of type ${type} finds has no order to compare by.`,
        {
          severity: 'warning',
          value: shownValue(type),
          expected: 'comparators for number, date and quantity only',
          hint: 'Leave the comparators out.',
        },
      ),
    )
}

/** `:` begins a modifier and `.` what is chained; the others end the name in an address (http://hl7.org/fhir/R4/search.html). */
const UNASKABLE = /[:.\s?&=#/%]/

const checkCode: Rule = (spot, { code }, run) => {
  if (!UNASKABLE.test(code)) return
  run.report(
    findingAt(
      childOrSelf(spot, 'code'),
      'search-code',
      'invalid',
      'A parameter of this name cannot be asked for in an address.',
      {
        value: shownValue(code),
        expected: 'small letters, digits, "-" and "_"',
        hint: 'Give it a name without these characters.',
      },
    ),
  )
}

const checkExpressions: Rule = (spot, { expression, base, code }, run) => {
  const key = 'search-expression'
  if (expression !== undefined)
    checkExpression(
      childOrSelf(spot, 'expression'),
      { text: expression, on: base, what: `The expression of the parameter ${code}`, key },
      run,
    )
  for (const component of childrenNamed(spot, 'component')) {
    const [part] = childrenNamed(component, 'expression')
    if (typeof part?.value === 'string')
      checkExpression(part, { text: part.value, on: [], what: 'The expression of the component', key }, run)
  }
}

const CORE = /^http:\/\/hl7\.org\/fhir\/SearchParameter\/([A-Za-z]+)-/

/** The parameter of R4 from which one is derived, by the type of its name. */
const originOf = (derivedFrom: string): Readonly<{ type: string; of: string }> | undefined => {
  const of = CORE.exec(derivedFrom)?.[1]
  if (of === undefined || !isResourceType(of)) return undefined
  const found = searchRowsOf(isConcreteType(of) ? of : 'Basic').find(({ url }) => url === derivedFrom)
  return found === undefined ? undefined : { type: found.type, of }
}

/** What is derived from a parameter means the same, of the same resources or of fewer (http://hl7.org/fhir/R4/searchparameter-definitions.html#SearchParameter.derivedFrom). */
const checkOrigin: Rule = (spot, { derivedFrom, base, type }, run) => {
  const origin = derivedFrom === undefined ? undefined : originOf(derivedFrom)
  if (derivedFrom === undefined || origin === undefined) return
  if (origin.type !== type)
    run.report(
      findingAt(
        childOrSelf(spot, 'type'),
        'search-derived-type',
        'invalid',
        `This is derived from a parameter of type ${origin.type}, and must be of the same.`,
        {
          value: shownValue(type),
          expected: origin.type,
          hint: 'Keep the type, or derive it from nothing.',
        },
      ),
    )
  for (const one of childrenNamed(spot, 'base')) {
    const has =
      isConcreteType(String(one.value)) && searchRowsOf(String(one.value)).some(({ url }) => url === derivedFrom)
    if (has || one.value === origin.of) continue
    run.report(
      findingAt(
        one,
        'search-derived-base',
        'invalid',
        `This is derived from a parameter that is not for ${base.length > 1 ? 'one of its types' : 'its type'}.`,
        {
          value: shownValue(one.value),
          expected: origin.of,
          hint: 'Keep to the types of the parameter that it is derived from.',
        },
      ),
    )
  }
}

const RULES: readonly Rule[] = [checkParts, checkCode, checkExpressions, checkOrigin]

/** The rules about a SearchParameter as a whole. */
export const checkSearchParameter: Check = (spot, run) => {
  if (run.isBroken(spot)) return
  for (const rule of RULES) rule(spot, spot.value as SearchParameter, run)
}
