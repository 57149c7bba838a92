/** Whether the differential of a profile can be laid over what it builds on, and whether the snapshot that comes with it is what comes of that. */
import type { StructureDefinition } from 'fhir/r4.js'
import { widens } from '../../../definitions/snapshot/constrain.ts'
import { SnapshotFault, snapshotOf } from '../../../definitions/snapshot.ts'
import { childOrSelf, childrenNamed } from '../../children.ts'
import { shownValue } from '../../findings/finding.ts'
import { findingAt, type Run, type Spot } from '../../spot.ts'
import { addressOfType, type Definition, type DefinitionRule, definitionAt, elementsUnder } from './definition.ts'

/** The structure with a snapshot made of its differential, whichever came with it; undefined, and reported, where none can be made. */
export const laidOver = (spot: Spot, run: Run): StructureDefinition | undefined => {
  const { snapshot: _, ...structure } = spot.value as StructureDefinition
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

/** Elements stand in the order of what they narrow: out of it, tools take one for a new element and find none (http://hl7.org/fhir/R4/profiling.html#differential). */
const checkOrder: DefinitionRule = ({ spot, whole, run }) => {
  const places = new Map((whole?.snapshot?.element ?? []).map(({ id }, index) => [id, index]))
  let last = -1
  for (const element of elementsUnder(spot, 'differential')) {
    const place = places.get(definitionAt(element).id ?? '')
    if (place === undefined) continue
    if (place < last)
      run.report(
        findingAt(
          element,
          'definition-order',
          'invalid',
          'This element stands after one that comes later in what the profile builds on.',
          {
            value: shownValue(definitionAt(element).id),
            expected: 'the order of the base',
            hint: 'Put the elements into the order of the base, each slice with what is below it.',
          },
        ),
      )
    last = Math.max(last, place)
  }
}

/** Whether there is an element that a `contentReference` names, in the structure itself or in another that is known. */
const isElement = ({ run }: Definition, reference: string, own: ReadonlySet<string | undefined>): boolean => {
  const [address = '', fragment = ''] = reference.split('#')
  if (own.has(fragment)) return true
  const found = run.definitions.structure(
    addressOfType(address === '' ? (fragment.split('.', 1)[0] as string) : address),
  )
  return found === undefined || found.snapshot?.element.some(({ id }) => id === fragment) === true
}

/** Each element of a snapshot below the first is of a type, or is as another element that there is (http://hl7.org/fhir/R4/elementdefinition-definitions.html#ElementDefinition.type). */
const checkTyped: DefinitionRule = (definition) => {
  const { spot, whole, run } = definition
  for (const view of ['differential', 'snapshot'] as const) {
    const spots = elementsUnder(spot, view)
    const ids = new Set([...spots.map(definitionAt), ...(whole?.snapshot?.element ?? [])].map(({ id }) => id))
    for (const at of spots) {
      const { path, type, contentReference } = definitionAt(at)
      if (contentReference !== undefined && !isElement(definition, contentReference, ids))
        run.report(
          findingAt(
            childOrSelf(at, 'contentReference'),
            'definition-content-reference',
            'invalid',
            'There is no element of this id, whose content this one could have.',
            {
              value: shownValue(contentReference),
              expected: '# and the id of an element of the structure',
              hint: 'Check the id.',
            },
          ),
        )
      if (view === 'snapshot' && path.includes('.') && type === undefined && contentReference === undefined)
        run.report(
          findingAt(
            at,
            'definition-type-missing',
            'required',
            'An element of a snapshot has a type, and this has none.',
            {
              expected: 'type, or contentReference',
              hint: 'Make the snapshot anew, or add the type that the base has.',
            },
          ),
        )
    }
  }
}

/** A snapshot is what validators go by, so it must not allow what the base does not, whatever the differential says. */
const checkWider: DefinitionRule = ({ spot, structure, whole, baseOf, run }) => {
  const isSaid = elementsUnder(spot, 'differential').length > 0
  if (structure.derivation !== 'constraint' || (isSaid && whole === undefined)) return
  for (const element of elementsUnder(spot, 'snapshot')) {
    const said = definitionAt(element)
    const base = baseOf(said)
    const fault = base === undefined ? undefined : widens(base, said, said.id?.endsWith(`:${said.sliceName}`) === true)
    if (fault !== undefined)
      run.report(
        findingAt(
          element,
          'definition-snapshot-wider',
          'invalid',
          `The snapshot widens what the profile builds on: ${fault}`,
          {
            value: shownValue(said.id),
            expected: 'what the base allows, or less',
            hint: 'Make the snapshot anew from the differential.',
          },
        ),
      )
  }
}

/** What of an element a reader of the snapshot would otherwise take for looser than the differential says. */
const ASKED = ['min', 'max'] as const

/** A snapshot that says otherwise than the differential is of an earlier one: who reads it holds to what is no longer meant. */
const checkStale: DefinitionRule = ({ spot, whole, run }) => {
  const kept = elementsUnder(spot, 'snapshot')
  const [view] = childrenNamed(spot, 'snapshot')
  if (whole === undefined || view === undefined) return
  const byId = new Map(kept.map((element) => [definitionAt(element).id, element]))
  const made = new Map((whole.snapshot?.element ?? []).map((element) => [element.id, element]))
  const warn = (at: Spot, text: string, value: unknown, expected: unknown): void =>
    run.report(
      findingAt(at, 'definition-snapshot-stale', 'invalid', text, {
        severity: 'warning',
        value: shownValue(value),
        expected: shownValue(expected),
        hint: 'Make the snapshot anew from the differential.',
      }),
    )
  for (const said of elementsUnder(spot, 'differential')) {
    const { id } = definitionAt(said)
    const expected = made.get(id)
    if (expected === undefined) continue
    const there = byId.get(id)
    if (there === undefined) {
      warn(view, `The differential speaks of ${id}, which the snapshot does not have.`, undefined, id)
      continue
    }
    for (const name of ASKED)
      if (definitionAt(there)[name] !== expected[name])
        warn(
          childOrSelf(there, name),
          `The snapshot says another ${name} than comes of the differential.`,
          definitionAt(there)[name],
          expected[name],
        )
  }
}

export const SNAPSHOT_RULES: readonly DefinitionRule[] = [checkOrder, checkTyped, checkWider, checkStale]
