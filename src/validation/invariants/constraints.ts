import type { ElementDefinition, ElementDefinitionConstraint, StructureDefinition } from 'fhir/r4.js'
import { R4_MODEL } from '../../definitions/path-model.ts'
import { compile, type Expression, evaluate, FhirPathFault, holds } from '../../fhir/fhirpath/fhirpath.ts'
import { type Check, findingAt, type Run, type Spot } from '../spot.ts'
import { corrected } from './errata.ts'
import { invariantNamed } from './index.ts'
import { isNode, type Node } from './invariant.ts'
import { within } from './within.ts'

const CORE = 'http://hl7.org/fhir/StructureDefinition/'
const BEST_PRACTICE = `${CORE}elementdefinition-bestpractice`

/** Rules about every element of a kind, which are checked by code with the structure, whichever definition repeats them. */
const UNIVERSAL: readonly (readonly [string, string])[] = [
  ['DomainResource', 'dom-2'],
  ['DomainResource', 'dom-3'],
  ['DomainResource', 'dom-4'],
  ['DomainResource', 'dom-5'],
  ['Extension', 'ext-1'],
  ['Reference', 'ref-1'],
  ['Period', 'per-1'],
  ['Element', 'ele-1'],
  ['Narrative', 'txt-1'],
  ['Narrative', 'txt-2'],
]
const UNIVERSAL_KEYS: ReadonlySet<string> = new Set(UNIVERSAL.map(([, key]) => key))

const isCore = (url: string | undefined): boolean => url?.startsWith(CORE) === true

/** True for a rule that is checked elsewhere: by code, or where the type that a profile is of is checked. */
const isCheckedElsewhere = (
  { key, source }: ElementDefinitionConstraint,
  path: string,
  structure: StructureDefinition,
): boolean => {
  const ofType = isCore(structure.url) && structure.derivation !== 'constraint'
  if (!ofType && source !== undefined && isCore(source) && source !== structure.url) {
    // R4's own profiles, such as vital signs, come from the same place as its types: what they say holds in profiles of them.
    return UNIVERSAL_KEYS.has(key) || /^[A-Z][A-Za-z]*$/.test(source.slice(CORE.length))
  }
  return (ofType || source === undefined) && (UNIVERSAL_KEYS.has(key) || invariantNamed(path, key) !== undefined)
}

const severityOf = (constraint: ElementDefinitionConstraint): 'error' | 'warning' =>
  constraint.severity === 'warning' ||
  constraint.extension?.some(({ url, valueBoolean }) => url === BEST_PRACTICE && valueBoolean === true) === true
    ? 'warning'
    : 'error'

const sentence = (text: string): string => (/[.!?]$/.test(text.trim()) ? text.trim() : `${text.trim()}.`)

const versioned = ({ url, version }: StructureDefinition): string => (version === undefined ? url : `${url}|${version}`)

/** Expressions that are asked of every resource, as code: whether they are true of an element; undefined where they must be evaluated. */
const AS_CODE: ReadonlyMap<string, (element: Node) => boolean | undefined> = new Map([
  [
    'text.`div`.exists()',
    ({ text }: Node) =>
      text === undefined ? false : isNode(text) && typeof text['div'] === 'string' ? true : undefined,
  ],
])

/** The check of one rule; `profile` is the definition that it is said in. */
export const checkOf = (constraint: ElementDefinitionConstraint, profile: string): Check => {
  const { key, human, expression: text = '' } = constraint
  const severity = severityOf(constraint)
  const about = { rule: key, profile, expected: text }
  const broken = { ...about, severity }
  const words = sentence(String(human))
  let expression: Expression
  try {
    expression = compile(corrected(text), R4_MODEL)
  } catch (error) {
    if (!(error instanceof FhirPathFault)) throw error
    const unreadable = `The rule ${key} was not checked: its expression cannot be read. ${error.message}`
    return (spot, run) =>
      run.report(
        findingAt(spot, 'constraint-unreadable', 'not-supported', unreadable, {
          ...about,
          severity: 'warning',
          hint: 'Mend the expression of the rule in its profile.',
        }),
      )
  }
  const asCode = AS_CODE.get(text)
  return (spot, run) => {
    const known = isNode(spot.value) ? asCode?.(spot.value) : undefined
    if (known === true) return
    let why = ''
    try {
      if (known === undefined && within(run, spot, (environment) => holds(expression, spot, environment)) !== false)
        return
    } catch (error) {
      if (!(error instanceof FhirPathFault)) throw error
      if (error.kind === 'too-costly') {
        const unfinished = `The rule ${key} was not checked to its end: that takes too long.`
        run.report(findingAt(spot, 'constraint-too-costly', 'too-costly', unfinished, about))
        return
      }
      // What cannot be evaluated is not true (http://hl7.org/fhir/R4/conformance-rules.html#constraints).
      why = ` It cannot be evaluated here: ${error.message}`
    }
    run.report(findingAt(spot, key, 'invariant', words + why, broken))
  }
}

/**
 * The check of the constraints that a definition puts on an element (`ElementDefinition.constraint`), for a spot where the element is; undefined
 * where there are none but those that are checked elsewhere: the universal ones by code, those of a type where the type is checked.
 * Reports each that is not true with its key, its words, its expression and its severity; one that cannot be read as a warning.
 */
export const constraintsOf = (definition: ElementDefinition, structure: StructureDefinition): Check | undefined => {
  const checks = (definition.constraint ?? [])
    .filter(
      (constraint) =>
        typeof constraint.expression === 'string' && !isCheckedElsewhere(constraint, definition.path, structure),
    )
    .map((constraint) => checkOf(constraint, versioned(structure)))
  if (checks.length === 0) return undefined
  return (spot, run) => {
    for (const check of checks) check(spot, run)
  }
}

const expressions = new Map<string, Expression | undefined>()
/** More expressions than all the definitions of a validator have; what comes after is compiled each time. */
const MOST_KEPT = 5_000

const compiled = (text: string): Expression | undefined => {
  if (expressions.has(text)) return expressions.get(text)
  let expression: Expression | undefined
  try {
    expression = compile(text, R4_MODEL)
  } catch (error) {
    if (!(error instanceof FhirPathFault)) throw error
  }
  if (expressions.size < MOST_KEPT) expressions.set(text, expression)
  return expression
}

/**
 * Whether an expression about a resource is true of an element in it, or finds that element among others, as the contexts of extensions do
 * (http://hl7.org/fhir/R4/defining-extensions.html#context). Undefined where it cannot be read or evaluated.
 */
export const expressionHolds = (text: string, spot: Spot, run: Run, resource: Spot): boolean | undefined => {
  const expression = compiled(text)
  if (expression === undefined) return undefined
  try {
    const found = within(run, spot, (environment) => evaluate(expression, resource, environment))
    const only = found.length === 1 ? found[0]?.value : undefined
    return typeof only === 'boolean' ? only : found.some(({ value }) => value !== undefined && value === spot.value)
  } catch (error) {
    if (error instanceof FhirPathFault) return undefined
    throw error
  }
}
