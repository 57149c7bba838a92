/** Whether a profile or an extension can be used at all (http://hl7.org/fhir/R4/profiling.html, http://hl7.org/fhir/R4/elementdefinition.html). */
import type { ElementDefinition, StructureDefinition } from 'fhir/r4.js'
import { SnapshotFault, snapshotOf } from '../../../definitions/snapshot.ts'
import { childrenNamed } from '../../children.ts'
import { shownValue } from '../../findings/finding.ts'
import { isNode } from '../../invariants/invariant.ts'
import { type Check, findingAt, type Run, type Spot } from '../../spot.ts'
import { BINDABLE } from '../bindable.ts'
import { checkExpression } from '../expression.ts'
import { checkExtensionDefinition } from './extension-definition.ts'
import { checkKind, checkNarrowing } from './narrowing.ts'
import { checkSlicings } from './slicing.ts'

const CORE = 'http://hl7.org/fhir/StructureDefinition/'
const FHIRPATH = 'http://hl7.org/fhirpath/'

type Holder = Readonly<{ spot: Spot; structure: StructureDefinition; run: Run }>

const elementsIn = ({ spot }: Holder, view: 'differential' | 'snapshot'): readonly Spot[] =>
  childrenNamed(spot, view).flatMap((found) => childrenNamed(found, 'element'))

const definitionAt = ({ value }: Spot): ElementDefinition => value as ElementDefinition

const isKnownType = (code: string, run: Run): boolean =>
  code.startsWith(FHIRPATH) || run.definitions.structure(/^[a-z]+:/i.test(code) ? code : CORE + code) !== undefined

const checkTypes = ({ run }: Holder, elements: readonly Spot[]): void => {
  for (const spot of elements) {
    for (const type of childrenNamed(spot, 'type')) {
      const { code } = type.value as { code: string }
      if (isKnownType(code, run)) continue
      run.report(
        findingAt(type, 'definition-type-unknown', 'invalid', 'R4 has no such type.', {
          value: shownValue(code),
          expected: 'the name of a type of R4',
          hint: 'Check its spelling and its case.',
        }),
      )
    }
  }
}

/** The types of an element by its id, where a profile leaves them as its base has them. */
type TypesAt = (id: string) => readonly string[]

const VALUE = /^(fixed|pattern|minValue|maxValue)([A-Z]\w*)$/

/** A value that is fixed is of the type of its element; bounds of dates may be lengths of time. */
const checkValues = ({ run }: Holder, elements: readonly Spot[], typesAt: TypesAt): void => {
  for (const spot of elements) {
    const definition = definitionAt(spot)
    const types = definition.type?.map(({ code }) => code) ?? typesAt(definition.id ?? '')
    if (types.length === 0 || types.some((code) => code.startsWith(FHIRPATH))) continue
    for (const name in definition) {
      const [, kind = '', type = ''] = VALUE.exec(name) ?? []
      if (kind === '' || types.some((code) => code.toLowerCase() === type.toLowerCase())) continue
      if (kind.endsWith('Value') && type === 'Quantity') continue
      run.report(
        findingAt(
          spot,
          'definition-value-type',
          'invalid',
          `What ${name} says is of another type than its element, which is ${types.join(' or ')}.`,
          {
            value: name,
            expected: types.map((code) => kind + code.charAt(0).toUpperCase() + code.slice(1)).join(' or '),
            hint: 'Say it with the type of the element.',
          },
        ),
      )
    }
  }
}

/** True for a pattern that says its codes with their systems: to others a resource may add what makes them one of the value set. */
const isWholeCode = ({ value, type }: Spot): boolean => {
  if (type === 'code') return true
  const { coding = [value] } = value as { coding?: readonly unknown[] }
  return coding.every((one) => isNode(one) && one['system'] !== undefined && one['code'] !== undefined)
}

/** What is fixed is among the codes that must be used, or nothing could conform. */
const checkBoundValues = ({ run }: Holder, elements: readonly Spot[], whole: StructureDefinition | undefined): void => {
  for (const spot of elements) {
    const definition = definitionAt(spot)
    const binding = definition.binding ?? whole?.snapshot?.element.find(({ id }) => id === definition.id)?.binding
    if (binding?.strength !== 'required' || binding.valueSet === undefined) continue
    const values = [...childrenNamed(spot, 'fixed'), ...childrenNamed(spot, 'pattern').filter(isWholeCode)]
    for (const value of values) {
      if (
        !['code', 'Coding', 'CodeableConcept'].includes(value.type) ||
        run.memberOf(value, binding.valueSet) !== false
      )
        continue
      run.report(
        findingAt(
          value,
          'definition-value-not-bound',
          'code-invalid',
          'This is not in the value set from which it must be.',
          {
            value: shownValue(value.value),
            expected: `a code of ${binding.valueSet}`,
            hint: 'Fix a code of the value set, or bind another one.',
          },
        ),
      )
    }
  }
}

const checkBindings = ({ run }: Holder, elements: readonly Spot[], typesAt: TypesAt): void => {
  for (const spot of elements) {
    const { binding, id = '', type } = definitionAt(spot)
    const types = type?.map(({ code }) => code) ?? typesAt(id)
    if (binding === undefined || types.length === 0 || types.some((code) => BINDABLE.has(code))) continue
    run.report(
      findingAt(
        spot,
        'definition-binding',
        'invalid',
        `An element of type ${types.join(' or ')} has no codes to bind.`,
        {
          expected: 'no binding',
          hint: 'Bind the element below it that has the code.',
        },
      ),
    )
  }
}

/** What the rules of an element are asked of, as FHIRPath knows it: an element with parts of its own by its path. */
const askedOf = (
  definition: ElementDefinition,
  structure: StructureDefinition,
  typesAt: TypesAt,
): readonly string[] => {
  if (!definition.path.includes('.')) return [structure.type]
  const types = definition.type?.map(({ code }) => code) ?? typesAt(definition.id ?? '')
  if (types.some((code) => code.includes(':'))) return []
  return types.map((code) => (code === 'BackboneElement' || code === 'Element' ? definition.path : code))
}

const checkConstraints = ({ structure, run }: Holder, elements: readonly Spot[], typesAt: TypesAt): void => {
  for (const spot of elements) {
    for (const constraint of childrenNamed(spot, 'constraint')) {
      const { expression, key } = constraint.value as { expression?: string; key?: string }
      if (expression === undefined) continue
      const on = askedOf(definitionAt(spot), structure, typesAt)
      const what = `The expression of the rule ${key}`
      checkExpression(constraint, { text: expression, on, what, key: 'definition-constraint' }, run)
    }
  }
}

/** Makes the snapshot, which fails where the profile asks for what its base does not allow. Returns it, where it can be made. */
const checkSnapshot = ({ spot, structure, run }: Holder): StructureDefinition | undefined => {
  const [view] = childrenNamed(spot, 'differential')
  if (structure.derivation !== 'constraint' || view === undefined) return undefined
  try {
    return snapshotOf(structure, (canonical) => run.definitions.structure(canonical))
  } catch (error) {
    if (!(error instanceof SnapshotFault)) throw error
    const { message, missing, element } = error
    const at = childrenNamed(view, 'element').find((one) => definitionAt(one).id === element) ?? view
    run.report(
      missing === undefined
        ? findingAt(at, 'definition-snapshot', 'invalid', `No snapshot can be made of this profile: ${message}`, {
            profile: structure.url,
            hint: 'A profile may only narrow what it builds on.',
          })
        : findingAt(
            at,
            'definition-not-checked',
            'not-found',
            `This profile builds on ${missing}, which is not known here, so it was not checked against it.`,
            {
              severity: 'warning',
              value: shownValue(missing),
              hint: 'Load the package that defines it.',
            },
          ),
    )
    return undefined
  }
}

/** The rules about a StructureDefinition as a whole: that its snapshot can be made, and that what its elements say can be followed. */
export const checkStructureDefinition: Check = (spot, run) => {
  if (run.isBroken(spot)) return
  const holder: Holder = { spot, structure: spot.value as StructureDefinition, run }
  if (holder.structure.kind === 'logical') return
  const said = elementsIn(holder, 'differential')
  const elements = said.length > 0 ? said : elementsIn(holder, 'snapshot')
  checkTypes(holder, elements)
  checkKind(spot, holder.structure, run)
  checkExtensionDefinition(spot, elements, run)
  const whole = checkSnapshot(holder)
  const types = new Map((whole?.snapshot?.element ?? []).map(({ id, type = [] }) => [id, type.map(({ code }) => code)]))
  const typesAt: TypesAt = (id) => types.get(id) ?? []
  checkConstraints(holder, elements, typesAt)
  checkNarrowing(elements, holder.structure, run)
  checkSlicings(elements, whole, (definition) => askedOf(definition, holder.structure, typesAt), run)
  checkBindings(holder, elements, typesAt)
  checkValues(holder, elements, typesAt)
  checkBoundValues(holder, elements, whole)
}
