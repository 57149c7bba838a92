import { existsSync } from 'node:fs'
import { describe, expect, test } from '@jest/globals'
import { isError } from '../../src/fhir/outcome.ts'
import { createValidator } from '../../src/validation/validator.ts'
import { ukCoreDefinitions } from '../validation/reference/sets.ts'
import { examples } from './cases.ts'
import { NOW } from './conformance.ts'

const SHARED = new URL('../../../shared/data/uk-core/', import.meta.url)

/** What UK Core has no profile of. */
const NO_PROFILE = ['Goal']

/** Where a worked example departs from UK Core, and why. */
const DEPARTS: Readonly<Record<string, readonly string[]>> = {
  // Whether a pharmacy may give another brand belongs to a prescription; this tells what is in the home.
  'MedicationRequest-margaret-morphine': ['required-element MedicationRequest.substitution'],
}

const checked = [...examples].filter(([, { resourceType }]) => !NO_PROFILE.includes(resourceType))

// Needs ../shared/data/uk-core, the definitions of UK Core; skipped where they are not there.
const describeWithUkCore = existsSync(SHARED) ? describe : describe.skip

describeWithUkCore('the worked examples are valid by UK Core too', () => {
  const validator = existsSync(SHARED) ? createValidator(ukCoreDefinitions()) : undefined

  test.each(checked)('%s', (name, resource) => {
    const profile = `https://fhir.hl7.org.uk/StructureDefinition/UKCore-${resource.resourceType}`
    const outcome = validator?.validate(resource, { profiles: [profile], now: NOW })
    expect(outcome?.unchecked.profiles).toEqual([])
    const errors = outcome?.findings.filter(isError).map(({ key, expression }) => `${key} ${expression}`)
    expect(errors).toEqual(DEPARTS[name] ?? [])
  })
})
