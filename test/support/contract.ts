import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import { readXml } from '../../src/api/xml.ts'
import {
  type BodyItem,
  type Contract,
  contractOf,
  type OperationItem,
  type ResponseItem,
  resolveIn,
} from '../../src/pages/contract/document.ts'

/** An operation that the contract documents. */
export type Documented = Readonly<{
  id: string
  method: string
  /** With its variables, e.g. `/fhir/{type}/{id}`. */
  path: string
  tags: readonly string[]
  statuses: readonly number[]
  needsToken: boolean
  body: BodyItem | undefined
  responses: Readonly<Record<string, ResponseItem>>
}>

const METHODS = ['get', 'post', 'put', 'patch', 'delete']

export const contract: Contract = contractOf('http://localhost')

/** Every operation of the contract. */
export const documented: readonly Documented[] = Object.entries(contract.paths).flatMap(([path, item]) =>
  METHODS.filter((method) => item[method] !== undefined).map((method): Documented => {
    const operation = item[method] as OperationItem
    return {
      id: operation.operationId,
      method: method.toUpperCase(),
      path,
      tags: operation.tags ?? [],
      statuses: Object.keys(operation.responses).map(Number),
      needsToken: operation.security === undefined,
      body: operation.requestBody === undefined ? undefined : resolveIn<BodyItem>(contract, operation.requestBody),
      responses: Object.fromEntries(
        Object.entries(operation.responses).map(([status, each]) => [status, resolveIn<ResponseItem>(contract, each)]),
      ),
    }
  }),
)

const ajv = new Ajv2020({ strict: false, validateFormats: false, allErrors: true })
const validators = new Map<string, ValidateFunction>()

const validatorOf = (schema: object): ValidateFunction => {
  const key = JSON.stringify(schema)
  let validator = validators.get(key)
  if (validator === undefined) {
    validator = ajv.compile({ ...schema, components: contract.components })
    validators.set(key, validator)
  }
  return validator
}

const bodyOf = async (type: string, text: string): Promise<unknown> => {
  if (type === 'application/fhir+xml') return await readXml(text)
  return type.includes('json') ? JSON.parse(text) : text
}

/** What an answer has that the contract does not say of it; empty where it keeps to the contract. */
export const faultsOf = async (
  operation: Documented,
  answer: Readonly<{ status: number; headers: Headers; text: string }>,
): Promise<readonly string[]> => {
  const { status, headers, text } = answer
  const at = `${operation.id} ${status}`
  const response = operation.responses[status]
  if (response === undefined) return [`${at}: the status is not documented: ${text.slice(0, 400)}`]
  const type = headers.get('content-type')?.split(';')[0] ?? ''
  const content = response.content ?? {}
  if (text === '') return []
  const described = content[type]
  if (described === undefined) return [`${at}: ${type} is not documented`]
  if (described.schema === undefined) return []
  // FHIR's XML is documented as text; what it says has the schema of the JSON beside it.
  const schema = type === 'application/fhir+xml' ? content['application/fhir+json']?.schema : described.schema
  const validate = validatorOf(schema ?? described.schema)
  if (validate(await bodyOf(type, text))) return []
  return (validate.errors ?? []).map(({ instancePath, message }) => `${at} ${instancePath}: ${message}`)
}
