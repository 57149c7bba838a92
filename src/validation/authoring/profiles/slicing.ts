/** Whether the slices of a profile can be told apart and be there together (http://hl7.org/fhir/R4/profiling.html#slicing). */
import type { ElementDefinition, ElementDefinitionSlicingDiscriminator, StructureDefinition } from 'fhir/r4.js'
import { childOrSelf, childrenNamed } from '../../children.ts'
import { shownValue } from '../../findings/finding.ts'
import { stepsOf } from '../../profile/discriminator-path.ts'
import { findingAt, type Run, type Spot } from '../../spot.ts'
import { checkExpression } from '../expression.ts'
import { askedOf } from './constraints.ts'
import { type DefinitionRule, definitionAt } from './definition.ts'

/** A path as FHIRPath names it: a choice by its name alone. */
const plain = (path: string): string => path.replaceAll('[x]', '')

const checkDiscriminators = (spot: Spot, types: readonly string[], run: Run): void => {
  for (const slicing of childrenNamed(spot, 'slicing')) {
    for (const discriminator of childrenNamed(slicing, 'discriminator')) {
      const { path } = discriminator.value as ElementDefinitionSlicingDiscriminator
      const [at = discriminator] = childrenNamed(discriminator, 'path')
      if (stepsOf(path) === undefined) {
        run.report(
          findingAt(at, 'definition-discriminator', 'invalid', 'No discriminator may have such a path.', {
            value: shownValue(path),
            expected: 'elements with dots between them, $this, extension(url), resolve() and ofType(type)',
            hint: 'Write it with these alone.',
          }),
        )
        continue
      }
      checkExpression(
        at,
        { text: plain(path), on: types, what: 'The path of the discriminator', key: 'definition-discriminator' },
        run,
      )
    }
  }
}

/** The slices of an element, without those of a slice. */
const slicesOf = (
  { id = '' }: ElementDefinition,
  elements: readonly ElementDefinition[],
): readonly ElementDefinition[] =>
  elements.filter((one) => one.id?.startsWith(`${id}:`) === true && !/[./:]/.test(one.id.slice(id.length + 1)))

/** All slices that must be there need room in the element. */
const checkRoom = (spot: Spot, whole: StructureDefinition, run: Run): void => {
  const { id } = spot.value as ElementDefinition
  const elements = whole.snapshot?.element ?? []
  const sliced = elements.find((one) => one.id === id)
  if (sliced?.slicing === undefined || sliced.max === undefined || sliced.max === '*') return
  const least = slicesOf(sliced, elements).reduce((sum, { min = 0 }) => sum + min, 0)
  if (least <= Number(sliced.max)) return
  run.report(
    findingAt(
      spot,
      'definition-slices-min',
      'invalid',
      `Its slices must be there ${least} times together, and it may be there ${sliced.max} times at most.`,
      {
        value: String(least),
        expected: `at most ${sliced.max}`,
        hint: 'Lower the min of slices, or raise the max of the element.',
      },
    ),
  )
}

/** What is there once at most has nothing to tell apart, unless it is of several types. */
const checkRepeats = (spot: Spot, element: ElementDefinition | undefined, run: Run): void => {
  if (element === undefined || element.max !== '1' || element.path.endsWith('[x]')) return
  run.report(
    findingAt(
      childOrSelf(spot, 'slicing'),
      'definition-slicing-single',
      'invalid',
      'This element does not repeat and is of one type, so there is nothing to slice.',
      {
        value: shownValue(element.path),
        expected: 'an element that repeats, or a choice of types',
        hint: 'Leave the slicing out.',
      },
    ),
  )
}

/** The slicings of a differential. */
export const checkSlicings: DefinitionRule = (definition) => {
  const { said, whole, ofType, run } = definition
  for (const spot of said) {
    if (definitionAt(spot).slicing === undefined) continue
    checkRepeats(spot, ofType(definitionAt(spot).path), run)
    checkDiscriminators(spot, askedOf(definitionAt(spot), definition), run)
    if (whole !== undefined) checkRoom(spot, whole, run)
  }
}
