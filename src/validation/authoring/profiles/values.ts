/** What a definition says with values and codes of an element, beside the types that it may have (http://hl7.org/fhir/R4/elementdefinition.html). */
import { childrenNamed } from '../../children.ts'
import { shownValue } from '../../findings/finding.ts'
import { isNode } from '../../invariants/invariant.ts'
import { findingAt, type Spot } from '../../spot.ts'
import { BINDABLE } from '../bindable.ts'
import { checkValueSetKnown } from '../value-set-known.ts'
import { type DefinitionRule, definitionAt, FHIRPATH } from './definition.ts'

const VALUE = /^(fixed|pattern|minValue|maxValue)([A-Z]\w*)$/

/** A value that is fixed is of the type of its element; bounds of dates may be lengths of time. */
const checkType: DefinitionRule = ({ said, typesAt, run }) => {
  for (const spot of said) {
    const definition = definitionAt(spot)
    const types = typesAt(definition)
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
const checkBound: DefinitionRule = ({ said, whole, run }) => {
  const made = new Map((whole?.snapshot?.element ?? []).map(({ id, binding }) => [id, binding]))
  for (const spot of said) {
    const definition = definitionAt(spot)
    const binding = definition.binding ?? made.get(definition.id)
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

const checkBinding: DefinitionRule = ({ said, typesAt, run }) => {
  for (const spot of said) {
    const definition = definitionAt(spot)
    const types = typesAt(definition)
    for (const binding of childrenNamed(spot, 'binding'))
      if (definition.binding?.strength !== 'example')
        for (const valueSet of childrenNamed(binding, 'valueSet')) checkValueSetKnown(valueSet, run)
    if (definition.binding === undefined || types.length === 0 || types.some((code) => BINDABLE.has(code))) continue
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

const NUMBERS = ['integer', 'positiveInt', 'unsignedInt', 'decimal']
const TIMES = ['date', 'dateTime', 'instant', 'time']
const TEXTS = ['string', 'uri', 'url', 'canonical', 'code', 'id', 'oid', 'uuid', 'markdown']
const QUANTITIES = ['Quantity', 'SimpleQuantity', 'MoneyQuantity', 'Age', 'Count', 'Distance', 'Duration', 'Money']

/** What can be said of the length and the size of values, and of which types (http://hl7.org/fhir/R4/elementdefinition-definitions.html#ElementDefinition.maxLength). */
const LIMITS: readonly Readonly<{ name: string; says: RegExp; of: ReadonlySet<string> }>[] = [
  { name: 'length', says: /^maxLength$/, of: new Set([...NUMBERS, ...TIMES, ...TEXTS]) },
  { name: 'order', says: /^(?:min|max)Value[A-Z]/, of: new Set([...NUMBERS, ...TIMES, ...QUANTITIES]) },
]

/** Lengths are of texts and numbers, bounds of what can be compared: what no value has, none can be held to. */
const checkLimits: DefinitionRule = ({ said, typesAt, structure, run }) => {
  for (const spot of said) {
    const definition = definitionAt(spot)
    const types = definition.path.includes('.') ? typesAt(definition) : [structure.type]
    if (types.length === 0 || types.some((code) => code.includes(':'))) continue
    for (const name in definition) {
      const limit = LIMITS.find(({ says }) => says.test(name))
      if (limit === undefined || types.some((code) => limit.of.has(code))) continue
      run.report(
        findingAt(
          spot,
          'definition-limit',
          'invalid',
          `A value of type ${types.join(' or ')} has no ${limit.name} to be limited by ${name}.`,
          { value: name, expected: `no ${name}`, hint: 'Leave it out, or say it of an element below.' },
        ),
      )
    }
  }
}

export const VALUE_RULES: readonly DefinitionRule[] = [checkBinding, checkType, checkBound, checkLimits]
