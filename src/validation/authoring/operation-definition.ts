/** Whether an OperationDefinition says how an operation can be called (http://hl7.org/fhir/R4/operationdefinition.html). */
import type { OperationDefinition, OperationDefinitionParameter } from 'fhir/r4.js'
import { childOrSelf, childrenNamed } from '../children.ts'
import { shownValue } from '../findings/finding.ts'
import { type Check, findingAt, type Run, type Spot } from '../spot.ts'
import { BINDABLE } from './bindable.ts'
import { checkProfileOf } from './profile-of.ts'

const checkTimes = (spot: Spot, { min, max }: OperationDefinitionParameter, run: Run): void => {
  const isNumber = /^\d+$/.test(max)
  if ((isNumber || max === '*') && !(isNumber && Number(max) < min)) return
  run.report(
    findingAt(
      childOrSelf(spot, 'max'),
      'operation-cardinality',
      'invalid',
      isNumber
        ? `At most ${max} is fewer than at least ${min}.`
        : 'How often a parameter may be there is a number, or *.',
      {
        value: shownValue(max),
        expected: isNumber ? `${min} or more` : 'a whole number or *',
        hint: 'Correct min or max.',
      },
    ),
  )
}

const checkBinding = (spot: Spot, { type, binding }: OperationDefinitionParameter, run: Run): void => {
  if (binding === undefined || (type !== undefined && BINDABLE.has(type))) return
  run.report(
    findingAt(
      childOrSelf(spot, 'binding'),
      'operation-binding',
      'invalid',
      `A parameter ${type === undefined ? 'without a type' : `of type ${type}`} has no codes to bind.`,
      {
        expected: 'no binding',
        hint: 'Bind a parameter that is a code.',
      },
    ),
  )
}

const checkParameters = (holder: Spot, name: 'parameter' | 'part', run: Run): void => {
  const seen = new Set<string>()
  for (const spot of childrenNamed(holder, name)) {
    const parameter = spot.value as OperationDefinitionParameter
    const key = `${parameter.use} ${parameter.name}`
    if (seen.has(key))
      run.report(
        findingAt(
          childOrSelf(spot, 'name'),
          'operation-parameter-twice',
          'invalid',
          'Two parameters that stand beside each other have the same name and use.',
          {
            value: shownValue(parameter.name),
            expected: 'a name of its own',
            hint: 'Make one of them, with the max of both, or give each its own name.',
          },
        ),
      )
    seen.add(key)
    checkTimes(spot, parameter, run)
    checkBinding(spot, parameter, run)
    checkParameters(spot, 'part', run)
  }
}

const checkPlace = (
  spot: Spot,
  { code, system, type, instance, resource = [] }: OperationDefinition,
  run: Run,
): void => {
  const warn = (at: Spot, key: string, text: string, expected: string, hint: string): void =>
    run.report(findingAt(at, key, 'invalid', text, { severity: 'warning', expected, hint }))
  if (code.startsWith('$'))
    warn(
      childOrSelf(spot, 'code'),
      'operation-code',
      'The $ stands in the address and is no part of the name.',
      code.slice(1),
      'Leave the $ out.',
    )
  if (!system && !type && !instance)
    warn(
      spot,
      'operation-nowhere',
      'The operation can be called nowhere.',
      'true for system, type or instance',
      'Say where it can be called.',
    )
  if ((type || instance) && resource.length === 0)
    warn(
      spot,
      'operation-resource',
      'It is not said on which types the operation can be called.',
      'a type of resource',
      'Name the types, or Resource for all.',
    )
}

/** The rules about an OperationDefinition as a whole. */
export const checkOperationDefinition: Check = (spot, run) => {
  if (run.isBroken(spot)) return
  checkPlace(spot, spot.value as OperationDefinition, run)
  checkParameters(spot, 'parameter', run)
  for (const name of ['inputProfile', 'outputProfile'])
    for (const profile of childrenNamed(spot, name)) checkProfileOf(profile, 'Parameters', run)
}
