/** Whether an extension can be used by its definition (http://hl7.org/fhir/R4/defining-extensions.html). */
import type { ElementDefinition, StructureDefinition, StructureDefinitionContext } from 'fhir/r4.js'
import { R4_MODEL } from '../../../definitions/path-model.ts'
import { isResourceType } from '../../../definitions/tables.ts'
import { childrenNamed } from '../../children.ts'
import { shownValue } from '../../findings/finding.ts'
import { findingAt, type Run, type Spot } from '../../spot.ts'
import { checkExpression } from '../expression.ts'
import type { DefinitionRule } from './definition.ts'

const EXTENSION = 'http://hl7.org/fhir/StructureDefinition/Extension'

const checkUrl = (spot: Spot, elements: readonly Spot[], run: Run): void => {
  const { url: own, baseDefinition } = spot.value as StructureDefinition
  const url = elements.find(({ value }) => (value as ElementDefinition).id === 'Extension.url')
  const fixed = url === undefined ? undefined : (url.value as ElementDefinition).fixedUri
  // What is derived from another extension may leave its address to that.
  if (fixed === own || (fixed === undefined && baseDefinition !== EXTENSION)) return
  run.report(
    findingAt(
      url ?? spot,
      'definition-extension-url',
      'invalid',
      fixed === undefined
        ? 'An extension must fix its url to the address of its own definition.'
        : 'The url that an extension fixes must be the address of its own definition.',
      {
        value: shownValue(fixed ?? 'nothing'),
        expected: own,
        hint: 'Fix it to the url of the definition.',
      },
    ),
  )
}

/** True for the path of an element of R4; a path of a type that is not known may be one. */
const isPath = (path: string): boolean => {
  const [type = '', ...names] = path.replaceAll('[x]', '').split('.')
  if (!isResourceType(type) || names.length === 0) return true
  let types: readonly string[] = [type]
  for (const name of names) {
    types = types.flatMap((one) => R4_MODEL.properties(one, name).map((property) => property.type))
    if (types.length === 0) return false
  }
  return true
}

const checkContext = (context: Spot, run: Run): void => {
  const { type, expression } = context.value as StructureDefinitionContext
  const [at = context] = childrenNamed(context, 'expression')
  if (type === 'fhirpath')
    checkExpression(at, { text: expression, on: [], what: 'The context', key: 'definition-context-unknown' }, run)
  if (type !== 'element' || isPath(expression)) return
  run.report(
    findingAt(
      at,
      'definition-context-unknown',
      'invalid',
      'R4 has no such element, so the extension can be used nowhere.',
      {
        severity: 'warning',
        value: shownValue(expression),
        expected: 'the path of an element',
        hint: 'Check its spelling; an element with [x] is named without a type.',
      },
    ),
  )
}

/** A rule about where an extension stands is asked of the element that has it. */
const checkInvariant = (spot: Spot, run: Run): void =>
  checkExpression(
    spot,
    { text: String(spot.value), on: [], what: 'The rule about the context', key: 'definition-context-invariant' },
    run,
  )

/** The rules about an extension's definition; nothing for another one. */
export const checkExtensionDefinition: DefinitionRule = ({ spot, structure, said, run }) => {
  if (structure.type !== 'Extension' || structure.derivation !== 'constraint') return
  checkUrl(spot, said, run)
  for (const context of childrenNamed(spot, 'context')) checkContext(context, run)
  for (const invariant of childrenNamed(spot, 'contextInvariant')) checkInvariant(invariant, run)
}
