import type { Parameters } from 'fhir/r4.js'
import { refuseParameters } from '../parameters.ts'
import { inputOf } from './input.ts'
import type { Operation } from './operation.ts'

/** Who may see what of a person's record, and why: for each role, by what the caller is to the person. */
export const explainAccess: Operation = {
  code: 'explain-access',
  type: 'Patient',
  level: 'instance',
  methods: ['GET', 'POST'],
  scope: 'r',
  body: 'optional-resource',
  input: {},
  purpose: 'administration',
  handle: async ({ cx, id, query, resource }, { records }) => {
    refuseParameters(query)
    inputOf(resource, {})
    const { policyVersion, sharing, custodian, consents, breakGlassForbidden, cprHiddenFrom, access } =
      await records.explainAccess(cx, id)
    const answer: Parameters = {
      resourceType: 'Parameters',
      parameter: [
        { name: 'policyVersion', valueString: policyVersion },
        { name: 'sharing', valueCode: sharing },
        { name: 'custodian', valueString: custodian },
        { name: 'breakGlassForbidden', valueBoolean: breakGlassForbidden },
        ...cprHiddenFrom.map((from) => ({ name: 'cprHiddenFrom', valueString: from })),
        ...consents.map((key) => ({ name: 'consent', valueReference: { reference: key } })),
        ...access.map(({ kind, role, relationship, decision, reason, part }) => ({
          name: 'access',
          part: [
            { name: 'kind', valueCode: kind },
            { name: 'role', valueCode: role },
            { name: 'relationship', valueCode: relationship },
            { name: 'decision', valueCode: decision },
            { name: 'reason', valueCode: reason },
            { name: 'part', valueCode: part },
          ],
        })),
      ],
    }
    return { status: 200, body: JSON.stringify(answer) }
  },
}
