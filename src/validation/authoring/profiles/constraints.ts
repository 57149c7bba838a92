/** The rules of a definition's own: whether they can be read, and are known by their keys (http://hl7.org/fhir/R4/elementdefinition-definitions.html#ElementDefinition.constraint). */
import type { ElementDefinition, ElementDefinitionConstraint, StructureDefinition } from 'fhir/r4.js'
import { childOrSelf, childrenNamed } from '../../children.ts'
import { type Finding, shownValue } from '../../findings/finding.ts'
import { findingAt, type Run, type Spot } from '../../spot.ts'
import { checkExpression } from '../expression.ts'
import { type Definition, type DefinitionRule, definitionAt, elementsUnder } from './definition.ts'

/** Expressions by key. */
type Known = ReadonlyMap<string, string | undefined>

const knownIn = ({ snapshot }: StructureDefinition): Known =>
  new Map(
    (snapshot?.element ?? []).flatMap(({ constraint = [] }) =>
      constraint.map(({ key, expression }) => [key, expression]),
    ),
  )

const report = (at: Spot, name: string, key: string, text: string, more: Partial<Finding>, run: Run): void =>
  run.report(findingAt(childOrSelf(at, name), key, 'invalid', text, more))

/** A key names one rule: readers of a finding look it up by that. */
const checkKey = (at: Spot, seen: Map<string, string | undefined>, known: Known, run: Run): void => {
  const { key, expression } = at.value as ElementDefinitionConstraint
  const isTaken = (rules: Known): boolean => rules.has(key) && rules.get(key) !== expression
  // R4 repeats the rule about every element in words of its own.
  if (expression !== undefined && key !== 'ele-1' && (isTaken(known) || isTaken(seen)))
    report(
      at,
      'key',
      'definition-rule-key',
      `There is another rule ${key} ${isTaken(known) ? 'in what this builds on' : 'here'}, which says something else.`,
      {
        value: shownValue(expression),
        expected: shownValue(known.get(key) ?? seen.get(key)),
        hint: 'Give it a key of its own.',
      },
      run,
    )
  if (!seen.has(key)) seen.set(key, expression)
}

const checkSource = (at: Spot, { structure, run }: Definition): void => {
  const { source } = at.value as ElementDefinitionConstraint
  if (source === undefined || source.split('|')[0] === structure.url) return
  report(
    at,
    'source',
    'definition-rule-source',
    'A rule in a differential comes from the definition that it stands in.',
    { value: shownValue(source), expected: structure.url, hint: 'Leave the source out.' },
    run,
  )
}

/** What the rules of an element are asked of, as FHIRPath knows it: an element with parts of its own by its path. */
export const askedOf = (definition: ElementDefinition, { structure, typesAt }: Definition): readonly string[] => {
  if (structure.kind === 'logical') return []
  if (!definition.path.includes('.')) return [structure.type]
  const types = typesAt(definition)
  if (types.some((code) => code.includes(':'))) return []
  return types.map((code) => (code === 'BackboneElement' || code === 'Element' ? definition.path : code))
}

const checkView = (definition: Definition, view: 'differential' | 'snapshot', known: Known, isSaid: boolean): void => {
  const { spot, run } = definition
  const seen = new Map<string, string | undefined>()
  for (const element of elementsUnder(spot, view)) {
    for (const at of childrenNamed(element, 'constraint')) {
      checkKey(at, seen, known, run)
      if (view === 'differential') checkSource(at, definition)
      const { expression, key } = at.value as ElementDefinitionConstraint
      if (expression === undefined || !isSaid) continue
      const on = askedOf(definitionAt(element), definition)
      const what = `The expression of the rule ${key}`
      checkExpression(at, { text: expression, on, what, key: 'definition-constraint' }, run)
    }
  }
}

export const checkRules: DefinitionRule = (definition) => {
  const { spot, structure, run } = definition
  const isConstraint = structure.derivation === 'constraint'
  const base = isConstraint ? run.definitions.structure(structure.baseDefinition ?? '') : undefined
  checkView(definition, 'differential', base === undefined ? new Map() : knownIn(base), true)
  checkView(definition, 'snapshot', new Map(), elementsUnder(spot, 'differential').length === 0)
}
