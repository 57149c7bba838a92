/** What a StructureDefinition says of itself beside what it builds on (http://hl7.org/fhir/R4/structuredefinition.html). */
import { childOrSelf, childrenNamed } from '../../children.ts'
import { type Finding, shownValue } from '../../findings/finding.ts'
import { findingAt } from '../../spot.ts'
import type { DefinitionRule } from './definition.ts'

/** A profile is of the kind and the type of what it builds on; a type of its own is of another type. */
const checkBase: DefinitionRule = ({ spot, structure, run }) => {
  const { kind, derivation, baseDefinition = '', type } = structure
  const base = run.definitions.structure(baseDefinition)
  if (base === undefined) return
  const report = (name: string, key: string, text: string, more: Partial<Finding>): void =>
    run.report(findingAt(childOrSelf(spot, name), key, 'invalid', text, more))
  if (derivation === undefined)
    report('derivation', 'definition-derivation', 'What builds on another definition says whether it constrains it.', {
      value: shownValue(derivation),
      expected: 'constraint or specialization',
      hint: 'Add derivation: constraint for a profile, specialization for a type.',
    })
  if (derivation === 'constraint' && base.kind !== kind)
    report('kind', 'definition-kind', `This builds on a ${base.kind}, and is of the same kind.`, {
      value: shownValue(kind),
      expected: base.kind,
      hint: 'Take over the kind of what it builds on.',
    })
  if (derivation === 'specialization' && base.type === type)
    report('type', 'definition-type-taken', 'A type that specializes another has a name of its own.', {
      value: shownValue(type),
      expected: `another name than ${base.type}`,
      hint: 'Give it a name, or make it a constraint.',
    })
}

/** Only an extension has places where it may stand. */
const checkContext: DefinitionRule = ({ spot, structure, run }) => {
  const [context] = childrenNamed(spot, 'context')
  if (context === undefined || structure.type === 'Extension') return
  run.report(
    findingAt(context, 'definition-context', 'invalid', 'Only an extension says where it may stand.', {
      expected: 'no context',
      hint: 'Leave the context out.',
    }),
  )
}

export const LINEAGE_RULES: readonly DefinitionRule[] = [checkBase, checkContext]
