/** The element that an item of a form is for (http://hl7.org/fhir/R4/questionnaire-definitions.html#Questionnaire.item.definition). */
import type { ElementDefinition, QuestionnaireItem } from 'fhir/r4.js'
import { isPrimitive } from '../../definitions/tables.ts'
import { childOrSelf } from '../children.ts'
import type { EngineCheck } from '../engine.ts'
import { shownValue } from '../findings/finding.ts'
import type { Library } from '../profile/library.ts'
import type { ElementNode } from '../profile/tree.ts'
import { findingAt } from '../spot.ts'

const NONE: ReadonlyMap<string, ElementNode> = new Map()

/** What stands below an element: in its own definition, or by its type. */
const below = ({ children, definition }: ElementNode, library: Library): ReadonlyMap<string, ElementNode> => {
  if (children.size > 0) return children
  const { contentReference, type = [] } = definition
  if (contentReference !== undefined) return library.typeTree(contentReference.replace(/^.*#/, ''))?.children ?? NONE
  return new Map(type.flatMap(({ code }) => [...(library.typeTree(code)?.children ?? [])]))
}

const isChoice = ({ definition }: ElementNode): boolean => definition.path.endsWith('[x]')

/** True for the rest of `valueQuantity`, of which the choice is named `value`. */
const isTypeName = (rest: string): boolean => /^[A-Z][A-Za-z0-9]*$/.test(rest)

/** The element that a segment of an id names: `name`, `value[x]`, `valueQuantity`, `component:systolic`, `value[x]:valueQuantity`. */
const stepInto = (node: ElementNode, segment: string, library: Library): ElementNode | undefined => {
  const [name = '', sliceName] = segment.split(':')
  const children = below(node, library)
  const child =
    children.get(name.replace(/\[x\]$/, '')) ??
    [...children.values()].find(
      (one) => isChoice(one) && name.startsWith(one.name) && isTypeName(name.slice(one.name.length)),
    )
  if (child === undefined || sliceName === undefined) return child
  return child.slices.find((slice) => slice.sliceName === sliceName) ?? (isChoice(child) ? child : undefined)
}

const elementAt = (root: ElementNode, id: string, library: Library): ElementNode | undefined => {
  const [first, ...segments] = id.split('.')
  if (first !== root.name) return undefined
  let node: ElementNode | undefined = root
  for (const segment of segments) node = node === undefined ? undefined : stepInto(node, segment, library)
  return node
}

type Family = 'truth' | 'number' | 'moment' | 'text' | 'bytes' | 'complex'

const FAMILIES: Readonly<Record<string, Family>> = {
  base64Binary: 'bytes',
  boolean: 'truth',
  date: 'moment',
  dateTime: 'moment',
  decimal: 'number',
  instant: 'moment',
  integer: 'number',
  positiveInt: 'number',
  time: 'moment',
  unsignedInt: 'number',
}

/** All other primitives are texts. */
const familyOf = (code: string): Family => FAMILIES[code] ?? (isPrimitive(code) ? 'text' : 'complex')

/** What the answers of each type of item may go into: what has parts may take them into one of these. */
const TAKEN_BY: Readonly<Record<string, readonly Family[]>> = {
  attachment: ['bytes', 'text', 'complex'],
  boolean: ['truth'],
  choice: ['number', 'moment', 'text', 'complex'],
  date: ['moment', 'complex'],
  dateTime: ['moment', 'complex'],
  decimal: ['number', 'complex'],
  group: ['complex'],
  integer: ['number', 'complex'],
  'open-choice': ['number', 'moment', 'text', 'complex'],
  quantity: ['complex'],
  reference: ['text', 'complex'],
  string: ['text', 'complex'],
  text: ['text', 'complex'],
  time: ['moment', 'complex'],
  url: ['text', 'complex'],
}

const isFit = (item: QuestionnaireItem, { type = [] }: ElementDefinition): boolean => {
  const families = TAKEN_BY[item.type]
  // A type of FHIRPath says by an extension what it is.
  const codes = type.map(({ code }) => code).filter((code) => !code.startsWith('http'))
  return families === undefined || codes.length === 0 || codes.some((code) => families.includes(familyOf(code)))
}

/** The address of a definition, and behind # the id of one of its elements; without one its first is meant. */
const ADDRESS = /^([^#]+)(?:#(.+))?$/

/** An item that says which element it is for is of its type, and bounded no more widely. What is not known stands in `unchecked`. */
export const checkDefinition: EngineCheck = (item, engine) => {
  const question = item.value as QuestionnaireItem
  const [, address, id] = ADDRESS.exec(question.definition ?? '') ?? []
  if (address === undefined) return
  const warn = (name: string, key: string, text: string, expected: string, hint: string): void => {
    const at = childOrSelf(item, name)
    engine.report(
      findingAt(at, key, 'business-rule', text, {
        severity: 'warning',
        value: shownValue(at.value),
        expected,
        hint,
      }),
    )
  }
  const root = engine.library.tree(address)
  if (root === undefined) {
    if (address.includes('/StructureDefinition/')) engine.unchecked('profiles', address)
    return
  }
  const found = id === undefined ? root : elementAt(root, id, engine.library)
  if (found === undefined) {
    warn(
      'definition',
      'item-definition-unknown',
      'The definition that this names has no such element.',
      `${address}# and the id of one of its elements`,
      'Check the id behind the #: it begins with the type.',
    )
    return
  }
  const { definition } = found
  const codes = (definition.type ?? []).map(({ code }) => code).join(' or ')
  if (!isFit(question, definition))
    warn(
      'type',
      'item-definition-type',
      `The element that this item is for is of type ${codes}, which takes no answer of type ${question.type}.`,
      `a type of question for ${codes}`,
      'Correct the type, or name the element that is meant.',
    )
  if (definition.maxLength !== undefined && (question.maxLength ?? 0) > definition.maxLength)
    warn(
      'maxLength',
      'item-definition-length',
      'An answer may be longer than the element that this item is for.',
      `at most ${definition.maxLength}`,
      'Let answers be no longer than the element.',
    )
  if (question.repeats === true && definition.max === '1' && found !== root)
    warn(
      'repeats',
      'item-definition-repeats',
      'This may be answered more than once, and the element that it is for does not repeat.',
      'an item that does not repeat',
      'Leave repeats out, or name an element that repeats.',
    )
}
