/** Whether an ImplementationGuide can be read as what it is (http://hl7.org/fhir/R4/implementationguide.html). */
import type { ImplementationGuideGlobal } from 'fhir/r4.js'
import { childrenNamed } from '../children.ts'
import { shownValue } from '../findings/finding.ts'
import { type Check, findingAt } from '../spot.ts'
import { checkProfileOf } from './profile-of.ts'

/** As packages are named, e.g. `hl7.fhir.us.core` (https://confluence.hl7.org/display/FHIR/NPM+Package+Specification). */
const PACKAGE = /^[A-Za-z][A-Za-z0-9_-]*(?:\.[A-Za-z0-9_-]+)+$/

/** The rules about an ImplementationGuide as a whole: that what it depends on can be packages, and that its profiles are of the types that they are for. */
export const checkImplementationGuide: Check = (spot, run) => {
  if (run.isBroken(spot)) return
  for (const needed of childrenNamed(spot, 'dependsOn')) {
    const [id] = childrenNamed(needed, 'packageId')
    if (id === undefined || PACKAGE.test(String(id.value))) continue
    run.report(
      findingAt(id, 'guide-package', 'invalid', 'No package can have this name.', {
        value: shownValue(id.value),
        expected: 'two names or more with dots between them, such as hl7.fhir.us.core',
        hint: 'Name the package as its registry does.',
      }),
    )
  }
  for (const global of childrenNamed(spot, 'global'))
    for (const profile of childrenNamed(global, 'profile'))
      checkProfileOf(profile, (global.value as ImplementationGuideGlobal).type, run)
}
