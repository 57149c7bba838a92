import type { Issue } from '../../fhir/outcome.ts'
import type { Derived } from '../derived.ts'
import { jurisdictionOf } from '../jurisdiction.ts'
import { sharingOf } from '../sharing.ts'
import { type DerivedRule, mistake } from './rule.ts'

const finding = (expression: string, text: string): Issue => mistake('INV-6', expression, text)

/** All that may be said of somebody whose record is withheld: what was decided about sharing, and what the law makes of it. */
const SAID_WHEN_WITHHELD: Readonly<Record<string, readonly string[]>> = {
  outcome: [],
  asOf: [],
  sequence: [],
  sharing: ['decision', 'display', 'recordedOn'],
  policy: [],
  message: [],
}

const checkWithheld = ({ emergency: { answer } }: Derived): Issue[] =>
  (answer.parameter ?? [])
    .filter(
      ({ name, part = [] }) =>
        part.some((one) => !SAID_WHEN_WITHHELD[name]?.includes(one.name)) || !Object.hasOwn(SAID_WHEN_WITHHELD, name),
    )
    .map(({ name }) =>
      finding(
        `Parameters.parameter.where(name='${name}')`,
        'The emergency answer says something of a person whose record is withheld.',
      ),
    )

/** How to get in, conversations, papers and tasks stay at home: they go to nobody by way of a summary. */
const STAYS_AT_HOME: readonly string[] = ['Flag', 'QuestionnaireResponse', 'DocumentReference', 'Task', 'AuditEvent']

const checkAtHome = ({ summary }: Derived): Issue[] =>
  (summary?.entry ?? []).flatMap(({ resource }, index) =>
    resource !== undefined && STAYS_AT_HOME.includes(resource.resourceType)
      ? [finding(`Bundle.entry[${index}]`, `The summary holds a ${resource.resourceType}, which is for nobody else.`)]
      : [],
  )

/** INV-6. What the person decided about sharing is decided again from the record, and what is derived must obey it. */
export const sharingObeyed: DerivedRule = {
  key: 'INV-6',
  title: 'What is derived obeys the decision about sharing, and leaves at home what stays there',
  severity: 'error',
  source: 'Domain reference 9.2; domain model section 6; hazard H-06',
  check: (derived, person, now) => {
    const sharing = sharingOf(person, jurisdictionOf(person.patient), now)
    const { outcome } = derived.emergency
    return [
      ...(derived.sharing === sharing
        ? []
        : [finding('Consent', 'Whether the record may be shared is not what the person decided.')]),
      ...((outcome === 'withheld') === (sharing === 'withheld')
        ? []
        : [
            finding(
              "Parameters.parameter.where(name='outcome')",
              'The emergency answer withholds what may be shared, or shows what may not.',
            ),
          ]),
      ...(sharing === 'withheld' && derived.summaryState === 'current'
        ? [finding('Bundle.meta.tag', 'Recipients would hold the summary of a person whose record is withheld.')]
        : []),
      ...(outcome === 'withheld' ? checkWithheld(derived) : []),
      ...checkAtHome(derived),
    ]
  },
}
