import type { Purpose } from '../../context.ts'
import type { Handler, Method, Route } from '../route.ts'
import type { Shape } from './input.ts'

/** An operation (http://hl7.org/fhir/R4/operations.html); its OperationDefinition in the package has the same code. */
export type Operation = Readonly<{
  /** Without the `$`. */
  code: string
  /** `Resource` for an operation of every type that is stored. */
  type: string
  level: 'system' | 'type' | 'instance'
  methods: readonly Method[]
  scope: Route['scope']
  body: 'none' | 'resource' | 'optional-resource' | 'text'
  purpose: Purpose
  /** The in-parameters of its OperationDefinition. */
  input: Shape
  html?: boolean
  pdf?: boolean
  compact?: boolean
  /** True where `Prefer: respond-async` is followed. */
  asynchronous?: boolean
  /** Why another method is not served. */
  hint?: string
  handle: Handler
}>

const pathOf = (type: string, level: Operation['level'], code: string): string =>
  level === 'system' ? `$${code}` : level === 'type' ? `${type}/$${code}` : `${type}/[id]/$${code}`

export const operationRoutes = ({ code, type, level, methods, input: _, ...rest }: Operation): Route[] =>
  methods.map((method) => ({
    ...rest,
    name: `$${code}`,
    method,
    path: pathOf(type === 'Resource' ? '[type]' : type, level, code),
    // Only a POST has a body.
    body: method === 'POST' ? rest.body : 'none',
  }))
