import type { CodeSystem } from 'fhir/r4.js'
import { validateCodings } from '../../definitions/terminology/validation.ts'
import { libraryForOne } from '../../definitions/terminology.ts'
import { malformedParameter } from '../parameters.ts'
import type { Handler } from '../route.ts'
import type { Operation } from './operation.ts'
import { inputOfRequest } from './query-input.ts'
import {
  CODE,
  checkLanguage,
  codesMeant,
  published,
  TERMINOLOGY,
  VALUE_SET,
  validationAnswer,
  valueSetMeant,
} from './terminology.ts'

const IN_VALUE_SET = { ...VALUE_SET, ...CODE, system: 'valueUri', systemVersion: 'valueString' } as const
const IN_CODE_SYSTEM = { ...CODE, url: 'valueUri', version: 'valueString' } as const

const inValueSet: Handler = async (request) => {
  const input = inputOfRequest(request, IN_VALUE_SET, { whole: 'valueSet' })
  checkLanguage(input.displayLanguage)
  const valueSet = valueSetMeant(request.id, input)
  const codes = codesMeant(input, { system: input.system, version: input.systemVersion })
  return validationAnswer(validateCodings(libraryForOne(), codes, { valueSet, abstract: input.abstract }))
}

const inCodeSystem: Handler = async (request) => {
  const input = inputOfRequest(request, IN_CODE_SYSTEM)
  checkLanguage(input.displayLanguage)
  const own = request.id === '' ? undefined : published<CodeSystem>('CodeSystem', request.id).url
  if (own !== undefined && input.url !== undefined)
    throw malformedParameter('url', 'The path names the code system: url is not taken here.')
  const system = own ?? input.url
  const codes = codesMeant(input, { system, version: input.version })
  const other = codes.find((code) => system !== undefined && code.system !== system)
  if (other !== undefined)
    throw malformedParameter('coding', 'A coding names another code system than the one that is meant.')
  return validationAnswer(validateCodings(libraryForOne(), codes, { abstract: input.abstract }))
}

const OF_VALUE_SET = {
  ...TERMINOLOGY,
  code: 'validate-code',
  type: 'ValueSet',
  methods: ['GET', 'POST'],
  input: IN_VALUE_SET,
  handle: inValueSet,
} as const

const OF_CODE_SYSTEM = {
  ...TERMINOLOGY,
  code: 'validate-code',
  type: 'CodeSystem',
  methods: ['GET', 'POST'],
  input: IN_CODE_SYSTEM,
  handle: inCodeSystem,
} as const

/**
 * Whether a code is in a value set (http://hl7.org/fhir/R4/valueset-operation-validate-code.html), or one of a code system
 * (http://hl7.org/fhir/R4/codesystem-operation-validate-code.html). Where that needs a code system that is not loaded, the answer is an
 * error that says so, never `false`.
 */
export const validateCode: readonly Operation[] = [
  { ...OF_VALUE_SET, level: 'type' },
  { ...OF_VALUE_SET, level: 'instance' },
  { ...OF_CODE_SYSTEM, level: 'type' },
  { ...OF_CODE_SYSTEM, level: 'instance' },
]
