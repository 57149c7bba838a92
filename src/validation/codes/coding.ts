/** What is wrong with a Coding by itself (http://hl7.org/fhir/R4/datatypes.html#Coding): its system, its code, what it is called. */
import {
  type Concept,
  isAbstract,
  isInactive,
  type LoadedCodeSystem,
} from '../../definitions/terminology/code-system.ts'
import { childOrSelf } from '../children.ts'
import type { Engine } from '../engine.ts'
import { shownValue } from '../findings/finding.ts'
import { findingAt, type Spot } from '../spot.ts'
import { checkSystem } from '../values/datatypes.ts'
import { hasForm } from './code-forms.ts'
import { checkDisplay } from './display.ts'
import { BCP_47, checkTag } from './languages.ts'
import { isOfOtherVersion, textIn } from './said.ts'
import { addressFault } from './system-address.ts'

const checkUse = (spot: Spot, concept: Concept, system: string, engine: Engine): void => {
  if (!isInactive(concept) && !isAbstract(concept)) return
  engine.report(
    findingAt(
      childOrSelf(spot, 'code'),
      'code-not-for-use',
      'business-rule',
      `This code of ${system} is ${isAbstract(concept) ? 'only there to group others' : 'no longer in use'}.`,
      {
        severity: 'warning',
        value: shownValue(concept.concept.code),
        hint: isAbstract(concept) ? 'Choose one of those below it.' : 'Choose the one that took its place.',
      },
    ),
  )
}

/** A code of a system that is made by a grammar has its form. Returns whether the system is one. */
export const checkForm = (spot: Spot, system: string, code: string | undefined, engine: Engine): boolean => {
  const isOne = code === undefined ? undefined : hasForm(system, code)
  if (isOne === true && system === BCP_47) checkTag(childOrSelf(spot, 'code'), String(code), engine)
  if (isOne !== false) return isOne === true
  engine.report(
    findingAt(childOrSelf(spot, 'code'), 'code-unknown', 'code-invalid', `No code of ${system} is written like this.`, {
      value: shownValue(code),
      expected: `a code by the grammar of ${system}`,
      hint: 'Check its spelling and its case, and whether another system is meant.',
    }),
  )
  return true
}

/** Reports an address that is taken for that of a system. Returns whether it did. */
const checkAddress = (spot: Spot, system: string, engine: Engine): boolean => {
  const fault = addressFault(system, (url) => engine.codes.system(url) !== undefined)
  if (fault === undefined) return false
  engine.report(
    findingAt(childOrSelf(spot, 'system'), 'system-address', 'code-invalid', fault.text, {
      value: shownValue(system),
      expected: fault.expected,
      hint: 'Name the system by its own address.',
    }),
  )
  return true
}

const checkUnloaded = (spot: Spot, system: string, engine: Engine): void => {
  if (checkForm(spot, system, textIn(spot.value, 'code'), engine)) return
  if (engine.definitions.valueSet(system) === undefined) {
    if (checkAddress(spot, system, engine)) return
    checkSystem(spot, engine)
    engine.unchecked('codeSystems', system)
    return
  }
  engine.report(
    findingAt(
      childOrSelf(spot, 'system'),
      'system-is-value-set',
      'code-invalid',
      'This system is the address of a value set, not of a code system.',
      {
        value: shownValue(system),
        expected: 'the address of a code system',
        hint: 'Name the code system that the code is from.',
      },
    ),
  )
}

const checkUnknown = (spot: Spot, code: string, loaded: LoadedCodeSystem, engine: Engine): void => {
  const { resource, whole } = loaded
  const system = resource.url ?? ''
  if (isOfOtherVersion(spot, loaded)) {
    engine.unchecked('codeSystems', `${system}|${textIn(spot.value, 'version')}`)
    return
  }
  if (!whole) engine.unchecked('codeSystems', system)
  // Of a fragment it is known that there are more codes; where none are there, nothing is.
  if (!whole && resource.content !== 'fragment') return
  engine.report(
    findingAt(
      childOrSelf(spot, 'code'),
      'code-unknown',
      'code-invalid',
      whole
        ? `The code system ${system} has no such code.`
        : `The part of the code system ${system} that is known here has no such code.`,
      {
        severity: whole ? 'error' : 'warning',
        value: shownValue(code),
        expected: `a code of ${system}`,
        hint: 'Check its spelling and its case, and whether another system is meant.',
      },
    ),
  )
}

/** The unit of a quantity, where it is of UCUM, is written by its grammar (http://hl7.org/fhir/R4/datatypes.html#Quantity). */
export const checkQuantity = (spot: Spot, engine: Engine): void => {
  const system = textIn(spot.value, 'system')
  if (system === undefined || checkForm(spot, system, textIn(spot.value, 'code'), engine)) return
  if (engine.codes.system(system) === undefined) checkAddress(spot, system, engine)
}

/** A code means nothing but in its system (http://hl7.org/fhir/R4/datatypes-definitions.html#Coding.system). */
const reportWithoutSystem = (spot: Spot, code: string, engine: Engine): void =>
  engine.report(
    findingAt(
      spot,
      'coding-without-system',
      'business-rule',
      'This code has no system, so nobody can tell what it means.',
      {
        severity: 'warning',
        value: shownValue(code),
        expected: 'the address of a code system',
        hint: 'Add the system that the code is from.',
      },
    ),
  )

/** What is wrong with a Coding by itself: a system that is none, a code that its system does not have, a display that is not its. */
export const checkCoding = (spot: Spot, engine: Engine): void => {
  const system = textIn(spot.value, 'system')
  const code = textIn(spot.value, 'code')
  if (system === undefined) {
    if (code !== undefined) reportWithoutSystem(spot, code, engine)
    return
  }
  const loaded = engine.codes.system(system)
  if (loaded === undefined) {
    checkUnloaded(spot, system, engine)
    return
  }
  if (loaded.resource.content === 'supplement') {
    engine.report(
      findingAt(
        childOrSelf(spot, 'system'),
        'system-is-supplement',
        'code-invalid',
        'This system is a supplement, which adds to the codes of another system and has none of its own.',
        {
          value: shownValue(system),
          expected: loaded.resource.supplements ?? 'the address of a code system',
          hint: 'Name the code system that it supplements.',
        },
      ),
    )
    return
  }
  if (code === undefined) return
  const concept = loaded.find(code)
  if (concept === undefined) {
    checkUnknown(spot, code, loaded, engine)
    return
  }
  checkUse(spot, concept, system, engine)
  checkDisplay(spot, concept, loaded, engine)
}
