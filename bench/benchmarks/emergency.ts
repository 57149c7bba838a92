import type { Parameters } from 'fhir/r4.js'
import { IDENTIFIER_SYSTEM } from '../../src/fhir/identifier.ts'
import type { Benchmark } from '../benchmark.ts'

const PATH = '/Patient/$emergency-view'

const question = (chi: string): Parameters => ({
  resourceType: 'Parameters',
  parameter: [{ name: 'identifier', valueIdentifier: { system: IDENTIFIER_SYSTEM.chi, value: chi } }],
})

export const emergency: Benchmark = {
  name: 'emergency',
  about: 'The emergency view of a person by CHI number; the floor selects the same answer by the same identifier.',
  async cases({ fillFloor }, { people, ask }) {
    const all = await people()
    const answers: string[] = []
    for (const { chi } of all) {
      const answer = await ask<Parameters>('POST', PATH, question(chi))
      if (answer.parameter?.[0]?.valueCode !== 'current-plan') throw new Error('A seeded person has no current plan.')
      answers.push(JSON.stringify(answer))
    }
    await fillFloor('insert into answer select $1, * from unnest($2::text[], $3::text[])', [
      IDENTIFIER_SYSTEM.chi,
      all.map(({ chi }) => chi),
      answers,
    ])
    return [
      {
        name: 'emergency view',
        target: 0.6,
        requests: all.map(({ chi }) => ({ method: 'POST', path: PATH, body: JSON.stringify(question(chi)) })),
      },
    ]
  },
}
