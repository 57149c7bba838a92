/** FHIRPath that stands in a definition: whether it can be read, and whether what it names is there (http://hl7.org/fhir/R4/fhirpath.html). */
import { R4_MODEL } from '../../definitions/path-model.ts'
import { compile, FhirPathFault } from '../../fhir/fhirpath/fhirpath.ts'
import { type UnknownName, unknownNames } from '../../fhir/fhirpath/names.ts'
import { childOrSelf } from '../children.ts'
import { shownValue } from '../findings/finding.ts'
import { type Check, findingAt, type Run, type Spot } from '../spot.ts'

export type Written = Readonly<{
  text: string
  /** The types that it is asked of; none where that cannot be told. */
  on: readonly string[]
  /** What it is, as the beginning of a sentence. */
  what: string
  /** The key of a finding that it cannot be read. */
  key: string
}>

/** True for a name of another type of resource, which finds nothing where this one is meant, and does no harm. */
const isOfOtherType = ({ name }: UnknownName): boolean => /^[A-Z]/.test(name)

/** Reports an expression that cannot be read, and what it names and R4 does not have. */
export const checkExpression = (at: Spot, { text, on, what, key }: Written, run: Run): void => {
  try {
    compile(text, R4_MODEL)
  } catch (error) {
    if (!(error instanceof FhirPathFault)) throw error
    run.report(
      findingAt(at, key, 'invalid', `${what} cannot be read. ${error.message}`, {
        // It is not wrong for what this engine does not have.
        ...(error.kind === 'not-supported' ? { severity: 'warning' } : {}),
        value: shownValue(text),
        expected: 'a FHIRPath expression',
        hint: 'Mend the expression.',
      }),
    )
    return
  }
  if (on.length === 0) return
  for (const found of unknownNames(text, R4_MODEL, on)) {
    run.report(
      findingAt(
        at,
        'expression-name-unknown',
        'invalid',
        `${what} asks ${found.types.join(' or ')} for ${found.name}, which is not there.`,
        {
          severity: isOfOtherType(found) ? 'warning' : 'error',
          value: shownValue(text),
          expected: `an element of ${found.types.join(' or ')}`,
          hint: 'Check the name and its case; an element with [x] is named without it and without a type.',
        },
      ),
    )
  }
}

/** A value that is FHIRPath can be read as that, whatever functions it takes to be there (http://hl7.org/fhir/R4/metadatatypes.html#Expression). */
export const checkExpressionValue: Check = (spot, run) => {
  const { language, expression } = spot.value as Readonly<{ language?: unknown; expression?: unknown }>
  if (language !== 'text/fhirpath' || typeof expression !== 'string') return
  try {
    compile(expression, R4_MODEL)
  } catch (error) {
    if (!(error instanceof FhirPathFault)) throw error
    if (error.kind !== 'syntax') return
    run.report(
      findingAt(
        childOrSelf(spot, 'expression'),
        'expression-unreadable',
        'invalid',
        `This expression cannot be read. ${error.message}`,
        {
          // Who uses it may know more of FHIRPath than is standard.
          severity: 'warning',
          value: shownValue(expression),
          expected: 'a FHIRPath expression',
          hint: 'Mend the expression, or name the language that it is in.',
        },
      ),
    )
  }
}
