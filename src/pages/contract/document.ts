import { readFileSync } from 'node:fs'
import { load } from 'js-yaml'

export type Schema = Readonly<{
  $ref?: string
  type?: string | readonly string[]
  format?: string
  contentMediaType?: string
  description?: string
  enum?: readonly unknown[]
  const?: unknown
  default?: unknown
  pattern?: string
  minimum?: number
  maximum?: number
  maxLength?: number
  properties?: Readonly<Record<string, Schema>>
  required?: readonly string[]
  items?: Schema
  examples?: readonly unknown[]
}>

export type Content = Readonly<
  Record<
    string,
    Readonly<{
      schema?: Schema
      example?: unknown
      examples?: Readonly<Record<string, Readonly<{ summary?: string; value?: unknown }>>>
    }>
  >
>

type Referable<T> = T | Readonly<{ $ref: string }>

export type ParameterItem = Readonly<{
  name: string
  in: string
  required?: boolean
  description?: string
  schema?: Schema
}>

export type BodyItem = Readonly<{ required?: boolean; description?: string; content: Content }>

export type ResponseItem = Readonly<{
  description: string
  headers?: Readonly<Record<string, Referable<Readonly<{ description?: string; schema?: Schema }>>>>
  content?: Content
}>

export type OperationItem = Readonly<{
  tags?: readonly string[]
  operationId: string
  summary: string
  description?: string
  security?: readonly unknown[]
  parameters?: readonly Referable<ParameterItem>[]
  requestBody?: Referable<BodyItem>
  responses: Readonly<Record<string, Referable<ResponseItem>>>
}>

/** The OpenAPI 3.1 document of `openapi/keyplan.yaml`, as far as its page shows it. */
export type Contract = Readonly<{
  info: Readonly<{ title: string; version: string; summary: string; description: string }>
  servers: readonly Readonly<{ url: string; description?: string }>[]
  tags: readonly Readonly<{ name: string; description: string }>[]
  paths: Readonly<Record<string, Readonly<Record<string, OperationItem | readonly Referable<ParameterItem>[]>>>>
  components: Readonly<{ schemas: Readonly<Record<string, Schema>> }>
}>

const FILE = new URL('../../../openapi/keyplan.yaml', import.meta.url)

/** The HTTP contract as it is in the file. */
export const contractText = (): string => readFileSync(FILE, 'utf8')

/** The HTTP contract of the service at this address. */
export const contractOf = (baseUrl: string): Contract => ({
  ...(load(contractText()) as Contract),
  servers: [{ url: baseUrl, description: 'This service' }],
})

/** What a reference inside the document stands for; what is none, as it is. Throws for one that leads nowhere. */
export const resolveIn = <T extends object>(contract: Contract, item: Referable<T>): T => {
  if (!('$ref' in item) || typeof item.$ref !== 'string') return item as T
  let found: unknown = contract
  for (const step of item.$ref.replace(/^#\//, '').split('/'))
    found = (found as Record<string, unknown> | undefined)?.[step]
  if (found === undefined) throw new Error(`The contract has nothing at ${item.$ref}`)
  return found as T
}
