/** What a profile says beside what it builds on: it may only narrow (http://hl7.org/fhir/R4/profiling.html#5.1.0.4). */
import type { ElementDefinition, ElementDefinitionBinding } from 'fhir/r4.js'
import { lineageOf } from '../../../definitions/tables.ts'
import { isUnknown } from '../../../definitions/terminology/answer.ts'
import { membersOf } from '../../../definitions/terminology/value-set.ts'
import { libraryOf } from '../../../definitions/terminology.ts'
import { childOrSelf, childrenNamed } from '../../children.ts'
import { shownValue } from '../../findings/finding.ts'
import { findingAt, type Run, type Spot } from '../../spot.ts'
import { type DefinitionRule, definitionAt } from './definition.ts'

const STRENGTHS = ['example', 'preferred', 'extensible', 'required'] as const

const codesOf = (canonical: string, run: Run): ReadonlySet<string> | undefined => {
  const valueSet = run.definitions.valueSet(canonical)
  const members = valueSet?.compose === undefined ? undefined : membersOf(libraryOf(run.definitions), valueSet)
  return members === undefined || isUnknown(members)
    ? undefined
    : new Set(members.map(({ system, code }) => `${system}|${code}`))
}

/** A code that a value set has and another has not; undefined where there is none, or it cannot be told. */
const strangerIn = (canonical: string, among: string, run: Run): string | undefined => {
  const [codes, allowed] = [codesOf(canonical, run), codesOf(among, run)]
  return codes === undefined || allowed === undefined ? undefined : [...codes].find((code) => !allowed.has(code))
}

const checkBinding = (spot: Spot, said: ElementDefinitionBinding, base: ElementDefinitionBinding, run: Run): void => {
  const binding = childOrSelf(spot, 'binding')
  if (STRENGTHS.indexOf(said.strength) < STRENGTHS.indexOf(base.strength))
    run.report(
      findingAt(
        childOrSelf(binding, 'strength'),
        'definition-binding-looser',
        'invalid',
        `The base binds this more strongly: ${base.strength}.`,
        {
          value: shownValue(said.strength),
          expected: `${base.strength} or stronger`,
          hint: 'Keep the strength of the base, or leave the binding out.',
        },
      ),
    )
  if (base.strength !== 'required' || said.valueSet === undefined || base.valueSet === undefined) return
  const stranger = strangerIn(said.valueSet, base.valueSet, run)
  if (stranger === undefined) return
  run.report(
    findingAt(
      childOrSelf(binding, 'valueSet'),
      'definition-binding-wider',
      'invalid',
      `This value set has a code that the one of the base, which is required, has not: ${stranger}.`,
      {
        value: shownValue(said.valueSet),
        expected: `codes of ${base.valueSet} only`,
        hint: 'Bind a value set that has codes of the base only.',
      },
    ),
  )
}

/** The type of a profile that is named, where it is known. */
const typeOf = (canonical: string, run: Run): string | undefined => run.definitions.structure(canonical)?.type

const targetsOf = (definition: ElementDefinition, run: Run): readonly string[] | undefined => {
  const types = (definition.type ?? []).filter(({ code }) => code === 'Reference' || code === 'canonical')
  const isAnything = types.some(({ targetProfile = [] }) => targetProfile.length === 0)
  const targets = types.flatMap(({ targetProfile = [] }) => targetProfile).map((target) => typeOf(target, run))
  return types.length === 0 || isAnything ? undefined : targets.filter((target) => target !== undefined)
}

const checkTargets = (spot: Spot, base: ElementDefinition, run: Run): void => {
  const allowed = targetsOf(base, run)
  if (allowed === undefined || allowed.length === 0) return
  for (const target of childrenNamed(spot, 'type').flatMap((type) => childrenNamed(type, 'targetProfile'))) {
    const type = typeOf(String(target.value), run)
    if (type === undefined || lineageOf(type).some((one) => allowed.includes(one))) continue
    run.report(
      findingAt(target, 'definition-target', 'invalid', `The base does not let this refer to a ${type}.`, {
        value: shownValue(target.value),
        expected: allowed.join(', '),
        hint: 'Name a profile of one of these.',
      }),
    )
  }
}

/** Each element of a differential beside the one that it narrows. */
export const checkNarrowing: DefinitionRule = ({ said, baseOf, run }) => {
  for (const spot of said) {
    const definition = definitionAt(spot)
    const narrowed = baseOf(definition)
    if (narrowed === undefined) continue
    checkTargets(spot, narrowed, run)
    if (definition.binding !== undefined && narrowed.binding !== undefined)
      checkBinding(spot, definition.binding, narrowed.binding, run)
  }
}
