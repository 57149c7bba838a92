/** Whether a value set says what can be followed (http://hl7.org/fhir/R4/valueset.html). */
import type { ValueSet, ValueSetComposeInclude } from 'fhir/r4.js'
import { childOrSelf, childrenNamed } from '../../children.ts'
import { shownValue } from '../../findings/finding.ts'
import { type Check, findingAt, type Run, type Spot } from '../../spot.ts'
import { checkSystem } from '../../values/datatypes.ts'
import { checkValueSetKnown } from '../value-set-known.ts'
import { checkListed } from './concepts.ts'
import { checkExpansion } from './expansion.ts'
import { checkFilter, checkFilterOf } from './filter.ts'

/** A code that is listed twice in one part is one code. */
const checkListedOnce = (spot: Spot, run: Run): void => {
  const seen = new Set<string>()
  for (const concept of childrenNamed(spot, 'concept')) {
    const { code } = concept.value as { code: string }
    if (seen.has(code))
      run.report(
        findingAt(concept, 'code-listed-twice', 'invalid', 'This code is listed here already.', {
          severity: 'warning',
          value: shownValue(code),
          expected: 'each code once',
          hint: 'Leave one of them out.',
        }),
      )
    seen.add(code)
  }
}

/** A version stands beside the system, which is no canonical address (http://hl7.org/fhir/R4/valueset-definitions.html#ValueSet.compose.include.version). */
const checkVersion = (spot: Spot, system: string, run: Run): void => {
  const [address, version] = system.split('|')
  if (version === undefined) return
  run.report(
    findingAt(
      childOrSelf(spot, 'system'),
      'system-with-version',
      'invalid',
      'The version of a code system stands beside it, not in its address.',
      {
        value: shownValue(system),
        expected: `the system ${address}, and the version ${version}`,
        hint: 'Move what stands after the bar to version.',
      },
    ),
  )
}

/** The value sets of which one is made are known, and none of them is itself. */
const checkImports = (spot: Spot, whole: ValueSet, run: Run): void => {
  for (const included of childrenNamed(spot, 'valueSet')) {
    if (whole.url === undefined || String(included.value).split('|')[0] !== whole.url) {
      checkValueSetKnown(included, run)
      continue
    }
    run.report(
      findingAt(
        included,
        'value-set-of-itself',
        'invalid',
        'This value set is made of itself, so that nobody can list it.',
        {
          value: shownValue(included.value),
          expected: 'the address of another value set',
          hint: 'Name the value set that is meant, or leave it out.',
        },
      ),
    )
  }
}

const checkInclude = (spot: Spot, run: Run): void => {
  const { system, version } = spot.value as ValueSetComposeInclude
  const known = system === undefined ? undefined : run.definitions.codeSystem(system)
  for (const filter of childrenNamed(spot, 'filter')) checkFilter(filter, known, run)
  checkListedOnce(spot, run)
  if (system === undefined) return
  checkVersion(spot, system, run)
  if (known === undefined) {
    if (run.definitions.valueSet(system) === undefined) {
      checkSystem(spot, run)
      return
    }
    run.report(
      findingAt(
        childOrSelf(spot, 'system'),
        'system-is-value-set',
        'invalid',
        'This system is the address of a value set, not of a code system.',
        {
          value: shownValue(system),
          expected: 'the address of a code system',
          hint: 'Name the code system, or include the value set under valueSet.',
        },
      ),
    )
    return
  }
  if (known.content === 'supplement') {
    run.report(
      findingAt(
        childOrSelf(spot, 'system'),
        'system-is-supplement',
        'invalid',
        'This system is a supplement, which adds to the codes of another system and has none of its own.',
        {
          value: shownValue(system),
          expected: known.supplements ?? 'the address of a code system',
          hint: 'Name the code system that it supplements.',
        },
      ),
    )
    return
  }
  for (const filter of childrenNamed(spot, 'filter')) checkFilterOf(filter, known, version, run)
  for (const concept of childrenNamed(spot, 'concept'))
    checkListed(concept, (concept.value as { code: string }).code, known, version, run)
}

/** The rules about a ValueSet as a whole: that its systems are code systems, that these have its codes, that its filters can be asked, and what it came to. */
export const checkValueSet: Check = (spot, run) => {
  if (run.isBroken(spot)) return
  for (const compose of childrenNamed(spot, 'compose'))
    for (const name of ['include', 'exclude'])
      for (const one of childrenNamed(compose, name)) {
        checkImports(one, spot.value as ValueSet, run)
        checkInclude(one, run)
      }
  for (const expansion of childrenNamed(spot, 'expansion')) checkExpansion(expansion, run)
}
