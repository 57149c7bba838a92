import type { CarePlan } from 'fhir/r4.js'
import type { Benchmark } from '../benchmark.ts'

export const read: Benchmark = {
  name: 'read',
  about: 'The read of a CarePlan; the floor selects the same text by id.',
  async cases({ fillFloor }, { people, ask }) {
    const ids = (await people()).map(({ planId }) => planId)
    const bodies: string[] = []
    for (const id of ids) bodies.push(JSON.stringify(await ask<CarePlan>('GET', `/CarePlan/${id}`)))
    await fillFloor('insert into resource select * from unnest($1::text[], $2::text[])', [ids, bodies])
    return [
      { name: 'read a CarePlan', target: 0.5, requests: ids.map((id) => ({ method: 'GET', path: `/CarePlan/${id}` })) },
    ]
  },
}
