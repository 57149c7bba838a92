import type { Bundle, FhirResource } from 'fhir/r4.js'
import type { Benchmark, Case } from '../benchmark.ts'
import { nextPerson, RESPECT, WHAT_MATTERS } from '../people.ts'
import { about } from '../seeds.ts'

/** Of a person who is stored at once: the Patient, and so many resources besides. */
const BESIDES = 19

/** What decides something is submitted, and measured, as a plan. */
const DECISIVE = ['Patient', 'CarePlan', 'Consent', 'Provenance']

export const transaction: Benchmark = {
  name: 'transaction',
  about:
    'Transactions that store new persons with 20 resources each: 2,000 resources a second are wanted, or 0.4 of the floor. The floor inserts the same texts, all of a transaction with one statement.',
  async cases(_stage, { ask }) {
    const person = 'Patient/somebody'
    const extracted = await Promise.all(
      [WHAT_MATTERS, RESPECT].map((response) =>
        ask<Bundle<FhirResource>>('POST', '/QuestionnaireResponse/$extract', about(response, person)),
      ),
    )
    const resources = extracted
      .flatMap(({ entry = [] }) => entry.flatMap(({ resource }) => resource ?? []))
      .filter(({ resourceType }) => !DECISIVE.includes(resourceType))
    if (resources.length === 0) throw new Error('The conversations hold nothing that could be stored by itself.')
    const besides = Array.from({ length: BESIDES }, (_, index) => resources[index % resources.length] as FhirResource)
    const record = besides.map((resource) => entryOf(resource)).join(',')
    return [20, 200].map((size): Case => {
      const persons = size / (BESIDES + 1)
      return {
        name: `transaction of ${size} resources`,
        requests: () => {
          const entries = Array.from({ length: persons }, () => {
            const fullUrl = `urn:uuid:${crypto.randomUUID()}`
            return `${entryOf(nextPerson().patient, fullUrl)},${record.replaceAll(person, fullUrl)}`
          })
          return {
            method: 'POST',
            path: '/',
            body: `{"resourceType":"Bundle","type":"transaction","entry":[${entries.join(',')}]}`,
          }
        },
      }
    })
  },
}

const entryOf = (resource: FhirResource, fullUrl?: string): string =>
  JSON.stringify({
    ...(fullUrl === undefined ? {} : { fullUrl }),
    resource,
    request: { method: 'POST', url: resource.resourceType },
  })
