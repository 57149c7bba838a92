import type { Parameters } from 'fhir/r4.js'
import { isId } from '../../fhir/resource.ts'
import { dayOf } from '../../plan/dates.ts'
import type { ReviewPosition } from '../../records/types.ts'
import { malformedParameter, refuseParameters } from '../parameters.ts'
import { dayIn } from './day.ts'
import { inputOf } from './input.ts'
import type { Operation } from './operation.ts'

const INPUT = { until: 'valueDate', count: 'valuePositiveInt', after: 'valueString' } as const

const DEFAULT_COUNT = 50
const MOST_COUNT = 500

/** Active plans whose review is due by a day (today unless told otherwise) or overdue, soonest first, as far as the caller may see them. */
export const reviewDue: Operation = {
  code: 'review-due',
  type: 'CarePlan',
  level: 'type',
  methods: ['POST'],
  scope: 's',
  body: 'optional-resource',
  purpose: 'care',
  input: INPUT,
  hint: 'POST a Parameters resource; until, count and after may be left out.',
  handle: async ({ cx, query, resource }, { records }) => {
    refuseParameters(query)
    const { until, count = DEFAULT_COUNT, after } = inputOf(resource, INPUT)
    const { reviews, next } = await records.reviewDue(cx, {
      until: until === undefined ? dayOf(cx.now) : dayIn(until, 'until'),
      count: Math.min(count, MOST_COUNT),
      after: after === undefined ? undefined : positionOf(after),
    })
    const parameter: Parameters['parameter'] = [
      ...reviews.map(({ plan, person, type, date, overdue }) => ({
        name: 'review',
        part: [
          { name: 'plan', valueReference: { reference: plan } },
          { name: 'person', valueReference: { reference: person } },
          { name: 'type', valueCode: type },
          { name: 'date', valueDate: date },
          { name: 'overdue', valueBoolean: overdue },
        ],
      })),
      ...(next === undefined ? [] : [{ name: 'next', valueString: `${next.date}/${next.id}` }]),
    ]
    const answer: Parameters = { resourceType: 'Parameters', ...(parameter.length === 0 ? {} : { parameter }) }
    return { status: 200, body: JSON.stringify(answer) }
  },
}

const positionOf = (after: string): ReviewPosition => {
  const [date = '', id = ''] = after.split('/')
  if (/^\d{4}(?:-\d{2}(?:-\d{2})?)?$/.test(date) && isId(id)) return { date, id }
  throw malformedParameter('after', 'after must be the value of next, as the page before had it.')
}
