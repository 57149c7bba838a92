/** The types that a definition gives an element, and the profiles of them (http://hl7.org/fhir/R4/elementdefinition-definitions.html#ElementDefinition.type). */
import type { StructureDefinition } from 'fhir/r4.js'
import { isResourceType, lineageOf } from '../../../definitions/tables.ts'
import { childrenNamed } from '../../children.ts'
import { isCanonicalResource } from '../../extensions/context.ts'
import { shownValue } from '../../findings/finding.ts'
import { findingAt, type Run, type Spot } from '../../spot.ts'
import { addressOfType, type DefinitionRule, definitionAt, FHIRPATH } from './definition.ts'

const checkKnown = (type: Spot, code: string, run: Run): void => {
  if (code.startsWith(FHIRPATH) || run.definitions.structure(addressOfType(code)) !== undefined) return
  run.report(
    findingAt(type, 'definition-type-unknown', 'invalid', 'R4 has no such type.', {
      value: shownValue(code),
      expected: 'the name of a type of R4',
      hint: 'Check its spelling and its case.',
    }),
  )
}

const reportUnknown = (spot: Spot, run: Run): void =>
  run.report(
    findingAt(
      spot,
      'definition-profile-unknown',
      'not-found',
      'This profile is not known here, so it was not checked.',
      {
        severity: 'warning',
        value: shownValue(spot.value),
        expected: 'the address of a profile that is loaded',
        hint: 'Load the package that defines it, or check the address.',
      },
    ),
  )

/** An extension that modifies stands under modifierExtension, and no other does. */
const checkPlace = (spot: Spot, path: string, { snapshot }: StructureDefinition, run: Run): void => {
  const isModifier = snapshot?.element[0]?.isModifier === true
  const name = path.slice(path.lastIndexOf('.') + 1)
  if (!['extension', 'modifierExtension'].includes(name) || isModifier === (name === 'modifierExtension')) return
  run.report(
    findingAt(
      spot,
      isModifier ? 'extension-is-modifier' : 'extension-no-modifier',
      'invalid',
      isModifier
        ? 'This extension changes what other elements mean, so it must stand under modifierExtension.'
        : 'This extension changes nothing that other elements mean, so it must stand under extension.',
      {
        value: shownValue(spot.value),
        expected: isModifier ? 'modifierExtension' : 'extension',
        hint: 'Make it a slice of the other.',
      },
    ),
  )
}

const checkProfile = (spot: Spot, code: string, path: string, run: Run): void => {
  const found = run.definitions.structure(String(spot.value))
  if (found === undefined) {
    reportUnknown(spot, run)
    return
  }
  if (found.type === 'Extension') checkPlace(spot, path, found, run)
  if (found.type === code || lineageOf(found.type).includes(code) || code.startsWith('http')) return
  run.report(
    findingAt(
      spot,
      'definition-type-profile',
      'invalid',
      `This profile is of ${found.type}, and the type is ${code}.`,
      {
        value: shownValue(spot.value),
        expected: `a profile of ${code}`,
        hint: 'Name a profile of the type.',
      },
    ),
  )
}

/** References lead to resources, canonical addresses to those that have one. */
const checkTarget = (spot: Spot, code: string, run: Run): void => {
  const found = run.definitions.structure(String(spot.value))
  if (found === undefined) {
    reportUnknown(spot, run)
    return
  }
  const isMeant = code !== 'canonical' || found.type === 'Resource' || isCanonicalResource(found.type)
  if (found.kind === 'logical' || (isResourceType(found.type) && isMeant)) return
  run.report(
    findingAt(spot, 'definition-target-type', 'invalid', `A ${code} cannot lead to a ${found.type}.`, {
      value: shownValue(spot.value),
      expected: code === 'canonical' ? 'a type of resource that has an address (url)' : 'a type of resource',
      hint: 'Name a profile of a resource.',
    }),
  )
}

export const checkTypes: DefinitionRule = ({ said, structure, run }) => {
  for (const spot of said) {
    const { path } = definitionAt(spot)
    for (const type of childrenNamed(spot, 'type')) {
      const { code } = type.value as { code: string }
      if (structure.kind !== 'logical') checkKnown(type, code, run)
      for (const profile of childrenNamed(type, 'profile')) checkProfile(profile, code, path, run)
      if (code === 'Reference' || code === 'canonical')
        for (const target of childrenNamed(type, 'targetProfile')) checkTarget(target, code, run)
    }
  }
}
