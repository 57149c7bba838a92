import type { Bundle, FhirResource } from 'fhir/r4.js'
import type { Benchmark } from '../benchmark.ts'
import { WHAT_MATTERS } from '../people.ts'
import { about } from '../seeds.ts'

export const create: Benchmark = {
  name: 'create',
  about: 'The create of a Goal, of one person after the other; the floor inserts the same text with one statement.',
  async cases(_stage, { people, ask }) {
    const ids = (await people()).map(({ patientId }) => patientId)
    const person = 'Patient/somebody'
    const { entry = [] } = await ask<Bundle<FhirResource>>(
      'POST',
      '/QuestionnaireResponse/$extract',
      about(WHAT_MATTERS, person),
    )
    const goal = entry.find(({ resource }) => resource?.resourceType === 'Goal')?.resource
    if (goal === undefined) throw new Error('The what-matters conversation holds no Goal.')
    const text = JSON.stringify(goal)
    return [
      {
        name: 'create a Goal',
        target: 0.4,
        requests: ids.map((id) => ({ method: 'POST', path: '/Goal', body: text.replaceAll(person, `Patient/${id}`) })),
      },
    ]
  },
}
