import { problem } from '../../fhir/outcome.ts'
import { isId, parseReference } from '../../fhir/resource.ts'
import { refuseParameters } from '../parameters.ts'
import { documentAnswer } from './document.ts'
import { inputOf } from './input.ts'
import type { Operation } from './operation.ts'

const INPUT = { plan: 'valueReference' } as const

/** An emergency-care plan as a document Bundle, a page, or paper with a QR code: the one in force, or an older one or a draft by reference. */
export const respectDocument: Operation = {
  code: 'respect-document',
  type: 'Patient',
  level: 'instance',
  methods: ['GET', 'POST'],
  scope: 'r',
  body: 'optional-resource',
  input: INPUT,
  purpose: 'care',
  html: true,
  pdf: true,
  handle: async ({ cx, id, query, resource, wants }, { records }) => {
    refuseParameters(query)
    const { plan } = inputOf(resource, INPUT)
    const target = plan === undefined ? undefined : parseReference(plan.reference)
    if (plan !== undefined && (target?.type !== 'CarePlan' || !isId(target.id))) {
      throw problem(
        'bad-request',
        'parameter-malformed',
        'The parameter plan must refer to a CarePlan, as CarePlan/ID.',
        {
          expression: 'Parameters.parameter[0].value.reference',
        },
      )
    }
    return documentAnswer(await records.respectDocument(cx, id, target?.id), wants, { printed: true })
  },
}
