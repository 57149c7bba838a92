import { expand as expansionOf } from '../../definitions/terminology/expansion.ts'
import { libraryForOne } from '../../definitions/terminology.ts'
import { malformedParameter } from '../parameters.ts'
import type { Handler } from '../route.ts'
import type { Operation } from './operation.ts'
import { inputOfRequest } from './query-input.ts'
import { checkLanguage, TERMINOLOGY, VALUE_SET, valueSetMeant } from './terminology.ts'

const INPUT = {
  ...VALUE_SET,
  filter: 'valueString',
  offset: 'valueInteger',
  count: 'valueInteger',
  includeDesignations: 'valueBoolean',
  includeDefinition: 'valueBoolean',
  activeOnly: 'valueBoolean',
  excludeNested: 'valueBoolean',
  excludeNotForUI: 'valueBoolean',
  displayLanguage: 'valueCode',
} as const

const handle: Handler = async (request) => {
  const { url, valueSet, valueSetVersion, excludeNested, displayLanguage, ...asked } = inputOfRequest(request, INPUT, {
    whole: 'valueSet',
  })
  checkLanguage(displayLanguage)
  if (excludeNested === false)
    throw malformedParameter('excludeNested', 'Codes are answered as a list, never nested: leave excludeNested out.')
  for (const name of ['offset', 'count'] as const)
    if ((asked[name] ?? 0) < 0) throw malformedParameter(name, `${name} is a whole number from 0.`)
  const meant = valueSetMeant(request.id, {
    ...(url === undefined ? {} : { url }),
    ...(valueSet === undefined ? {} : { valueSet }),
    ...(valueSetVersion === undefined ? {} : { valueSetVersion }),
  })
  return { status: 200, body: JSON.stringify(expansionOf(libraryForOne(), meant, asked, request.cx.now)) }
}

/** The codes of a value set that is named or sent, as a list (http://hl7.org/fhir/R4/valueset-operation-expand.html). */
export const expand: Operation = {
  ...TERMINOLOGY,
  code: 'expand',
  type: 'ValueSet',
  level: 'type',
  methods: ['GET', 'POST'],
  input: INPUT,
  handle,
}

/** The codes of a value set that KeyPlan publishes. */
export const expandPublished: Operation = { ...expand, level: 'instance' }
