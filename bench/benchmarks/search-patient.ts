import type { Bundle, CarePlan } from 'fhir/r4.js'
import type { Benchmark } from '../benchmark.ts'

const pathOf = (patientId: string): string => `/CarePlan?patient=${patientId}`

export const searchPatient: Benchmark = {
  name: 'search-patient',
  about:
    'The search of the plans of one person; the floor selects the same plans by an index on the person, and answers the same Bundle.',
  async cases({ fillFloor }, { people, ask }) {
    const patients: string[] = []
    const ids: string[] = []
    const bodies: string[] = []
    const all = await people()
    for (const { patientId, planId } of all) {
      const { entry = [] } = await ask<Bundle<CarePlan>>('GET', pathOf(patientId))
      const plans = entry.flatMap(({ resource }) => resource ?? [])
      if (!plans.some(({ id }) => id === planId))
        throw new Error('The search did not find the plan of a seeded person.')
      for (const plan of plans) {
        patients.push(patientId)
        ids.push(plan.id as string)
        bodies.push(JSON.stringify(plan))
      }
    }
    await fillFloor('insert into plan select * from unnest($1::text[], $2::text[], $3::text[])', [
      patients,
      ids,
      bodies,
    ])
    return [
      {
        name: 'search of a person’s plans',
        target: 0.5,
        requests: all.map(({ patientId }) => ({ method: 'GET', path: pathOf(patientId) })),
      },
    ]
  },
}
