import type { Identifier } from 'fhir/r4.js'
import type { RequestContext } from '../../context.ts'
import { type Issue, issue, Problem } from '../../fhir/outcome.ts'
import type { FoundObject, Resource } from '../../fhir/resource.ts'
import type { Store } from '../../store/store.ts'
import { auditEntry, seenByPerson } from '../audit/audit.ts'
import { findMatches } from '../searching/matches.ts'
import { identifiersOf } from './conditional.ts'
import { mapInTurns } from './fairly.ts'
import { renameLinks } from './links.ts'
import { conditionOf, type Planned } from './planned.ts'

/** More than this are not looked up for one request. */
const MOST_CONDITIONS = 1_000

type Written = Extract<Planned, { resource: Resource }>
type Found = Readonly<{ key: string } | { wrong: string }>

/**
 * The changes with each conditional reference (`Patient?identifier=a|b`) replaced by the one resource that matches
 * (http://hl7.org/fhir/R4/http.html#trules) once all else is done: one that the same request creates is found, and one that it deletes is not.
 * Throws `version-mismatch` where none matches, or more than one; each issue names the reference.
 */
export const resolveReferences = async (
  store: Store,
  cx: RequestContext,
  planned: readonly Planned[],
): Promise<readonly Planned[]> => {
  const written = planned.filter((item): item is Written => item.do !== 'delete')
  const asked = written.flatMap(conditionalIn)
  if (asked.length === 0) return planned
  const texts = [...new Set(asked.map(({ reference }) => reference))]
  if (texts.length > MOST_CONDITIONS)
    throw new Problem('too-large', [
      issue(
        'too-many-conditions',
        'Bundle.entry',
        `A request may hold ${MOST_CONDITIONS} conditional references. Send it in parts.`,
      ),
    ])
  const first = new Map(asked.toReversed().map(({ reference, expression }) => [reference, expression]))
  const looked = await mapInTurns(texts, async (text) => {
    try {
      return [text, await find(store, cx, text, planned)] as const
    } catch (error) {
      throw atReference(error, first.get(text))
    }
  })
  const found = new Map<string, Found>(looked)

  const wrong = asked.flatMap(({ reference, expression }): Issue[] => {
    const result = found.get(reference)
    return result !== undefined && 'wrong' in result
      ? [issue('reference-unresolved', expression, result.wrong, { code: 'not-found' })]
      : []
  })
  if (wrong.length > 0) throw new Problem('version-mismatch', wrong)
  const rename = (link: string): string | undefined => {
    const result = found.get(link)
    return result !== undefined && 'key' in result ? result.key : undefined
  }
  const concerned = new Set(asked.map(({ item }) => item))
  return planned.map((item) =>
    item.do !== 'delete' && concerned.has(item)
      ? { ...item, resource: renameLinks(item.resource, rename), open: item.open.filter((one) => !isConditional(one)) }
      : item,
  )
}

/** What is wrong with the condition of a reference is wrong with the reference. */
const atReference = (error: unknown, expression: string | undefined): unknown =>
  error instanceof Problem && expression !== undefined
    ? new Problem(
        error.kind,
        error.issues.map((found) => ({ ...found, expression })),
        { cause: error.cause },
      )
    : error

const isConditional = ({ object }: FoundObject): boolean => conditionOf(object['reference']) !== undefined

/** The conditional references of a resource, with where each stands in the request. */
const conditionalIn = (item: Written): { item: Written; reference: string; expression: string }[] =>
  item.open.filter(isConditional).map(({ object, expression }) => ({
    item,
    reference: object['reference'] as string,
    expression: item.at + expression.slice(item.type.length),
  }))

const find = async (store: Store, cx: RequestContext, text: string, planned: readonly Planned[]): Promise<Found> => {
  const { type = '', criteria = '' } = conditionOf(text) ?? {}
  const ofType = planned.filter((item) => item.type === type)
  const identifiers = identifiersOf(criteria)
  const inRequest = ofType.filter((item): item is Written => item.do !== 'delete')
  if (inRequest.length > 0 && identifiers.length !== [...new URLSearchParams(criteria)].length) {
    const wrong = `The request writes a ${type} itself, so which one this means can only be told by identifier=system|value. Use that, or the fullUrl of the entry.`
    return { wrong }
  }
  const changed = new Set(ofType.map(({ id }) => id))
  const rows = await findMatches(store, cx, type, criteria, 2 + ofType.filter((item) => item.do !== 'create').length)
  const stored = rows.filter(({ id }) => !changed.has(id))
  const matches = [
    ...stored.map(({ id }) => id),
    ...inRequest.filter(({ resource }) => hasAll(resource, identifiers)).map(({ id }) => id),
  ]
  if (matches.length === 0) return { wrong: `No ${type} matches this conditional reference. Nothing was stored.` }
  if (matches.length > 1)
    return {
      wrong: `This conditional reference matches more than one ${type}, and one must be meant. Nothing was stored.`,
    }
  await store.audit(
    seenByPerson(stored).map(({ patient, keys }) =>
      auditEntry(cx, 'conditional-reference', 'permit', keys, { patient }),
    ),
  )
  return { key: `${type}/${matches[0]}` }
}

const hasAll = (resource: Resource, wanted: readonly Readonly<{ system: string; value: string }>[]): boolean => {
  const { identifier } = resource as { identifier?: Identifier | Identifier[] }
  const own = [identifier ?? []].flat()
  return wanted.every(({ system, value }) => own.some((one) => one.system === system && one.value === value))
}
