/** What concepts of a code system say by its properties (http://hl7.org/fhir/R4/codesystem.html#properties). */
import type { CodeSystemConceptProperty } from 'fhir/r4.js'
import { childOrSelf, childrenNamed } from '../../children.ts'
import { shownValue } from '../../findings/finding.ts'
import { findingAt, type Run, type Spot } from '../../spot.ts'

/** What the properties of concepts hold by the declared type (http://hl7.org/fhir/R4/codesystem-concept-property-type). */
const HELD: Readonly<Record<string, string>> = {
  code: 'valueCode',
  Coding: 'valueCoding',
  string: 'valueString',
  integer: 'valueInteger',
  boolean: 'valueBoolean',
  dateTime: 'valueDateTime',
  decimal: 'valueDecimal',
}

/** Properties that are known to all code systems, and those of them that name other concepts (http://hl7.org/fhir/R4/codesystem-concept-properties.html). */
const COMMON: ReadonlySet<string> = new Set([
  'parent',
  'child',
  'inactive',
  'deprecated',
  'notSelectable',
  'status',
  'deprecationDate',
])
const OF_CONCEPTS: ReadonlySet<string> = new Set(['parent', 'child'])

/** What is declared, each with its type, and the codes of the code system where all are known. */
type Holder = Readonly<{ declared: ReadonlyMap<string, string>; codes: ReadonlySet<string> | undefined; run: Run }>

const checkProperty = (property: Spot, { declared, codes, run }: Holder): void => {
  const { code, valueCode } = property.value as CodeSystemConceptProperty
  const at = (name: string): Spot => childOrSelf(property, name)
  if (!declared.has(code) && !COMMON.has(code))
    run.report(
      findingAt(at('code'), 'property-undeclared', 'invalid', `The code system declares no property ${code}.`, {
        severity: 'warning',
        value: shownValue(code),
        expected: declared.size === 0 ? 'a declared property' : [...declared.keys()].join(', '),
        hint: 'Declare it under property, with its type and what it means.',
      }),
    )
  if (OF_CONCEPTS.has(code) && valueCode !== undefined && codes?.has(valueCode) === false)
    run.report(
      findingAt(at('value'), 'property-concept-unknown', 'code-invalid', `The ${code} is no code of the code system.`, {
        value: shownValue(valueCode),
        expected: 'a code of the code system',
        hint: 'Check its spelling, or add the concept.',
      }),
    )
}

/** Each property of these concepts, and of those below, is declared and of the type that it is declared with. */
export const checkProperties = (concepts: readonly Spot[], holder: Holder): void => {
  const { declared, run } = holder
  for (const concept of concepts) {
    for (const property of childrenNamed(concept, 'property')) {
      checkProperty(property, holder)
      const { code, ...rest } = property.value as { code: string }
      const wanted = HELD[declared.get(code) ?? '']
      if (wanted === undefined || wanted in rest) continue
      run.report(
        findingAt(
          property,
          'property-type',
          'invalid',
          `The property ${code} is declared with another type than the value here.`,
          {
            value: shownValue(Object.keys(rest).join(', ')),
            expected: wanted,
            hint: 'Give the value in the type that the code system declares.',
          },
        ),
      )
    }
    checkProperties(childrenNamed(concept, 'concept'), holder)
  }
}
