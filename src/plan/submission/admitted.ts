import { type Issue, issue } from '../../fhir/outcome.ts'
import { resourceKey } from '../../fhir/resource.ts'
import { ownRecord } from '../ownership.ts'
import type { PersonRecord } from '../person.ts'
import { sameContent } from '../same-content.ts'
import type { SubmissionEntry } from './entry.ts'

/** What a submission may hold. Everything else is derived (Flag of a decision, documents, audit) or has its own way in. */
const ADMITTED: ReadonlySet<string> = new Set([
  'Patient',
  'CarePlan',
  'Goal',
  'Consent',
  'Observation',
  'RelatedPerson',
  'CareTeam',
  'MedicationRequest',
  'Flag',
  'QuestionnaireResponse',
  'DocumentReference',
  'Provenance',
  'Organization',
  'Practitioner',
  'PractitionerRole',
])

/** The stored resource that an entry repeats, word for word: it stands for that one. */
export const standsFor = ({ resource }: SubmissionEntry, before: PersonRecord | undefined): boolean => {
  const stored = before?.resources.get(resourceKey(resource))
  return stored !== undefined && resource.id !== undefined && sameContent(stored, resource)
}

/**
 * A digital signature covers words, ids included, and these come into being with the submission: none that comes with it can be a good one,
 * and one that nobody has verified must not be read as one. The picture of a signature is no digital one.
 */
const checkSignatureData = ({ resource }: SubmissionEntry, where: string): Issue[] =>
  resource.resourceType !== 'Provenance'
    ? []
    : (resource.signature ?? []).flatMap(({ data, sigFormat }, index) =>
        data === undefined || sigFormat?.startsWith('image/') === true
          ? []
          : [
              issue(
                'signature-unverifiable',
                `${where}.resource.signature[${index}].data`,
                'A digital signature that comes with a submission cannot be one of the plan as it is stored, because its ids are given here. Leave the data out; to sign digitally, submit a draft, read it, and send the signature to CarePlan/$sign.',
              ),
            ],
      )

/** Whether each entry may come in at all: of an admitted type, under an address of its own, and not as a change of what is stored. */
export const checkAdmitted = (entries: readonly SubmissionEntry[], before: PersonRecord | undefined): Issue[] => {
  const own = before === undefined ? undefined : ownRecord(before)
  const seen = new Set<string>()
  return entries.flatMap((entry, index) => {
    const { fullUrl, resource } = entry
    const where = `Bundle.entry[${index}]`
    const issues: Issue[] = []
    if (!ADMITTED.has(resource.resourceType)) {
      issues.push(
        issue(
          'submission-type',
          `${where}.resource`,
          `A ${resource.resourceType} is not part of a submission. Admitted are: ${[...ADMITTED].join(', ')}.`,
          { code: 'not-supported' },
        ),
      )
    }
    if (fullUrl !== undefined && seen.has(fullUrl)) {
      issues.push(
        issue(
          'full-url-repeated',
          `${where}.fullUrl`,
          'Two entries have this fullUrl, so references to it are ambiguous. Give each its own.',
          {
            code: 'duplicate',
          },
        ),
      )
    }
    if (fullUrl !== undefined) seen.add(fullUrl)
    const isStored = resource.resourceType !== 'Patient' && own?.resources.has(resourceKey(resource)) === true
    if (isStored && !standsFor(entry, before)) {
      issues.push(
        issue(
          'already-stored',
          `${where}.resource.id`,
          'A resource with this id is stored and says something else. A submission adds resources and changes none: leave the id out, or refer to the stored one without sending it.',
          { code: 'conflict' },
        ),
      )
    }
    issues.push(...(standsFor(entry, before) ? [] : checkSignatureData(entry, where)))
    return issues
  })
}
