/** What a server answers with: the result of a search, and what became of the requests of a Bundle (http://hl7.org/fhir/R4/bundle.html). */
import { childOrSelf, childrenNamed } from '../children.ts'
import { shownValue } from '../findings/finding.ts'
import { isNode } from '../invariants/invariant.ts'
import { type Check, findingAt, type Run, type Spot } from '../spot.ts'
import { type Entry, entriesOf } from './entry.ts'

const textIn = (spot: Spot, name: string): string | undefined => {
  const found = childrenNamed(spot, name)[0]?.value
  return typeof found === 'string' ? found : undefined
}

const modeOf = ({ spot }: Entry): string | undefined => {
  const [search] = childrenNamed(spot, 'search')
  return search === undefined ? undefined : textIn(search, 'mode')
}

/** What is found is a resource with an id; what is said about the search is an OperationOutcome, and said to be that (http://hl7.org/fhir/R4/search.html#summary). */
const checkFound = (entry: Entry, run: Run): void => {
  const { spot, resource } = entry
  const mode = modeOf(entry)
  const isOutcome = resource?.type === 'OperationOutcome'
  if (resource === undefined) {
    run.report(
      findingAt(spot, 'bundle-search-resource', 'required', 'What a search finds is a resource, and this has none.', {
        expected: 'a resource',
        hint: 'Add the resource that was found, or leave the entry out.',
      }),
    )
    return
  }
  if (isOutcome !== (mode === 'outcome') && (isOutcome || mode === 'outcome'))
    run.report(
      findingAt(
        childOrSelf(spot, 'search'),
        'bundle-search-mode',
        'invalid',
        isOutcome
          ? 'An OperationOutcome is no match: it says something about the search.'
          : 'Only an OperationOutcome says something about the search.',
        {
          value: shownValue(mode ?? 'nothing'),
          expected: isOutcome ? 'the mode outcome' : 'the mode match or include',
          hint: 'Correct search.mode.',
        },
      ),
    )
  if (!isOutcome && resource.type !== 'Parameters' && textIn(resource, 'id') === undefined)
    run.report(
      findingAt(resource, 'bundle-search-id', 'required', 'What is found on a server has an id.', {
        expected: 'an id',
        hint: 'Add the id of the resource.',
      }),
    )
}

const checkTotal = (spot: Spot, entries: readonly Entry[], run: Run): void => {
  const [total] = childrenNamed(spot, 'total')
  const matches = entries.filter((entry) => modeOf(entry) === 'match').length
  if (typeof total?.value !== 'number' || total.value >= matches) return
  run.report(
    findingAt(total, 'bundle-total', 'invalid', `There are ${matches} matches on this page alone.`, {
      value: String(total.value),
      expected: `${matches} or more`,
      hint: 'Count the matches of all pages, without what is included.',
    }),
  )
}

const relationsOf = (spot: Spot): readonly Spot[] =>
  childrenNamed(spot, 'link').flatMap((link) => childrenNamed(link, 'relation'))

/** The result of a search says what was searched for (http://hl7.org/fhir/R4/search.html#conformance). */
const checkLinks = (spot: Spot, run: Run): void => {
  const relations = relationsOf(spot)
  if (!relations.some(({ value }) => value === 'self'))
    run.report(
      findingAt(spot, 'bundle-self-link', 'required', 'The result of a search says by a link what was searched for.', {
        severity: 'warning',
        expected: 'a link with the relation self',
        hint: 'Add a link to the search as it was understood.',
      }),
    )
  const seen = new Set<unknown>()
  for (const relation of relations) {
    const isFirst = !seen.has(relation.value)
    seen.add(relation.value)
    if (isFirst) continue
    run.report(
      findingAt(relation, 'bundle-link-twice', 'invalid', 'Two links have the same relation.', {
        severity: 'warning',
        value: shownValue(relation.value),
        expected: 'one link of each relation',
        hint: 'Leave one of them out.',
      }),
    )
  }
}

/** A status begins with the three digits of HTTP (http://hl7.org/fhir/R4/bundle-definitions.html#Bundle.entry.response.status). */
const checkStatus = ({ spot }: Entry, run: Run): void => {
  const [response] = childrenNamed(spot, 'response')
  const [status] = response === undefined ? [] : childrenNamed(response, 'status')
  if (typeof status?.value !== 'string' || /^[1-5]\d\d(?: |$)/.test(status.value)) return
  run.report(
    findingAt(status, 'bundle-response-status', 'value', 'A status begins with the three digits of HTTP.', {
      value: shownValue(status.value),
      expected: 'such as 201 or 404 Not Found',
      hint: 'Send the status of HTTP.',
    }),
  )
}

/** A deleted version has no content (http://hl7.org/fhir/R4/http.html#history). */
const checkDeleted = ({ spot, resource }: Entry, run: Run): void => {
  const [request] = childrenNamed(spot, 'request')
  const method = isNode(request?.value) ? request.value['method'] : undefined
  if (method !== 'DELETE' || resource === undefined) return
  run.report(
    findingAt(resource, 'bundle-request-resource', 'invalid', 'A version that was deleted has no resource.', {
      expected: 'no resource',
      hint: 'Leave the resource out.',
    }),
  )
}

/** A Bundle that is an answer. */
export const checkAnswers: Check = (spot, run) => {
  const type = textIn(spot, 'type')
  const entries = entriesOf(spot)
  for (const entry of entries) checkStatus(entry, run)
  if (type === 'history') for (const entry of entries) checkDeleted(entry, run)
  if (type !== 'searchset') return
  checkLinks(spot, run)
  checkTotal(spot, entries, run)
  for (const entry of entries) checkFound(entry, run)
}
