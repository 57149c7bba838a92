import { problem } from '../../fhir/outcome.ts'
import { documentAnswer } from './document.ts'
import type { Operation } from './operation.ts'
import { inputOfRequest } from './query-input.ts'

const INPUT = { persist: 'valueBoolean' } as const

/** The document that begins with a Composition that KeyPlan composes (http://hl7.org/fhir/R4/composition-operation-document.html). */
export const compositionDocument: Operation = {
  code: 'document',
  type: 'Composition',
  level: 'instance',
  methods: ['GET', 'POST'],
  scope: 'r',
  body: 'optional-resource',
  input: INPUT,
  purpose: 'care',
  html: true,
  pdf: true,
  handle: async (request, { records }) => {
    const { persist } = inputOfRequest(request, INPUT)
    if (persist === true) {
      throw problem(
        'not-supported',
        'persist-not-supported',
        'A document is composed from the record each time, and never kept: a copy would outlive the plan, and the decision to share it. Leave persist out.',
        { expression: 'persist' },
      )
    }
    return documentAnswer(await records.document(request.cx, request.id), request.wants, { printed: false })
  },
}
