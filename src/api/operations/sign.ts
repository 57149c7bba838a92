import type { Reference } from 'fhir/r4.js'
import { requiredVersion } from '../conditions.ts'
import { refuseParameters } from '../parameters.ts'
import { stored } from '../respond.ts'
import { CLINICIAN, clinicianOf } from './clinician.ts'
import { inputOf } from './input.ts'
import type { Operation } from './operation.ts'

const INPUT = { ...CLINICIAN, when: 'valueInstant', signature: 'valueString' } as const

/** Records a clinician's signature, with which a draft comes into force; answers with the Provenance that holds the signature. */
export const sign: Operation = {
  code: 'sign',
  type: 'CarePlan',
  level: 'instance',
  methods: ['POST'],
  scope: 'u',
  body: 'resource',
  purpose: 'care',
  input: INPUT,
  handle: async ({ cx, id, query, resource, conditions }, { records }) => {
    refuseParameters(query)
    const { who, when, signature, ...rest } = inputOf(resource, INPUT, ['who', 'role'])
    const { changed } = await records.sign(
      cx,
      id,
      { clinician: clinicianOf(who as Reference, rest), when: when ?? cx.now.toISOString(), signature },
      requiredVersion(conditions),
    )
    const made = changed.find(({ stored }) => stored.type === 'Provenance')
    if (made === undefined) throw new Error('a signature that left no Provenance')
    return {
      ...stored(200, made.stored),
      location: `Provenance/${made.stored.id}/_history/${made.stored.version}`,
    }
  },
}
