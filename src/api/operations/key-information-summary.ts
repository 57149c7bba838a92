import { refuseParameters } from '../parameters.ts'
import { documentAnswer } from './document.ts'
import { inputOf } from './input.ts'
import type { Operation } from './operation.ts'

/**
 * The Key Information Summary of a person as it was rendered when the plan last changed, fitted to the role of the caller: a document
 * Bundle, a page to read, or paper.
 */
export const keyInformationSummary: Operation = {
  code: 'key-information-summary',
  type: 'Patient',
  level: 'instance',
  methods: ['GET', 'POST'],
  scope: 'r',
  body: 'optional-resource',
  input: {},
  purpose: 'care',
  html: true,
  pdf: true,
  handle: async ({ cx, id, query, resource, wants }, { records }) => {
    refuseParameters(query)
    inputOf(resource, {})
    return documentAnswer(await records.summary(cx, id), wants, { printed: false })
  },
}
