/** Whether a StructureMap leads from what there is to what there is (http://hl7.org/fhir/R4/structuremap.html). */
import type { StructureMap, StructureMapGroup, StructureMapGroupInput } from 'fhir/r4.js'
import { childrenNamed } from '../../children.ts'
import { shownValue } from '../../findings/finding.ts'
import { type Check, findingAt, type Run, type Spot } from '../../spot.ts'
import { checkRule } from './rule.ts'
import { type Mapping, reportAt, typeOf, type Variable } from './variables.ts'

/** A type that is declared to be read is not written to. */
const checkMode = (
  spot: Spot,
  { type, mode }: StructureMapGroupInput,
  { structure = [] }: StructureMap,
  run: Run,
): void => {
  const declared = structure.find(({ alias }) => alias !== undefined && alias === type)
  if (declared?.mode !== 'source' || mode !== 'target') return
  reportAt(
    spot,
    'mode',
    'map-input-mode',
    `The structure ${type} is declared as a source, and cannot be a target here.`,
    {
      value: shownValue(mode),
      expected: 'source',
      hint: 'Declare the structure as a target too, or correct the mode.',
    },
    run,
  )
}

/** Reads the inputs of a group, each a variable for its rules. */
const readInputs = (group: Spot, { map, run }: Mapping): Map<string, Variable> => {
  const variables = new Map<string, Variable>()
  for (const spot of childrenNamed(group, 'input')) {
    const input = spot.value as StructureMapGroupInput
    if (variables.has(input.name))
      reportAt(
        spot,
        'name',
        'map-name-twice',
        'Another input of this group has the same name.',
        { value: shownValue(input.name), expected: 'a name of its own', hint: 'Rename one of them.' },
        run,
      )
    checkMode(spot, input, map, run)
    const types = input.type === undefined ? undefined : typeOf(input.type, map, run)
    if (types === 'unknown')
      reportAt(
        spot,
        'type',
        'map-type-unknown',
        'This is no type of R4, and no structure of the map has it as its alias.',
        {
          value: shownValue(input.type),
          expected: 'an alias of a structure, or the name of a type',
          hint: 'Declare the structure with this alias.',
        },
        run,
      )
    variables.set(input.name, { mode: input.mode, types: types === 'unknown' ? undefined : types })
  }
  return variables
}

const checkExtended = (spot: Spot, { groups, map, run }: Mapping): void => {
  const { extends: extended } = spot.value as StructureMapGroup
  // What is imported may have it.
  if (extended === undefined || groups.has(extended) || map.import !== undefined) return
  reportAt(
    spot,
    'extends',
    'map-group-unknown',
    'There is no group of this name to extend.',
    { value: shownValue(extended), expected: 'a group of the map, or of one that it imports', hint: 'Check its name.' },
    run,
  )
}

/** The rules about a StructureMap as a whole: that its groups, its variables and the elements that it reads and writes are there. */
export const checkStructureMap: Check = (spot, run) => {
  if (run.isBroken(spot)) return
  const map = spot.value as StructureMap
  const groups = new Map<string, StructureMapGroup>()
  for (const group of childrenNamed(spot, 'group')) {
    const { name } = group.value as StructureMapGroup
    if (groups.has(name))
      run.report(
        findingAt(group, 'map-name-twice', 'invalid', 'Another group of this map has the same name.', {
          value: shownValue(name),
          expected: 'a name of its own',
          hint: 'Rename one of them, and what refers to it.',
        }),
      )
    else groups.set(name, group.value as StructureMapGroup)
  }
  const mapping: Mapping = { map, groups, run }
  for (const group of childrenNamed(spot, 'group')) {
    checkExtended(group, mapping)
    const variables = readInputs(group, mapping)
    for (const rule of childrenNamed(group, 'rule')) checkRule(rule, variables, mapping)
  }
}
