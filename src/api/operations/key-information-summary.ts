import type { Bundle } from 'fhir/r4.js'
import { SUMMARY_PAGE_POLICY, summaryHtml } from '../../plan/summary/html.ts'
import { refuseParameters } from '../parameters.ts'
import { HTML } from '../respond.ts'
import { inputOf } from './input.ts'
import type { Operation } from './operation.ts'

/** The Key Information Summary of a person as it was rendered when the plan last changed: a document Bundle, or a page to read. */
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
  handle: async ({ cx, id, query, resource, wants }, { records }) => {
    refuseParameters(query)
    inputOf(resource, {})
    const body = await records.summary(cx, id)
    return wants === 'html'
      ? { status: 200, body: summaryHtml(JSON.parse(body) as Bundle), contentType: HTML, policy: SUMMARY_PAGE_POLICY }
      : { status: 200, body }
  },
}
