import { describe, expect, test } from '@jest/globals'
import type { CarePlan } from 'fhir/r4.js'
import { extractResponse } from '../../src/plan/extract.ts'
import { activePlan, type PersonRecord, planType } from '../../src/plan/person.ts'
import { planIdOf, planVersionOf } from '../../src/plan/rules/plan-identity.ts'
import { prepareSubmission, type SubmissionEntry } from '../../src/plan/submission.ts'
import { PEOPLE, type PersonName, patientOf, personBundle, questionnaireOf, responsesOf } from './people.ts'
import { counter } from './support/ids.ts'

const NOW = new Date('2030-01-01T12:00:00Z')

/** Each response of a synthetic person as it is submitted: what is extracted from it, with the Patient. */
const submissionsOf = (name: PersonName): SubmissionEntry[][] =>
  responsesOf(name).map((response) => [
    { fullUrl: personBundle(name).entry?.[0]?.fullUrl ?? '', resource: patientOf(name) },
    ...extractResponse(response, questionnaireOf(response)),
  ])

/** The submission, replacing the active plan of its type where there is one. */
const replacing = (entries: SubmissionEntry[], before: PersonRecord | undefined): SubmissionEntry[] =>
  entries.map(({ resource, ...entry }) => {
    if (resource.resourceType !== 'CarePlan' || before === undefined) return { ...entry, resource }
    const type = planType(resource)
    const active = type === undefined ? undefined : activePlan(before, type)
    const replaces = active === undefined ? {} : { replaces: [{ reference: `CarePlan/${active.id}` }] }
    return { ...entry, resource: { ...resource, ...replaces } }
  })

describe('the synthetic people in fixtures/people', () => {
  test.each(PEOPLE)('every plan of %s keeps the rules and becomes active, each replacing the one before it', (name) => {
    const newId = counter()
    let before: PersonRecord | undefined
    const lineage: [string | undefined, string | undefined, number | undefined][] = []
    for (const entries of submissionsOf(name)) {
      const { after, issues, write } = prepareSubmission(replacing(entries, before), before, {
        now: NOW,
        newId,
        activate: true,
      })
      expect(issues).toEqual([])
      const plan = write.find((one): one is CarePlan => one.resourceType === 'CarePlan' && one.status === 'active')
      lineage.push([plan && planType(plan), plan && planIdOf(plan), plan && planVersionOf(plan)])
      before = after
    }
    for (const wanted of ['what-matters', 'emergency-care']) {
      const plans = lineage.filter(([type]) => type === wanted)
      expect(plans.map(([, , version]) => version)).toEqual(plans.map((_, index) => index + 1))
      expect(new Set(plans.map(([, id]) => id)).size).toBe(1)
    }
  })
})
