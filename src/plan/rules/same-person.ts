import type { CarePlan, Reference } from 'fhir/r4.js'
import { type Issue, issue } from '../../fhir/outcome.ts'
import { type FhirResource, findReferences, parseReference, resourceKey } from '../../fhir/resource.ts'
import { at } from '../expression.ts'
import { isOwn, isPersonal, ownRecord, resolve, subjectReference } from '../ownership.ts'
import type { PersonRecord } from '../person.ts'
import { sameContent } from '../same-content.ts'
import type { RecordRule } from './rule.ts'

/** The type that a reference names, relative or absolute; undefined where it cannot be told. */
const typeOf = (reference: string): string | undefined =>
  /(?:^|\/)([A-Z][A-Za-z]+)\/[A-Za-z0-9\-.]{1,64}(?:\/_history\/[A-Za-z0-9\-.]{1,64})?$/.exec(reference)?.[1]

const isAllowed = (reference: string, resource: FhirResource, own: PersonRecord): boolean => {
  if (reference.startsWith('#')) {
    const { contained } = resource as { contained?: { id?: string }[] }
    return reference === '#' || (contained?.some(({ id }) => `#${id}` === reference) ?? false)
  }
  const type = typeOf(reference)
  if (type !== undefined && !isPersonal(type)) return true
  return resolve(own, reference) !== undefined
}

const referencesIn = (resource: FhirResource | undefined): ReadonlySet<string | undefined> =>
  new Set(resource === undefined ? [] : findReferences(resource).map(({ reference }) => reference.reference))

const checkOwner = (resource: FhirResource, after: PersonRecord): Issue[] => {
  if (isOwn(resource, after)) return []
  const element = resource.resourceType === 'Provenance' ? 'target' : 'patient' in resource ? 'patient' : 'subject'
  return [
    issue(
      'INV-2',
      at(resource, element),
      `This ${resource.resourceType} is not this person's: ${subjectReference(resource) === undefined ? 'it does not say' : 'it says otherwise'}. Everything in a submission belongs to one person; refer to that Patient.`,
    ),
  ]
}

/** Where a resource says whose it is. */
const OWNER = /^(?:[A-Za-z]+\.(?:subject|patient)|Provenance\.target\[\d+\])$/

/** A reference that stood there before was checked then, and what it names may have ended since. */
const checkReferences = (resource: FhirResource, earlier: FhirResource | undefined, own: PersonRecord): Issue[] => {
  const known = referencesIn(earlier)
  return (
    findReferences(resource)
      // Whose the resource is, checkOwner has said.
      .filter(({ expression }) => !OWNER.test(expression))
      .filter(
        ({ reference }) => !known.has(reference.reference) && !isAllowed(reference.reference ?? '', resource, own),
      )
      .map(({ expression }) =>
        issue(
          'INV-2',
          at(resource, expression.slice(resource.resourceType.length + 1)),
          'This reference names nothing in the record of this person. Refer to a resource of the same person that is stored, or that is in the same submission.',
          { code: 'not-found' },
        ),
      )
  )
}

/**
 * A reference can name the Patient twice, by id and by a number. Where the number is not theirs, a reader who goes by it finds somebody else.
 */
const checkNumbers = (
  resource: FhirResource,
  earlier: FhirResource | undefined,
  { patient }: PersonRecord,
): Issue[] => {
  const known = new Set(
    (earlier === undefined ? [] : findReferences(earlier)).map(({ reference }) => numberIn(reference)),
  )
  const own = new Set((patient.identifier ?? []).map((identifier) => numberIn({ identifier })))
  return findReferences(resource)
    .filter(({ reference: { reference } }) => parseReference(reference)?.key === resourceKey(patient))
    .filter(({ reference }) => reference.identifier !== undefined)
    .filter(({ reference }) => !own.has(numberIn(reference)) && !known.has(numberIn(reference)))
    .map(({ expression }) =>
      issue(
        'INV-2',
        at(resource, `${expression.slice(resource.resourceType.length + 1)}.identifier`),
        'This refers to the Patient, and gives a number that is not among theirs: it could be somebody else’s. Leave the identifier out, or make sure which of the two persons is meant.',
      ),
    )
}

const numberIn = ({ identifier }: Reference): string => `${identifier?.system}|${identifier?.value}`

const CONTENT = ['goal', 'supportingInfo', 'careTeam'] as const

/** What a plan consists of is found by plain references: by a version, an identifier or a contained resource it would be overlooked. */
const checkContent = (plan: CarePlan): Issue[] =>
  CONTENT.flatMap((element) =>
    ((plan[element] ?? []) as Reference[]).flatMap(({ reference }, index) => {
      const parsed = parseReference(reference)
      const absolute = reference !== undefined && parsed === undefined && !reference.startsWith('#')
      // checkReferences reports those that name nothing.
      if (absolute || (reference !== undefined && parsed?.key === reference)) return []
      return [
        issue(
          'INV-2',
          at(plan, `${element}[${index}]`),
          'What a plan consists of is named as Type/id: without a version, not by identifier, not contained.',
          { code: 'value' },
        ),
      ]
    }),
  )

/** INV-2. Another person's resource in a plan is a wrong treatment waiting to happen. */
export const samePerson: RecordRule = {
  key: 'INV-2',
  title: 'Everything in the record is this person’s, and every reference finds something there',
  severity: 'error',
  source: 'Domain reference 9.2',
  check: (after, { before }) => {
    const own = ownRecord(after)
    return [...after.resources.values()].flatMap((resource) => {
      const earlier = before?.resources.get(resourceKey(resource))
      if (resource.resourceType === 'Patient' && resourceKey(resource) === resourceKey(after.patient)) return []
      if (earlier !== undefined && sameContent(earlier, resource)) return []
      return [
        ...checkOwner(resource, after),
        ...checkReferences(resource, earlier, own),
        ...checkNumbers(resource, earlier, own),
        ...(resource.resourceType === 'CarePlan' ? checkContent(resource) : []),
      ]
    })
  },
}
