import { type Problem, problem } from '../outcome.ts'
import { depthOf, isObject, isSame, type JsonObject, MOST_DEPTH, sizeOf, toTree } from './tree.ts'

/** A JSON Pointer (RFC 6901) as its reference tokens, unescaped. */
type Pointer = readonly string[]

/** One operation of RFC 6902. `at` says where it stands in the patch; values are trees (`tree.ts`). */
export type JsonOperation = Readonly<{ at: string; path: Pointer }> &
  Readonly<
    { op: 'add' | 'replace' | 'test'; value: unknown } | { op: 'remove' } | { op: 'move' | 'copy'; from: Pointer }
  >

const MOST_OPERATIONS = 1_000
/** Copies of copies grow without end, and what moves is looked through: characters and values that one patch may copy and move together. */
const MOST_CARRIED = 500_000

/**
 * The operations of a JSON Patch (RFC 6902). Throws `bad-request` for what is no JSON Patch, and for one of more than 1,000 operations;
 * members that RFC 6902 does not define are passed over, as its section 4 demands.
 */
export const readJsonPatch = (document: unknown): JsonOperation[] => {
  if (!Array.isArray(document)) throw malformed('JsonPatch', 'A JSON Patch is an array of operations (RFC 6902).')
  if (document.length > MOST_OPERATIONS)
    throw malformed('JsonPatch', `A patch has at most ${MOST_OPERATIONS} operations here.`)
  return document.map((operation: unknown, index) => readOperation(operation, `JsonPatch[${index}]`))
}

const readOperation = (given: unknown, at: string): JsonOperation => {
  if (!isObject(given)) throw malformed(at, 'An operation is an object with op and path.')
  const { op } = given
  const path = readPointer(given['path'], `${at}.path`)
  switch (op) {
    case 'add':
    case 'replace':
    case 'test':
      if (!Object.hasOwn(given, 'value')) throw malformed(`${at}.value`, `The operation ${op} needs a value.`)
      return { at, op, path, value: toTree(given['value'], given, 'value') }
    case 'remove':
      return { at, op, path }
    case 'move':
    case 'copy':
      return { at, op, path, from: readPointer(given['from'], `${at}.from`) }
    default:
      throw malformed(`${at}.op`, 'op is one of add, remove, replace, move, copy, test.')
  }
}

const readPointer = (given: unknown, at: string): Pointer => {
  if (typeof given !== 'string' || !/^(?:\/(?:[^~]|~[01])*)?$/s.test(given))
    throw malformed(at, 'A place is named by a JSON Pointer such as /name/0/family (RFC 6901).')
  const tokens = given.split('/').slice(1)
  if (tokens.length > MOST_DEPTH) throw malformed(at, `A place is at most ${MOST_DEPTH} levels deep.`)
  return tokens.map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'))
}

/** The document after the operations, which change it. Throws `conflict` where one cannot be done: then what is left of it counts for nothing. */
export const applyJsonPatch = (document: unknown, operations: readonly JsonOperation[]): unknown => {
  let root = document
  let carried = 0
  /** What moves about could grow in depth with each operation, too. */
  const carry = (value: unknown, at: string): unknown => {
    carried += sizeOf(value)
    if (carried > MOST_CARRIED)
      throw malformed(at, 'What this patch copies and moves is too much for one patch. Send the values themselves.')
    if (depthOf(value) > MOST_DEPTH) throw malformed(at, `This makes the resource deeper than ${MOST_DEPTH} levels.`)
    return value
  }
  for (const operation of operations) {
    const { at, path } = operation
    switch (operation.op) {
      case 'add':
        root = add(root, path, structuredClone(operation.value), at)
        break
      case 'remove':
        remove(root, path, at)
        break
      case 'replace':
        root = replace(root, path, structuredClone(operation.value), at)
        break
      case 'move': {
        const { from } = operation
        if (from.length < path.length && from.every((token, index) => token === path[index]))
          throw conflict(at, 'A value cannot be moved into itself.')
        const value = carry(existing(root, from, `${at}.from`), at)
        if (isSame(from, path)) break
        remove(root, from, at)
        root = add(root, path, value, at)
        break
      }
      case 'copy': {
        const value = carry(existing(root, operation.from, `${at}.from`), at)
        root = add(root, path, structuredClone(value), at)
        break
      }
      case 'test':
        if (!isSame(existing(root, path, at), operation.value))
          throw conflict(at, 'The test failed: the resource does not have this value here.', 'patch-test-failed')
    }
  }
  return root
}

const INDEX = /^(?:0|[1-9][0-9]{0,8})$/

/** What stands under one token; undefined where nothing does. Members alone count, not what objects inherit. */
const child = (holder: unknown, token: string): unknown => {
  if (Array.isArray(holder)) return INDEX.test(token) ? holder[Number(token)] : undefined
  return isObject(holder) && Object.hasOwn(holder, token) ? holder[token] : undefined
}

const existing = (root: unknown, path: Pointer, at: string): unknown => {
  const value = path.reduce(child, root)
  if (value === undefined) throw conflict(at, 'There is nothing at this place in the resource.')
  return value
}

const add = (root: unknown, path: Pointer, value: unknown, at: string): unknown => {
  const token = path.at(-1)
  if (token === undefined) return value
  const holder = existing(root, path.slice(0, -1), at)
  if (Array.isArray(holder)) {
    const index = token === '-' ? holder.length : INDEX.test(token) ? Number(token) : -1
    if (index < 0 || index > holder.length) throw conflict(at, 'The list has no such place to add at.')
    holder.splice(index, 0, value)
  } else set(holder, token, value, at)
  return root
}

const replace = (root: unknown, path: Pointer, value: unknown, at: string): unknown => {
  existing(root, path, at)
  const token = path.at(-1)
  if (token === undefined) return value
  const holder = existing(root, path.slice(0, -1), at)
  if (Array.isArray(holder)) holder[Number(token)] = value
  else set(holder, token, value, at)
  return root
}

const set = (holder: unknown, token: string, value: unknown, at: string): void => {
  if (!isObject(holder)) throw conflict(at, 'What is to hold this is neither an object nor a list.')
  if (token === '__proto__') throw conflict(at, 'No FHIR element has this name.')
  holder[token] = value
}

const remove = (root: unknown, path: Pointer, at: string): void => {
  existing(root, path, at)
  const token = path.at(-1)
  if (token === undefined) throw conflict(at, 'The resource itself cannot be removed by a patch. Delete it.')
  const holder = existing(root, path.slice(0, -1), at)
  if (Array.isArray(holder)) holder.splice(Number(token), 1)
  else delete (holder as JsonObject)[token]
}

const malformed = (expression: string, text: string): Problem =>
  problem('bad-request', 'patch-malformed', text, { expression, code: 'structure' })

const conflict = (expression: string, text: string, key = 'patch-conflict'): Problem =>
  problem('conflict', key, `${text} Nothing was changed: read the resource again, and decide anew.`, { expression })
