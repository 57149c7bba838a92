/** Whether a map leads from codes to codes that there are (http://hl7.org/fhir/R4/conceptmap.html). */
import type { CodeSystem, ConceptMap, ConceptMapGroup } from 'fhir/r4.js'
import { displaysOf, sameText } from '../../../definitions/terminology/validation.ts'
import { childOrSelf, childrenNamed } from '../../children.ts'
import { shownValue } from '../../findings/finding.ts'
import { type Check, findingAt, type Run, type Spot } from '../../spot.ts'
import { loadedOf, mayBeNewer } from './concepts.ts'

/** Where the codes of one side of a group come from. */
type Side = Readonly<{
  name: 'source' | 'target'
  system: string | undefined
  /** Where it is known with codes of its own. */
  known: CodeSystem | undefined
  /** True where it is known whole, and has no other codes. */
  isWhole: boolean
  /** The value set that the whole map is from, or to. */
  scope: string | undefined
}>

type Mapped = Readonly<{ code?: string; display?: string }>

const HAVING_CODES: readonly string[] = ['complete', 'fragment']

const sideOf = (name: Side['name'], group: Spot, scope: string | undefined, run: Run): Side => {
  const { [name]: system, [`${name}Version` as const]: version } = group.value as ConceptMapGroup
  const found = system === undefined ? undefined : run.definitions.codeSystem(system)
  const known = HAVING_CODES.includes(found?.content ?? '') ? found : undefined
  return { name, system, known, isWhole: known?.content === 'complete' && !mayBeNewer(known, version), scope }
}

const checkScope = (spot: Spot, code: string, { name, system, scope }: Side, run: Run): void => {
  if (scope === undefined || run.memberOf({ type: 'Coding', value: { system, code } }, scope) !== false) return
  run.report(
    findingAt(
      childOrSelf(spot, 'code'),
      'map-code-outside',
      'code-invalid',
      `This code is not in the value set that is the ${name} of the map.`,
      {
        value: shownValue(code),
        expected: `a code of ${scope}`,
        hint: `Leave it out, or name another value set as the ${name}.`,
      },
    ),
  )
}

const checkDisplay = (spot: Spot, display: string | undefined, names: readonly string[], run: Run): void => {
  if (display === undefined || names.length === 0 || names.some((name) => sameText(name, display))) return
  run.report(
    findingAt(
      childOrSelf(spot, 'display'),
      'display-mismatch',
      'value',
      'The code is not called so in its code system.',
      {
        severity: 'warning',
        value: shownValue(display),
        expected: names.join(' or '),
        hint: 'Call it as its code system does, or check that the code is the one that is meant.',
      },
    ),
  )
}

const checkMapped = (spot: Spot, side: Side, run: Run): void => {
  const { code, display } = spot.value as Mapped
  const { known, system, isWhole } = side
  if (code === undefined || known === undefined) return
  const found = loadedOf(known).find(code)
  if (found !== undefined) {
    checkDisplay(spot, display, displaysOf(found), run)
    checkScope(spot, code, side, run)
    return
  }
  run.report(
    findingAt(
      childOrSelf(spot, 'code'),
      'code-unknown',
      'code-invalid',
      isWhole
        ? `The code system ${system} has no such code.`
        : `What is known here of the code system ${system} has no such code.`,
      {
        ...(isWhole ? {} : { severity: 'warning' }),
        value: shownValue(code),
        expected: `a code of ${system}`,
        hint: 'Check its spelling and its case.',
      },
    ),
  )
}

/** A code is mapped to another once: two entries could say two things of the pair. */
const checkOnce = (element: Spot, seen: Set<string>, run: Run): void => {
  const { code } = element.value as Mapped
  for (const target of childrenNamed(element, 'target')) {
    const key = JSON.stringify([code, (target.value as Mapped).code])
    if (seen.has(key))
      run.report(
        findingAt(target, 'map-twice', 'invalid', 'This code is mapped to this target already.', {
          severity: 'warning',
          value: shownValue((target.value as Mapped).code),
          expected: 'each pair once',
          hint: 'Leave one of them out.',
        }),
      )
    seen.add(key)
  }
}

const checkNamed = (group: Spot, { name, system }: Side, run: Run): void => {
  if (system !== undefined) return
  run.report(
    findingAt(
      group,
      'map-system-missing',
      'invalid',
      `The group does not say which code system its ${name} codes are of.`,
      {
        severity: 'warning',
        expected: `${name}, the address of a code system`,
        hint: `Add ${name}.`,
      },
    ),
  )
}

/** The rules about a ConceptMap as a whole: that what it maps are codes of the systems and of the value sets that it names. */
export const checkConceptMap: Check = (spot, run) => {
  if (run.isBroken(spot)) return
  const { sourceUri, sourceCanonical, targetUri, targetCanonical } = spot.value as ConceptMap
  for (const group of childrenNamed(spot, 'group')) {
    const from = sideOf('source', group, sourceCanonical ?? sourceUri, run)
    const to = sideOf('target', group, targetCanonical ?? targetUri, run)
    const seen = new Set<string>()
    for (const side of [from, to]) checkNamed(group, side, run)
    for (const element of childrenNamed(group, 'element')) {
      checkMapped(element, from, run)
      for (const mapped of childrenNamed(element, 'target')) checkMapped(mapped, to, run)
      checkOnce(element, seen, run)
    }
  }
}
