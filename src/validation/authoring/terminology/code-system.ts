/** Whether a code system says what can be followed (http://hl7.org/fhir/R4/codesystem.html). */
import type { CodeSystem } from 'fhir/r4.js'
import { childOrSelf, childrenNamed } from '../../children.ts'
import { shownValue } from '../../findings/finding.ts'
import { type Check, findingAt, type Run, type Spot } from '../../spot.ts'
import { checkProperties } from './concept-properties.ts'
import { conceptsIn, loadedOf, mayBeNewer } from './concepts.ts'

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

/** What a supplement is, is said of what it supplements (http://hl7.org/fhir/R4/codesystem.html#supplements). */
const OF_SUPPLEMENTED = ['caseSensitive', 'hierarchyMeaning'] as const

const checkSupplementCodes = (concepts: readonly Spot[], system: CodeSystem, run: Run): void => {
  const { find } = loadedOf(system)
  const severity = mayBeNewer(system, undefined) ? 'warning' : 'error'
  for (const concept of concepts) {
    const { code } = concept.value as { code: string }
    if (find(code) === undefined)
      run.report(
        findingAt(
          childOrSelf(concept, 'code'),
          'supplement-code-unknown',
          'code-invalid',
          'A supplement adds to codes that there are, and what it supplements has no such code.',
          {
            severity,
            value: shownValue(code),
            expected: `a code of ${system.url}`,
            hint: 'Check its spelling and its case.',
          },
        ),
      )
    checkSupplementCodes(childrenNamed(concept, 'concept'), system, run)
  }
}

const checkSupplement = (spot: Spot, run: Run): void => {
  const { content, supplements } = spot.value as CodeSystem
  if (content !== 'supplement') {
    if (supplements !== undefined)
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
    return
  }
  if (supplements === undefined) {
    run.report(
      findingAt(spot, 'supplement-of-nothing', 'invalid', 'A supplement must say which code system it supplements.', {
        expression: `${findingAt(spot, '', 'invalid', '').expression}.supplements`,
        expected: 'the address of a code system',
        hint: 'Add supplements.',
      }),
    )
    return
  }
  for (const name of OF_SUPPLEMENTED)
    for (const at of childrenNamed(spot, name))
      run.report(
        findingAt(
          at,
          'supplement-says-more',
          'invalid',
          `A supplement has no ${name}: what it supplements says that.`,
          {
            value: shownValue(at.value),
            expected: `no ${name}`,
            hint: 'Leave it out.',
          },
        ),
      )
  const supplemented = run.definitions.codeSystem(supplements)
  if (supplemented?.content === 'complete') checkSupplementCodes(childrenNamed(spot, 'concept'), supplemented, run)
}

/** `count` is of the whole code system: as many concepts as a complete one has, and no fewer than a part of one has. */
const checkCount = (spot: Spot, held: number, run: Run): void => {
  const { content, count } = spot.value as CodeSystem
  const [first] = childrenNamed(spot, 'concept')
  if (content === 'not-present' && first !== undefined)
    run.report(
      findingAt(first, 'concepts-not-present', 'invalid', 'The code system says that its concepts are not here.', {
        value: shownValue(content),
        expected: 'no concepts, or the content complete, fragment or example',
        hint: 'Say what the content is, or leave the concepts out.',
      }),
    )
  const isWrong =
    count !== undefined &&
    (content === 'complete' ? count !== held : ['fragment', 'example'].includes(content) && count < held)
  if (!isWrong) return
  run.report(
    findingAt(
      childOrSelf(spot, 'count'),
      'count-wrong',
      'invalid',
      content === 'complete'
        ? `The code system is complete and has ${held} concepts, not ${count}.`
        : `This is a part of the code system and has ${held} concepts, and the whole is said to have ${count}.`,
      {
        ...(content === 'complete' ? {} : { severity: 'warning' }),
        value: String(count),
        expected: content === 'complete' ? String(held) : `${held} or more`,
        hint: 'Correct the count, or leave it out.',
      },
    ),
  )
}

/** The rules about a CodeSystem as a whole: what it supplements, how many concepts it has, and that their properties are of the types that it declares. */
export const checkCodeSystem: Check = (spot, run) => {
  if (run.isBroken(spot)) return
  const { content, concept = [], property = [] } = spot.value as CodeSystem
  const concepts = conceptsIn(concept)
  checkSupplement(spot, run)
  checkCount(spot, concepts.length, run)
  checkDeclared(spot, run)
  checkValueSet(spot, run)
  checkProperties(childrenNamed(spot, 'concept'), {
    declared: new Map(property.map(({ code, type }) => [code, type])),
    codes: content === 'complete' ? new Set(concepts.map(({ code }) => code)) : undefined,
    run,
  })
}
