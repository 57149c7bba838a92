/** Whether a code system says what can be followed (http://hl7.org/fhir/R4/codesystem.html). */
import type { CodeSystem, CodeSystemConceptProperty } from 'fhir/r4.js'
import { childOrSelf, childrenNamed } from '../../children.ts'
import { shownValue } from '../../findings/finding.ts'
import { type Check, findingAt, type Run, type Spot } from '../../spot.ts'
import { conceptsIn } from './concepts.ts'

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

const checkProperties = (concepts: readonly Spot[], holder: Holder): void => {
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

/** Properties and filters are named once. */
const checkDeclared = (spot: Spot, run: Run): void => {
  for (const name of ['property', 'filter']) {
    const seen = new Set<string>()
    for (const one of childrenNamed(spot, name)) {
      const { code } = one.value as { code: string }
      if (seen.has(code))
        run.report(
          findingAt(
            childOrSelf(one, 'code'),
            'declared-twice',
            'invalid',
            `The code system declares two of ${name} ${code}.`,
            {
              value: shownValue(code),
              expected: 'a code of its own',
              hint: 'Leave one of them out.',
            },
          ),
        )
      seen.add(code)
    }
  }
}

/** The value set of all codes includes the code system, and nothing else (http://hl7.org/fhir/R4/codesystem-definitions.html#CodeSystem.valueSet). */
const checkValueSet = (spot: Spot, run: Run): void => {
  const { valueSet, url } = spot.value as CodeSystem
  const compose = valueSet === undefined ? undefined : run.definitions.valueSet(valueSet)?.compose
  if (compose === undefined) return
  const [include, ...others] = compose.include
  const isWhole =
    others.length === 0 &&
    compose.exclude === undefined &&
    include?.system === url &&
    include?.concept === undefined &&
    include?.filter === undefined
  if (isWhole) return
  run.report(
    findingAt(
      childOrSelf(spot, 'valueSet'),
      'value-set-not-whole',
      'invalid',
      'The value set of a code system includes all its codes and nothing else; this one does not.',
      {
        value: shownValue(valueSet),
        expected: `a value set that includes ${url} as a whole`,
        hint: 'Name the value set of all codes, or leave it out.',
      },
    ),
  )
}

/** The rules about a CodeSystem as a whole: that it has as many concepts as it says, and their properties the types that it declares. */
export const checkCodeSystem: Check = (spot, run) => {
  if (run.isBroken(spot)) return
  const { content, count, concept = [], property = [], supplements } = spot.value as CodeSystem
  if (content === 'supplement' && supplements === undefined) {
    run.report(
      findingAt(spot, 'supplement-of-nothing', 'invalid', 'A supplement must say which code system it supplements.', {
        expression: `${findingAt(spot, '', 'invalid', '').expression}.supplements`,
        expected: 'the address of a code system',
        hint: 'Add supplements.',
      }),
    )
  }
  if (content !== 'supplement' && supplements !== undefined)
    run.report(
      findingAt(
        childOrSelf(spot, 'supplements'),
        'supplements-no-supplement',
        'invalid',
        'Only a supplement names what it supplements.',
        {
          value: shownValue(content),
          expected: 'the content supplement',
          hint: 'Make it a supplement, or leave supplements out.',
        },
      ),
    )
  const concepts = conceptsIn(concept)
  const held = concepts.length
  if (content === 'complete' && count !== undefined && held > 0 && count !== held) {
    run.report(
      findingAt(
        childOrSelf(spot, 'count'),
        'count-wrong',
        'invalid',
        `The code system is complete and has ${held} concepts, not ${count}.`,
        {
          value: String(count),
          expected: String(held),
          hint: 'Correct the count, or leave it out.',
        },
      ),
    )
  }
  checkDeclared(spot, run)
  checkValueSet(spot, run)
  checkProperties(childrenNamed(spot, 'concept'), {
    declared: new Map(property.map(({ code, type }) => [code, type])),
    codes: content === 'complete' ? new Set(concepts.map(({ code }) => code)) : undefined,
    run,
  })
}
