import { isError } from '../../../src/fhir/outcome.ts'
import type { Finding, Validator } from '../../../src/validation/validator.ts'
import { BREAKINGS } from './rules.ts'
import { objectAt, type Site, sitesOf, type Tree } from './sites.ts'

/** A valid resource with one rule broken, and where a finding should be. */
export type Mutant = Readonly<{ of: string; rule: string; expected: string; resource: Tree }>

/** Numbers that look like chance and are the same each time (a linear congruential generator). */
export const numbers = (seed: number): ((below: number) => number) => {
  let state = seed >>> 0
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}

/** Of each way to break a rule at most so many mutants of a resource, at places that the numbers choose. */
export const mutantsOf = (of: string, resource: Tree, most: number, next: (below: number) => number): Mutant[] => {
  const sites = sitesOf(resource)
  return BREAKINGS.flatMap(({ name: rule, around, at, breaks }) => {
    const left = [...sites]
    const mutants: Mutant[] = []
    while (left.length > 0 && mutants.length < most) {
      const [site] = left.splice(next(left.length), 1) as [Site]
      const copy = structuredClone(resource)
      if (!breaks(objectAt(copy, site.way), site)) continue
      const expected = at?.(site) ?? (around === true ? site.around : site.expression)
      mutants.push({ of, rule, expected, resource: copy })
    }
    return mutants
  })
}

export type Verdict = 'refused' | 'survived' | 'misplaced'

/** Without the last index, which is that of the item where what is wrong is the list. */
const ofList = (expression: string): string => expression.replace(/\[\d+\]$/, '')

const isAt = ({ expression = '' }: Finding, expected: string): boolean =>
  ofList(expression) === ofList(expected) ||
  expression.startsWith(`${expected}.`) ||
  expression.startsWith(`${expected}[`)

/** What became of a mutant: refused with a finding at the right element, refused elsewhere alone, or taken for valid. */
export const verdictOf = (validator: Validator, { resource, expected }: Mutant): Verdict => {
  const errors = validator.validate(resource).findings.filter(isError)
  if (errors.length === 0) return 'survived'
  return errors.some((finding) => isAt(finding, expected)) ? 'refused' : 'misplaced'
}
