import type { Identifier, Patient } from 'fhir/r4.js'
import { PERSON_SYSTEMS } from '../../fhir/identifier.ts'
import { type Issue, isError, issue } from '../../fhir/outcome.ts'
import { type FhirResource, parseReference, resourceKey } from '../../fhir/resource.ts'
import { isPersonal, subjectReference } from '../ownership.ts'
import type { PersonRecord } from '../person.ts'
import { sameContent } from '../same-content.ts'
import { namesOf, type SubmissionEntry } from './entry.ts'

const isPatient = (resource: FhirResource): resource is Patient => resource.resourceType === 'Patient'

/** The numbers by which a Patient is told from others, as far as they still name the person. */
export const personIdentifiers = (patient: Patient): Identifier[] =>
  (patient.identifier ?? []).filter(
    ({ system, value, use }) => PERSON_SYSTEMS.includes(system ?? '') && value !== undefined && use !== 'old',
  )

/** The stored Patients that the entries name as theirs, in order, each once: `Patient/id`. */
const namedPatients = (entries: readonly SubmissionEntry[]): string[] => {
  const sent = new Set<string | undefined>(entries.flatMap(namesOf))
  const keys = entries
    .filter(({ resource }) => isPersonal(resource.resourceType))
    .map(({ resource }) => subjectReference(resource)?.reference)
    .filter((reference) => !sent.has(reference))
    .map((reference) => parseReference(reference))
    .filter((parsed) => parsed?.type === 'Patient')
    .map((parsed) => parsed?.key as string)
  return [...new Set(keys)]
}

/**
 * Whose the entries say they are: the first stored Patient that one of them names as its subject, and the identifiers of the Patient
 * among the entries, by either of which the record of the person is found. Both empty where the entries do not say.
 */
export const subjectOf = (entries: readonly SubmissionEntry[]): { reference?: string; identifiers: Identifier[] } => {
  const [reference] = namedPatients(entries)
  const identifiers = entries.flatMap(({ resource }) => (isPatient(resource) ? personIdentifiers(resource) : []))
  return { ...(reference === undefined ? {} : { reference }), identifiers }
}

const mismatch = (expression: string, what: string): Issue =>
  issue(
    'person-mismatch',
    expression,
    `${what} This could be the wrong person. Compare both records before anything is stored; if the stored Patient is wrong, correct it first.`,
    { code: 'conflict' },
  )

/** A name as it is compared: letters only, without case and accents, so that O’Neill and ONEILL, Jones-Smith and Jones Smith are one. */
const folded = (name: string): string =>
  name
    .normalize('NFKD')
    .replace(/[^\p{L}]/gu, '')
    .toLowerCase()

const familiesOf = ({ name }: Patient): Set<string> =>
  new Set((name ?? []).flatMap(({ family }) => (family === undefined ? [] : [folded(family)])))

const givensOf = ({ name }: Patient): Set<string> =>
  new Set((name ?? []).flatMap(({ given }) => given ?? []).map(folded))

const isDisjoint = (some: ReadonlySet<string>, others: ReadonlySet<string>): boolean =>
  some.size > 0 && others.size > 0 && ![...some].some((one) => others.has(one))

/** Whether the names can be those of one person: any family name in common, as people keep earlier ones; given names are often shortened. */
const checkNames = (submitted: Patient, stored: Patient, expression: string): Issue[] => {
  if (isDisjoint(familiesOf(submitted), familiesOf(stored))) {
    return [mismatch(`${expression}.name`, 'The family name of the submitted Patient is not that of the stored one.')]
  }
  if (!isDisjoint(givensOf(submitted), givensOf(stored))) return []
  return [
    issue(
      'person-mismatch',
      `${expression}.name`,
      'The given names of the submitted Patient are not those of the stored one. Make sure that this is the right person.',
      { severity: 'warning' },
    ),
  ]
}

/** Whether a submitted Patient can be the stored one: a shared number, no number that differs, the same birth date and family name. */
const checkSamePerson = (submitted: Patient, stored: Patient, expression: string): Issue[] => {
  const known = personIdentifiers(stored)
  const issues: Issue[] = []
  const sent = personIdentifiers(submitted)
  const differs = sent.some(({ system, value }) => {
    const same = known.filter((identifier) => identifier.system === system)
    return same.length > 0 && !same.some((identifier) => identifier.value === value)
  })
  const shares = sent.some(({ system, value }) =>
    known.some((identifier) => identifier.system === system && identifier.value === value),
  )
  if (differs || !shares) {
    issues.push(
      mismatch(
        `${expression}.identifier`,
        differs
          ? 'A number of the submitted Patient differs from the stored one of the same kind.'
          : 'The submitted Patient shares no CHI, NHS or H&C number with the stored one.',
      ),
    )
  }
  if (stored.birthDate !== undefined && submitted.birthDate !== stored.birthDate) {
    issues.push(
      mismatch(
        `${expression}.birthDate`,
        submitted.birthDate === undefined
          ? 'The submitted Patient has no date of birth to compare with that of the stored one.'
          : 'The date of birth of the submitted Patient is not that of the stored one.',
      ),
    )
  }
  issues.push(...checkNames(submitted, stored, expression))
  if (!issues.some(isError) && !sameContent({ ...submitted, id: stored.id }, { ...stored })) {
    issues.push(
      issue(
        'person-kept',
        expression,
        'The person is registered here already. The stored Patient was kept as it is; to change it, update the Patient.',
        { severity: 'information', code: 'informational' },
      ),
    )
  }
  return issues
}

export type Subject = Readonly<{
  /** The stored Patient, or the submitted one where the person is new (not yet with an id); undefined where there is neither. */
  patient: Patient | undefined
  issues: readonly Issue[]
}>

/** The one person whom a submission is about, and what speaks against it. */
export const findSubject = (entries: readonly SubmissionEntry[], before: PersonRecord | undefined): Subject => {
  const issues: Issue[] = []
  const sent = entries.flatMap(({ resource }, index) =>
    isPatient(resource) ? [{ patient: resource, expression: `Bundle.entry[${index}].resource` }] : [],
  )
  for (const { expression } of sent.slice(1)) {
    issues.push(
      issue('several-persons', expression, 'A submission is about one person. Submit each person’s plan by itself.'),
    )
  }
  const own = before === undefined ? undefined : resourceKey(before.patient)
  if (namedPatients(entries).some((key) => key !== own)) {
    issues.push(
      own === undefined
        ? issue(
            'person-unknown',
            'Bundle.entry.resource.subject',
            'The person whom these resources name is not registered here. Register the Patient first, or send it with the plan and refer to its fullUrl.',
            { code: 'not-found' },
          )
        : issue(
            'several-persons',
            'Bundle.entry.resource.subject',
            'The resources name more than one Patient as theirs. A submission is about one person; correct their subject or patient.',
          ),
    )
  }
  const [first] = sent
  if (first === undefined) {
    if (before === undefined && issues.length === 0) {
      issues.push(
        issue(
          'person-missing',
          'Bundle.entry',
          'The submission does not say whose plan it is. Send the Patient with it, or name a registered one as subject.',
          { code: 'required' },
        ),
      )
    }
    return { patient: before?.patient, issues }
  }
  if (before === undefined) return { patient: first.patient, issues }
  return {
    patient: before.patient,
    issues: [...issues, ...checkSamePerson(first.patient, before.patient, first.expression)],
  }
}
