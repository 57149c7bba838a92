/** What the elements of a definition are called, by which readers find them (http://hl7.org/fhir/R4/elementdefinition.html#id). */
import { childOrSelf } from '../../children.ts'
import { shownValue } from '../../findings/finding.ts'
import { findingAt } from '../../spot.ts'
import { type DefinitionRule, definitionAt, withoutSlices } from './definition.ts'

/** A choice may be called by one of its types in the path, and as a slice in the id. */
const isSamePath = (id: string, path: string): boolean => {
  const [steps, names] = [withoutSlices(id).split('.'), path.split('.')]
  return (
    steps.length === names.length &&
    steps.every(
      (step, at) => step === names[at] || (step.endsWith('[x]') && names[at]?.startsWith(step.slice(0, -3)) === true),
    )
  )
}

/** The id of an element says its path, and each slice on the way. */
const checkId: DefinitionRule = ({ said, run }) => {
  for (const spot of said) {
    const { id, path } = definitionAt(spot)
    if (id === undefined || isSamePath(id, path)) continue
    run.report(
      findingAt(
        childOrSelf(spot, 'id'),
        'definition-id',
        'invalid',
        'The id of this element says another path than its path.',
        {
          severity: 'warning',
          value: shownValue(id),
          expected: `${path}, each slice with its name after a colon`,
          hint: 'Give it the id that its path and its slices come to.',
        },
      ),
    )
  }
}

/** No two slices of one element have the same name: what builds on them, or is found by them, could mean either. */
const checkSliceNames: DefinitionRule = ({ said, run }) => {
  const seen = new Map<string, string | undefined>()
  for (const spot of said) {
    const { id = '', path, sliceName } = definitionAt(spot)
    if (sliceName === undefined) continue
    const key = `${id.slice(0, id.lastIndexOf('.'))} ${path} ${sliceName}`
    if (seen.has(key) && seen.get(key) !== id)
      run.report(
        findingAt(
          childOrSelf(spot, 'sliceName'),
          'definition-slice-twice',
          'invalid',
          'Another slice of this element has the same name.',
          {
            value: shownValue(sliceName),
            expected: 'a name of its own',
            hint: 'Give each slice its own name, in sliceName and in the id.',
          },
        ),
      )
    seen.set(key, id)
  }
}

export const ID_RULES: readonly DefinitionRule[] = [checkId, checkSliceNames]
