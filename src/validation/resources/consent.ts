import { childrenNamed } from '../children.ts'
import { shownValue } from '../findings/finding.ts'
import { has, type Node } from '../invariants/invariant.ts'
import { type Check, findingAt, type Run, type Spot } from '../spot.ts'

/** Each rule below another says whether it permits or denies: by what is around it, it may be either. */
const checkRules = (around: Spot, run: Run): void => {
  for (const rule of childrenNamed(around, 'provision')) {
    if (!has(rule.value as Node, 'type'))
      run.report(
        findingAt(
          rule,
          'consent-rule-type',
          'business-rule',
          'This rule does not say whether it permits or denies, so that it may be read either way.',
          { severity: 'warning', expected: 'the type deny or permit', hint: 'Add the type.' },
        ),
      )
    checkRules(rule, run)
  }
}

/**
 * Whether a rule of a Consent permits or denies: the outermost follows from the policy and does not say it, each below does
 * (http://hl7.org/fhir/R4/consent-definitions.html#Consent.provision.type). Warnings, since R4's own examples break both.
 */
export const checkConsent: Check = (spot, run) => {
  if (run.isBroken(spot)) return
  for (const root of childrenNamed(spot, 'provision')) {
    for (const type of childrenNamed(root, 'type'))
      run.report(
        findingAt(
          type,
          'consent-root-type',
          'business-rule',
          'The outermost rule does not say whether it permits or denies: that follows from the policy.',
          {
            severity: 'warning',
            value: shownValue(type.value),
            expected: 'no type here',
            hint: 'Name the policy under policyRule, and put what differs from it into rules below this one.',
          },
        ),
      )
    checkRules(root, run)
  }
}
