/** A rule of a StructureMap: what it reads, what it makes of it, and what it hands on (http://hl7.org/fhir/R4/structuremap-definitions.html#StructureMap.group.rule). */
import type {
  StructureMapGroupRuleDependent,
  StructureMapGroupRuleSource,
  StructureMapGroupRuleTarget,
  StructureMapGroupRuleTargetParameter,
} from 'fhir/r4.js'
import { childrenNamed } from '../../children.ts'
import { shownValue } from '../../findings/finding.ts'
import type { Spot } from '../../spot.ts'
import { checkExpression } from '../expression.ts'
import {
  type Mapping,
  type Mode,
  ofType,
  reportAt,
  type Types,
  typeOf,
  typesBelow,
  type Variable,
  type Variables,
} from './variables.ts'

const checkVariable = (
  spot: Spot,
  name: string,
  at: string,
  mode: Mode | undefined,
  known: Variables,
  { run }: Mapping,
): boolean => {
  const found = known.get(name)
  // What was made may be read, and not the other way.
  if (found !== undefined && (mode !== 'target' || found.mode === 'target')) return true
  reportAt(
    spot,
    at,
    'map-variable-unknown',
    found === undefined
      ? 'There is no variable of this name here.'
      : 'This variable is a source, to which nothing can be written.',
    {
      value: shownValue(name),
      expected: [...known]
        .flatMap(([one, variable]) => (mode === 'target' && variable.mode !== mode ? [] : [one]))
        .join(', '),
      hint: 'Name an input of the group, or a variable of this rule or of one around it.',
    },
    run,
  )
  return false
}

/** The types of an element below a variable; reports one that is not there. */
const elementBelow = (spot: Spot, types: Types, element: string, { run }: Mapping): Types => {
  const below = typesBelow(types, element.replace('[x]', ''))
  if (below?.length !== 0) return below
  reportAt(
    spot,
    'element',
    'map-element-unknown',
    `${types?.join(' or ')} has no such element.`,
    {
      value: shownValue(element),
      expected: `an element of ${types?.join(' or ')}`,
      hint: 'Check its spelling; a choice is named without its type.',
    },
    run,
  )
  return undefined
}

const checkSource = (spot: Spot, known: Map<string, Variable>, mapping: Mapping): void => {
  const { context, element, type, variable, condition, check } = spot.value as StructureMapGroupRuleSource
  for (const [name, text] of Object.entries({ condition, check })) {
    if (text === undefined) continue
    const [at = spot] = childrenNamed(spot, name)
    checkExpression(at, { text, on: [], what: `The ${name} of the source`, key: 'map-expression' }, mapping.run)
  }
  if (!checkVariable(spot, context, 'context', 'source', known, mapping)) {
    if (variable !== undefined) known.set(variable, { mode: 'source', types: undefined })
    return
  }
  const from = known.get(context)
  const all = element === undefined ? from?.types : elementBelow(spot, from?.types, element, mapping)
  const types = type === undefined ? all : ofType(all, type)
  if (types?.length === 0)
    reportAt(
      spot,
      'type',
      'map-type-not-there',
      'What is read here is never of this type.',
      {
        value: shownValue(type),
        expected: all?.join(' or ') ?? '',
        hint: 'Name one of its types, or leave the type out.',
      },
      mapping.run,
    )
  if (variable !== undefined)
    known.set(variable, { mode: from?.mode ?? 'source', types: types?.length === 0 ? undefined : types })
}

/** How many parameters a transform takes (http://hl7.org/fhir/R4/valueset-map-transform.html). */
const PARAMETERS: ReadonlyMap<string, readonly [least: number, most: number]> = new Map([
  ['append', [1, Number.POSITIVE_INFINITY]],
  ['cc', [1, 3]],
  ['copy', [0, 1]],
  ['create', [0, 1]],
  ['evaluate', [1, 2]],
  ['reference', [1, 1]],
  ['translate', [2, 3]],
  ['truncate', [2, 2]],
  ['uuid', [0, 0]],
])

const checkTransform = (spot: Spot, known: Variables, mapping: Mapping): void => {
  const { transform = 'create', parameter = [] } = spot.value as StructureMapGroupRuleTarget
  const [least, most] = PARAMETERS.get(transform) ?? [0, Number.POSITIVE_INFINITY]
  if (parameter.length < least || parameter.length > most)
    reportAt(
      spot,
      'transform',
      'map-parameters',
      `The transform ${transform} takes another number of parameters.`,
      {
        value: String(parameter.length),
        expected:
          least === most ? String(least) : `${least} to ${most === Number.POSITIVE_INFINITY ? 'any number' : most}`,
        hint: 'Add those that are missing, or leave out those that are too many.',
      },
      mapping.run,
    )
  for (const one of childrenNamed(spot, 'parameter')) {
    const { valueId } = one.value as StructureMapGroupRuleTargetParameter
    if (valueId !== undefined) checkVariable(one, valueId, 'value', undefined, known, mapping)
  }
}

/** What a target makes: the type that it names where it creates, else what the element may be. */
const madeBy = (
  { transform, parameter = [] }: StructureMapGroupRuleTarget,
  below: Types,
  { map, run }: Mapping,
): Types => {
  const named = transform === 'create' ? parameter[0]?.valueString : undefined
  const types = named === undefined ? below : typeOf(named, map, run)
  return types === 'unknown' ? undefined : types
}

const checkTarget = (spot: Spot, known: Map<string, Variable>, mapping: Mapping): void => {
  const target = spot.value as StructureMapGroupRuleTarget
  const { context, contextType, element, variable } = target
  let below: Types
  if (
    context !== undefined &&
    contextType !== 'type' &&
    checkVariable(spot, context, 'context', 'target', known, mapping)
  ) {
    const types = known.get(context)?.types
    below = element === undefined ? types : elementBelow(spot, types, element, mapping)
  }
  checkTransform(spot, known, mapping)
  if (variable !== undefined) known.set(variable, { mode: 'target', types: madeBy(target, below, mapping) })
}

/** By what the text of a map says `src -> tgt` with no group named, its compiled form names the group that is for these types. */
const BY_TYPE = 'DefaultMappingGroupAnonymousAlias'

const checkDependent = (spot: Spot, known: Variables, mapping: Mapping): void => {
  const { name, variable } = spot.value as StructureMapGroupRuleDependent
  if (name === BY_TYPE) return
  const group = mapping.groups.get(name)
  for (const one of childrenNamed(spot, 'variable'))
    checkVariable(one, String(one.value), '', undefined, known, mapping)
  if (group === undefined) {
    if (mapping.map.import === undefined)
      reportAt(
        spot,
        'name',
        'map-group-unknown',
        'There is no group of this name to go on with.',
        {
          value: shownValue(name),
          expected: 'a group of the map, or of one that it imports',
          hint: 'Check its name, or import the map that has it.',
        },
        mapping.run,
      )
    return
  }
  if (variable.length === group.input.length) return
  reportAt(
    spot,
    'variable',
    'map-parameters',
    `The group ${name} takes another number of variables.`,
    {
      value: String(variable.length),
      expected: String(group.input.length),
      hint: 'Hand on one variable for each of its inputs.',
    },
    mapping.run,
  )
}

/** Checks a rule with those in it; what it names a variable is known to these alone. */
export const checkRule = (spot: Spot, outer: Variables, mapping: Mapping): void => {
  const known = new Map(outer)
  for (const source of childrenNamed(spot, 'source')) checkSource(source, known, mapping)
  for (const target of childrenNamed(spot, 'target')) checkTarget(target, known, mapping)
  for (const rule of childrenNamed(spot, 'rule')) checkRule(rule, known, mapping)
  for (const dependent of childrenNamed(spot, 'dependent')) checkDependent(dependent, known, mapping)
}
