/** Whether value sets and code systems say what can be followed (http://hl7.org/fhir/R4/valueset.html, http://hl7.org/fhir/R4/codesystem.html). */
import type { CodeSystem, CodeSystemConcept, ValueSetComposeInclude, ValueSetComposeIncludeFilter } from 'fhir/r4.js'
import { childrenNamed } from '../children.ts'
import { checkSystem } from '../datatypes.ts'
import { shownValue } from '../finding.ts'
import { type Check, findingAt, type Run, type Spot } from '../spot.ts'

const codesIn = (concepts: readonly CodeSystemConcept[]): readonly CodeSystemConcept[] =>
  concepts.flatMap((concept) => [concept, ...codesIn(concept.concept ?? [])])

const checkFilter = (spot: Spot, run: Run): void => {
  const { op, value } = spot.value as ValueSetComposeIncludeFilter
  if (op !== 'exists' || value === 'true' || value === 'false') return
  run.report(
    findingAt(
      spot,
      'filter-value',
      'invalid',
      'The filter "exists" asks whether there is a value, so its own must be true or false.',
      {
        value: shownValue(value),
        expected: 'true or false',
        hint: 'Say true or false, or use another filter.',
      },
    ),
  )
}

const checkInclude = (spot: Spot, run: Run): void => {
  const { system } = spot.value as ValueSetComposeInclude
  for (const filter of childrenNamed(spot, 'filter')) checkFilter(filter, run)
  if (system === undefined) return
  const known = run.definitions.codeSystem(system)
  if (known === undefined) {
    if (run.definitions.valueSet(system) === undefined) {
      checkSystem(spot, run)
      return
    }
    run.report(
      findingAt(
        childrenNamed(spot, 'system')[0] ?? spot,
        'system-is-value-set',
        'invalid',
        'This system is the address of a value set, not of a code system.',
        {
          value: shownValue(system),
          expected: 'the address of a code system',
          hint: 'Name the code system, or include the value set under valueSet.',
        },
      ),
    )
    return
  }
  if (known.content !== 'complete') return
  const listed = childrenNamed(spot, 'concept')
  if (listed.length === 0) return
  const codes = new Set(codesIn(known.concept ?? []).map(({ code }) => code))
  for (const concept of listed) {
    const { code } = concept.value as { code: string }
    if (codes.has(code)) continue
    run.report(
      findingAt(
        childrenNamed(concept, 'code')[0] ?? concept,
        'code-unknown',
        'code-invalid',
        `The code system ${system} has no such code.`,
        {
          severity: 'warning',
          value: shownValue(code),
          expected: `a code of ${system}`,
          hint: 'Check its spelling and its case.',
        },
      ),
    )
  }
}

/** The rules about a ValueSet as a whole: that its systems are code systems, that these have its codes, that its filters can be asked. */
export const checkValueSet: Check = (spot, run) => {
  if (run.isBroken(spot)) return
  for (const compose of childrenNamed(spot, 'compose'))
    for (const name of ['include', 'exclude']) for (const one of childrenNamed(compose, name)) checkInclude(one, run)
}

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

const checkProperties = (concepts: readonly Spot[], declared: ReadonlyMap<string, string>, run: Run): void => {
  for (const concept of concepts) {
    for (const property of childrenNamed(concept, 'property')) {
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
    checkProperties(childrenNamed(concept, 'concept'), declared, run)
  }
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
  const held = codesIn(concept).length
  if (content === 'complete' && count !== undefined && held > 0 && count !== held) {
    run.report(
      findingAt(
        childrenNamed(spot, 'count')[0] ?? spot,
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
  checkProperties(childrenNamed(spot, 'concept'), new Map(property.map(({ code, type }) => [code, type])), run)
}

const checkMapped = (spot: Spot, codes: ReadonlySet<string> | undefined, system: string, run: Run): void => {
  const { code } = spot.value as { code?: string }
  if (codes === undefined || code === undefined || codes.has(code)) return
  run.report(
    findingAt(
      childrenNamed(spot, 'code')[0] ?? spot,
      'code-unknown',
      'code-invalid',
      `The code system ${system} has no such code.`,
      {
        value: shownValue(code),
        expected: `a code of ${system}`,
        hint: 'Check its spelling and its case.',
      },
    ),
  )
}

/** The codes of a code system that is known whole. */
const codesOf = (system: string | undefined, run: Run): ReadonlySet<string> | undefined => {
  const known = system === undefined ? undefined : run.definitions.codeSystem(system)
  return known?.content === 'complete' ? new Set(codesIn(known.concept ?? []).map(({ code }) => code)) : undefined
}

/** The rules about a ConceptMap as a whole: that what it maps are codes of the systems that it names. */
export const checkConceptMap: Check = (spot, run) => {
  if (run.isBroken(spot)) return
  for (const group of childrenNamed(spot, 'group')) {
    const { source, target } = group.value as { source?: string; target?: string }
    const [from, to] = [codesOf(source, run), codesOf(target, run)]
    for (const element of childrenNamed(group, 'element')) {
      checkMapped(element, from, source ?? '', run)
      for (const mapped of childrenNamed(element, 'target')) checkMapped(mapped, to, target ?? '', run)
    }
  }
}
