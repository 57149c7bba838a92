import type { Consent } from 'fhir/r4.js'
import { type Issue, issue } from '../../fhir/outcome.ts'
import { resourceKey } from '../../fhir/resource.ts'
import { EXTENSION } from '../codes.ts'
import { isFuture } from '../dates.ts'
import { at } from '../expression.ts'
import { consentPeriods, hasEnd, standingOf } from '../in-force.ts'
import { activeSharingDecisions } from '../jurisdiction.ts'
import { extensions, type PersonRecord } from '../person.ts'
import { sameContent } from '../same-content.ts'
import { isPermitting } from '../sharing.ts'
import { listOf, VALUE_SET } from '../value-sets.ts'
import type { RecordRule } from './rule.ts'

/**
 * A decision takes the place of the one in force, so it must itself be in force. Nobody stops sharing on the day on which a consent ends, so a
 * consent has no end; an objection that has one withholds until then, and is told of.
 */
const checkPeriods = (decision: Consent, now: Date): Issue[] =>
  consentPeriods(decision).flatMap(({ period, path }) => {
    if (path === 'provision.period' && standingOf(period, now) !== 'in-force') {
      return [
        issue(
          'sharing-decision',
          at(decision, path),
          'The period of this sharing decision does not include now, so it decides nothing, and must not take the place of one that does. Record the decision that holds now.',
        ),
      ]
    }
    if (!hasEnd(period, now) && standingOf(period, now) === 'in-force') return []
    if (isPermitting(decision)) {
      return [
        issue(
          'sharing-decision',
          at(decision, path),
          'A decision that lets others see the record holds from now until another takes its place. Leave the period out, and record a withdrawal when it ends.',
        ),
      ]
    }
    return [
      issue(
        'sharing-decision',
        at(decision, path),
        'Once this period is over, what it is about counts as not decided. Ask the person before that day, and record what they decide.',
        { severity: 'warning' },
      ),
    ]
  })

const checkDecision = (decision: Consent, now: Date): Issue[] => {
  const codes = extensions(decision, EXTENSION.sharingDecision).map(({ valueCode }) => valueCode ?? '')
  const issues: Issue[] = []
  if (codes.length !== 1 || !VALUE_SET.sharingDecision.has(codes[0] ?? '')) {
    issues.push(
      issue(
        'sharing-decision',
        at(decision, 'extension'),
        `A sharing decision has the extension ${EXTENSION.sharingDecision} once, with one of: ${listOf(VALUE_SET.sharingDecision)}.`,
        { code: 'code-invalid' },
      ),
    )
  }
  if (decision.dateTime === undefined || isFuture(decision.dateTime, now)) {
    issues.push(
      issue(
        'sharing-decision',
        at(decision, 'dateTime'),
        'A sharing decision says when it was made, and that is not in the future: the latest decision counts.',
      ),
    )
  }
  return [...issues, ...checkPeriods(decision, now)]
}

/** What may become of a decision in force: it is retired once a new one holds, or marked as an error. */
const checkEarlier = (earlier: Consent, after: PersonRecord): Issue[] => {
  const later = after.resources.get(resourceKey(earlier)) as Consent | undefined
  if (later === undefined || !sameContent({ ...earlier, status: later.status }, later)) {
    return [
      issue(
        'sharing-decision',
        at(earlier, ''),
        'A sharing decision in force is not changed or deleted. Record the new decision as a new Consent and make this one inactive.',
        { code: 'conflict' },
      ),
    ]
  }
  if (later.status === 'active' || later.status === 'entered-in-error') return []
  if (later.status === 'inactive' && activeSharingDecisions(after).length > 0) return []
  return [
    issue(
      'sharing-decision',
      at(later, 'status'),
      'A sharing decision ends when a new one takes its place, so that an objection cannot just vanish. Record the new decision in the same transaction, or mark this one entered-in-error.',
    ),
  ]
}

/** Reference 1.3 and 4.4: not asked, objection and withdrawal stay distinct, and none of them gets lost. */
export const sharingDecision: RecordRule = {
  key: 'sharing-decision',
  title: 'A sharing decision is known, dated, and ended only by a newer one',
  severity: 'error',
  source: 'Domain reference 1.3 and 4.4',
  check: (after, { before, now }) => {
    const active = activeSharingDecisions(after)
    const fresh = active.filter((decision) => before?.resources.has(resourceKey(decision)) !== true)
    const issues = fresh.flatMap((decision) => checkDecision(decision, now))
    if (active.length > 1 && fresh.length > 0) {
      issues.push(
        ...fresh.map((decision) =>
          issue(
            'sharing-decision',
            at(decision, 'status'),
            'More than one sharing decision is active now. Where they contradict each other, nothing is shared. Make those inactive that no longer hold.',
            { severity: 'warning' },
          ),
        ),
      )
    }
    return [
      ...issues,
      ...(before === undefined ? [] : activeSharingDecisions(before)).flatMap((earlier) =>
        checkEarlier(earlier, after),
      ),
    ]
  },
}
