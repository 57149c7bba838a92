import { isDeepStrictEqual } from 'node:util'
import type { Consent } from 'fhir/r4.js'
import { type Issue, issue } from '../../fhir/outcome.ts'
import { resourceKey } from '../../fhir/resource.ts'
import { EXTENSION } from '../codes.ts'
import { dayOf, isAfter, isFuture } from '../dates.ts'
import { at } from '../expression.ts'
import { extension, type PersonRecord } from '../person.ts'
import { activeRestrictions, isUnderstood, restrictedReader } from '../portal-restriction.ts'
import { sameContent } from '../same-content.ts'
import type { RecordRule } from './rule.ts'

const KEY = 'portal-restriction'

const checkProvisions = (restriction: Consent, person: PersonRecord): Issue[] => {
  const { id: _, provision: nested = [], ...beside } = restriction.provision ?? {}
  if (nested.length === 0 || Object.keys(beside).length > 0)
    return [
      issue(
        KEY,
        at(restriction, 'provision'),
        'A portal restriction says what it hides in nested provisions alone. It has no period: it holds until it is made inactive.',
      ),
    ]
  return nested.flatMap((provision, index) => {
    const path = `provision.provision[${index}]`
    const { actor = [] } = provision
    const wrong = isUnderstood(provision)
      ? []
      : [
          issue(
            KEY,
            at(restriction, path),
            'What can be hidden is the decision about CPR: a nested provision has the type deny, the code of CPR (SNOMED CT 89666000), its actors, and nothing else.',
          ),
        ]
    const unnamed =
      actor.length > 0
        ? []
        : [issue(KEY, at(restriction, `${path}.actor`), 'Say from whom it is hidden, in at least one actor.')]
    const unknown = actor.flatMap(({ reference }, number) =>
      restrictedReader(reference, person) === undefined
        ? [
            issue(
              KEY,
              at(restriction, `${path}.actor[${number}].reference`),
              'It can be hidden from the person (a reference to the Patient), from one who speaks for them (to a RelatedPerson), or from all of these (no reference, and the type RelatedPerson). From those who treat the person it cannot be hidden.',
            ),
          ]
        : [],
    )
    return [...wrong, ...unnamed, ...unknown]
  })
}

const extensionPath = (url: string): string => `extension('${url}')`

const lookAgainOn = (restriction: Consent | undefined): string | undefined =>
  restriction === undefined ? undefined : extension(restriction, EXTENSION.reviewDate)?.valueDate

const checkRestriction = (
  restriction: Consent,
  person: PersonRecord,
  { earlier, now }: Readonly<{ earlier: Consent | undefined; now: Date }>,
): Issue[] => {
  const { dateTime, performer = [] } = restriction
  const lookAgain = lookAgainOn(restriction)
  const wanted: readonly (readonly [path: string, isThere: boolean, text: string])[] = [
    [
      extensionPath(EXTENSION.restrictionReason),
      (extension(restriction, EXTENSION.restrictionReason)?.valueString ?? '').trim() !== '',
      `A portal restriction says in words why the person wants it, in the extension ${EXTENSION.restrictionReason}.`,
    ],
    [
      extensionPath(EXTENSION.reviewDate),
      // Where the day has come, and what is hidden changes, it is still looked at again.
      lookAgain !== undefined && (isAfter(lookAgain, dayOf(now)) || lookAgain === lookAgainOn(earlier)),
      `A portal restriction has a day in the future on which to look at it again, in the extension ${EXTENSION.reviewDate}. It goes on until it is made inactive.`,
    ],
    [
      'dateTime',
      dateTime !== undefined && !isFuture(dateTime, now),
      'A portal restriction says when it was decided, and that is not in the future.',
    ],
    ['performer', performer.length > 0, 'A portal restriction says who asked for it, in performer.'],
    [
      'performer',
      // By this it is told who may end it.
      performer.length === 0 || earlier === undefined || isDeepStrictEqual(performer, earlier.performer),
      'Who asked for a portal restriction stays as it was recorded. Where somebody else asks, make this one inactive and record another.',
    ],
  ]
  return [
    ...wanted.flatMap(([path, isThere, text]) => (isThere ? [] : [issue(KEY, at(restriction, path), text)])),
    ...checkProvisions(restriction, person),
  ]
}

/** Domain model, section 6: a person may hide the CPR decision from their own portal or from a carer, with a reason and a date to look again. */
export const portalRestriction: RecordRule = {
  key: KEY,
  title:
    'What a person hides at portals is the CPR decision, from themself or from those who speak for them, with a reason and a day to look again',
  severity: 'error',
  source: 'Domain model, section 6',
  check: (after, { before, now }) =>
    activeRestrictions(after).flatMap((restriction) => {
      const earlier = before?.resources.get(resourceKey(restriction)) as Consent | undefined
      return earlier !== undefined && sameContent(earlier, restriction)
        ? []
        : checkRestriction(restriction, after, { earlier, now })
    }),
}
