/** What the entries of a transaction or a batch ask for together (http://hl7.org/fhir/R4/http.html#transaction). */
import { shownValue } from '../findings/finding.ts'
import { isNode, type Node } from '../invariants/invariant.ts'
import { type Check, expressionOf, type Run } from '../spot.ts'
import { type Entry, entriesOf } from './entry.ts'
import { literalsIn, referencesWhere } from './literals.ts'

const requestOf = ({ spot }: Entry): Node => {
  const request = isNode(spot.value) ? spot.value['request'] : undefined
  return isNode(request) ? request : {}
}

const CHANGES: ReadonlySet<unknown> = new Set(['DELETE', 'PATCH', 'PUT'])
const INSTANCE = /^\/?((?:https?:\/\/[^?]+\/)?[A-Z][A-Za-z]*\/[A-Za-z0-9\-.]{1,64})$/

/** A transaction in which two entries change one resource fails (http://hl7.org/fhir/R4/http.html#trules). */
const checkOnce = (entries: readonly Entry[], run: Run): void => {
  const changed = new Set<string>()
  for (const entry of entries) {
    const { method, url } = requestOf(entry)
    const [, instance] = CHANGES.has(method) && typeof url === 'string' ? (INSTANCE.exec(url) ?? []) : []
    if (instance === undefined) continue
    if (changed.has(instance))
      run.report({
        severity: 'error',
        code: 'business-rule',
        key: 'transaction-changes-twice',
        text: 'An entry before this one changes the same resource, and a transaction with both fails.',
        expression: `${expressionOf(entry.spot)}.request.url`,
        value: shownValue(url),
        expected: 'a resource that no other entry changes',
        hint: 'Bring what both change into one entry, or send them one after the other.',
      })
    changed.add(instance)
  }
}

/** The entries of a batch do not build on each other: none refers to what another creates (http://hl7.org/fhir/R4/http.html#brules). */
const checkApart = (entries: readonly Entry[], run: Run): void => {
  const created = new Map(
    entries.flatMap((entry) =>
      entry.fullUrl !== undefined && requestOf(entry)['method'] === 'POST' ? [[entry.fullUrl, entry] as const] : [],
    ),
  )
  if (created.size === 0) return
  for (const entry of entries) {
    const { resource } = entry
    if (resource === undefined) continue
    const isTied = (reference: string): boolean => {
      const other = created.get(reference)
      return other !== undefined && other !== entry
    }
    const literals: string[] = []
    literalsIn(resource.value, literals)
    // Where each stands is written out only where one is wrong.
    if (!literals.some(isTied)) continue
    for (const [reference, place] of referencesWhere(isTied, resource.value))
      run.report({
        severity: 'error',
        code: 'business-rule',
        key: 'batch-reference',
        text: 'This refers to what another entry of the batch creates, and the entries of a batch do not know of each other.',
        expression: expressionOf(resource) + place,
        value: shownValue(reference),
        expected: 'a resource that the server has already',
        hint: 'Send a transaction instead of a batch, or create the other resource first.',
      })
  }
}

export const checkTogether: Check = (spot, run) => {
  const { type } = spot.value as Node
  if (type === 'transaction') checkOnce(entriesOf(spot), run)
  if (type === 'batch') checkApart(entriesOf(spot), run)
}
