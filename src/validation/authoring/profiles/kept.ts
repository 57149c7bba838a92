/** What a profile keeps as what it builds on has it (http://hl7.org/fhir/R4/profiling.html#limitations): values, slicing, what must be supported. */
import type { ElementDefinition, ElementDefinitionSlicing } from 'fhir/r4.js'
import { childOrSelf } from '../../children.ts'
import { type Finding, shownValue } from '../../findings/finding.ts'
import { fixedOf, isSame, patternOf, patternTest } from '../../profile/values.ts'
import { findingAt, type Run, type Spot } from '../../spot.ts'
import { type DefinitionRule, definitionAt } from './definition.ts'

type Kept = (spot: Spot, base: ElementDefinition, run: Run) => void

const report = (spot: Spot, name: string, key: string, text: string, more: Partial<Finding>, run: Run): void =>
  run.report(findingAt(childOrSelf(spot, name), key, 'invalid', text, more))

/** What is fixed stays so; what has a pattern may be said more precisely, and not otherwise. */
const checkValue: Kept = (spot, base, run) => {
  const said = definitionAt(spot)
  const [fixed, pattern] = [fixedOf(said), patternOf(said)]
  const [baseFixed, basePattern] = [fixedOf(base), patternOf(base)]
  const value = fixed ?? pattern
  const held = baseFixed ?? basePattern
  if (value === undefined || held === undefined) return
  const keeps =
    baseFixed === undefined
      ? patternTest(held.value)(value.value)
      : fixed === undefined
        ? patternTest(value.value)(held.value)
        : isSame(fixed.value, held.value)
  if (keeps) return
  report(
    spot,
    fixed === undefined ? 'pattern' : 'fixed',
    'definition-value-changed',
    `The base says ${held.name} of this, with which no such value fits.`,
    {
      value: shownValue(value.value),
      expected: shownValue(held.value),
      hint: 'Keep the value of the base, or leave it out.',
    },
    run,
  )
}

const checkMustSupport: Kept = (spot, base, run) => {
  if (base.mustSupport !== true || definitionAt(spot).mustSupport !== false) return
  report(
    spot,
    'mustSupport',
    'definition-must-support',
    'The base demands that this is supported, which a profile of it cannot take back.',
    { value: 'false', expected: 'true', hint: 'Leave mustSupport out.' },
    run,
  )
}

const RULES = ['open', 'openAtEnd', 'closed']

/** How a slicing loosens the one that it builds on, or tells slices apart otherwise. */
const loosening = (said: ElementDefinitionSlicing, base: ElementDefinitionSlicing): string | undefined => {
  if (RULES.indexOf(said.rules) < RULES.indexOf(base.rules)) return `it is ${base.rules} in the base`
  if (base.ordered === true && said.ordered === false) return 'its order matters in the base'
  const [own = [], before = []] = [said.discriminator, base.discriminator]
  const keeps = own.length === 0 || before.every((one, at) => own[at]?.type === one.type && own[at]?.path === one.path)
  return keeps ? undefined : 'the base tells its slices apart by another discriminator'
}

const checkSlicing: Kept = (spot, base, run) => {
  const { slicing } = definitionAt(spot)
  const why = slicing === undefined || base.slicing === undefined ? undefined : loosening(slicing, base.slicing)
  if (why === undefined) return
  report(
    spot,
    'slicing',
    'definition-slicing-changed',
    `This slicing is looser than what it builds on, or another one: ${why}.`,
    { value: shownValue(slicing), expected: shownValue(base.slicing), hint: 'Keep the slicing of the base.' },
    run,
  )
}

/** True for a slice that its base does not have. */
const isNewSlice = ({ id = '', sliceName }: ElementDefinition, base: ElementDefinition): boolean =>
  sliceName !== undefined && !sliceName.includes('/') && id.endsWith(`:${sliceName}`) && base.id !== id

const checkClosed: Kept = (spot, base, run) => {
  const said = definitionAt(spot)
  // A choice is closed where it names its types, and each of them may be spoken of.
  if (!isNewSlice(said, base) || base.slicing?.rules !== 'closed' || base.path.endsWith('[x]')) return
  report(
    spot,
    'sliceName',
    'definition-slice-closed',
    'The slicing of the base is closed: a profile of it can have no slice besides.',
    {
      value: shownValue(said.sliceName),
      expected: 'a slice of the base',
      hint: 'Narrow a slice of the base, perhaps by slices of it.',
    },
    run,
  )
}

/** An element changes what others mean, or does not, for whoever reads it: a profile has no say in it. */
const checkModifier: Kept = (spot, base, run) => {
  const { isModifier, path } = definitionAt(spot)
  if (isModifier === undefined || isModifier === (base.isModifier ?? false) || path === 'Extension') return
  report(
    spot,
    'isModifier',
    'definition-is-modifier',
    'Whether an element is a modifier is said by what a profile builds on, and stays so.',
    {
      severity: 'warning',
      value: shownValue(isModifier),
      expected: shownValue(base.isModifier ?? false),
      hint: 'Leave isModifier out.',
    },
    run,
  )
}

const ALL_KEPT: readonly Kept[] = [checkValue, checkMustSupport, checkSlicing, checkClosed, checkModifier]

const checkKept: DefinitionRule = ({ said, baseOf, run }) => {
  for (const spot of said) {
    const base = baseOf(definitionAt(spot))
    if (base !== undefined) for (const check of ALL_KEPT) check(spot, base, run)
  }
}

/** What an element means where it is missing is said by what defines it; of an extension, by whoever defines that. */
const checkMissing: DefinitionRule = ({ said, structure, run }) => {
  if (structure.derivation !== 'constraint') return
  for (const spot of said) {
    const { meaningWhenMissing, path } = definitionAt(spot)
    if (meaningWhenMissing === undefined || path === 'Extension' || path.endsWith('.extension')) continue
    report(
      spot,
      'meaningWhenMissing',
      'definition-meaning-when-missing',
      'A profile cannot say what it means where an element is missing: that is said by what it builds on.',
      {
        value: shownValue(meaningWhenMissing),
        expected: 'no meaningWhenMissing',
        hint: 'Leave it out, or say it in the comment.',
      },
      run,
    )
  }
}

export const KEPT_RULES: readonly DefinitionRule[] = [checkKept, checkMissing]
