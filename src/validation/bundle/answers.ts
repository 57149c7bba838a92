/** What a server answers with: the result of a search, and what became of the requests of a Bundle (http://hl7.org/fhir/R4/bundle.html). */
import { isConcreteType } from '../../definitions/tables.ts'
import { childOrSelf, childrenNamed } from '../children.ts'
import { shownValue } from '../findings/finding.ts'
import { isNode } from '../invariants/invariant.ts'
import { type Check, findingAt, type Run, type Spot } from '../spot.ts'
import { type Entry, entriesOf } from './entry.ts'
import { selfOf } from './links.ts'

const textIn = (spot: Spot, name: string): string | undefined => {
  const found = childrenNamed(spot, name)[0]?.value
  return typeof found === 'string' ? found : undefined
}

const modeOf = ({ spot }: Entry): string | undefined => {
  const [search] = childrenNamed(spot, 'search')
  return search === undefined ? undefined : textIn(search, 'mode')
}

type Found = Entry & Readonly<{ resource: Spot }>

/** What is said about a search is an OperationOutcome, and said to be that (http://hl7.org/fhir/R4/search.html#errors). */
const checkMode = ({ spot, resource }: Found, mode: string | undefined, run: Run): void => {
  const isOutcome = resource.type === 'OperationOutcome'
  if (isOutcome === (mode === 'outcome')) return
  run.report(
    findingAt(
      childOrSelf(spot, 'search'),
      'bundle-search-mode',
      'invalid',
      isOutcome
        ? 'An OperationOutcome is no match: it says something about the search.'
        : 'Only an OperationOutcome says something about the search.',
      {
        ...(mode === undefined ? { severity: 'warning' } : {}),
        value: shownValue(mode ?? 'nothing'),
        expected: isOutcome ? 'the mode outcome' : 'the mode match or include',
        hint: 'Correct search.mode.',
      },
    ),
  )
}

/** The types that a search was for, as its address says; none where it does not (http://hl7.org/fhir/R4/http.html#search). */
const searchedFor = (address: string | undefined): ReadonlySet<string> => {
  const [path = '', query = ''] = (address ?? '').split('?', 2)
  const last = path.split('/').at(-1) ?? ''
  if (isConcreteType(last)) return new Set([last])
  // What an operation answers with is not only of the types that it is asked for.
  if (last.startsWith('$')) return new Set()
  const types = query.split('&').filter((pair) => pair.startsWith('_type='))
  return new Set(types.flatMap((pair) => pair.slice('_type='.length).split(',')).filter(isConcreteType))
}

/** What is found is a resource with an id, of a type that was searched for; what else is included says so. */
const checkFound = (entry: Entry, types: ReadonlySet<string>, run: Run): void => {
  const { spot, resource } = entry
  const mode = modeOf(entry)
  if (resource === undefined) {
    run.report(
      findingAt(spot, 'bundle-search-resource', 'required', 'What a search finds is a resource, and this has none.', {
        expected: 'a resource',
        hint: 'Add the resource that was found, or leave the entry out.',
      }),
    )
    return
  }
  checkMode({ ...entry, resource }, mode, run)
  if (resource.type === 'OperationOutcome') return
  if (mode === 'match' && types.size > 0 && !types.has(resource.type))
    run.report(
      findingAt(
        resource,
        'bundle-search-type',
        'invalid',
        `The search was not for ${resource.type}, so this is no match.`,
        { value: shownValue(resource.type), expected: [...types].join(' or '), hint: 'Say that it is included.' },
      ),
    )
  if (resource.type !== 'Parameters' && textIn(resource, 'id') === undefined)
    run.report(
      findingAt(resource, 'bundle-search-id', 'required', 'What is found on a server has an id.', {
        ...(mode === undefined ? { severity: 'warning' } : {}),
        expected: 'an id',
        hint: 'Add the id of the resource.',
      }),
    )
}

/** How well a match fits: from 0, least, to 1, most (http://hl7.org/fhir/R4/bundle-definitions.html#Bundle.entry.search.score). */
const checkScore = ({ spot }: Entry, run: Run): void => {
  const [search] = childrenNamed(spot, 'search')
  const [score] = search === undefined ? [] : childrenNamed(search, 'score')
  if (typeof score?.value !== 'number' || (score.value >= 0 && score.value <= 1)) return
  run.report(
    findingAt(score, 'bundle-search-score', 'value', 'A score is between 0 and 1.', {
      severity: 'warning',
      value: String(score.value),
      expected: '0 for what fits least to 1 for what fits most',
      hint: 'Divide it by the highest score that there can be.',
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

/** A deleted version has no content, and any other has (http://hl7.org/fhir/R4/http.html#history). */
const checkVersion = ({ spot, resource }: Entry, run: Run): void => {
  const [request] = childrenNamed(spot, 'request')
  const method = isNode(request?.value) ? request.value['method'] : undefined
  if (method === 'DELETE' && resource !== undefined)
    run.report(
      findingAt(resource, 'bundle-request-resource', 'invalid', 'A version that was deleted has no resource.', {
        expected: 'no resource',
        hint: 'Leave the resource out.',
      }),
    )
  if ((method === 'PUT' || method === 'POST') && resource === undefined)
    run.report(
      findingAt(spot, 'bundle-request-resource', 'required', 'A version that was written has a resource.', {
        severity: 'warning',
        expected: 'the resource as it was then',
        hint: 'Add the resource.',
      }),
    )
}

/** A Bundle that is an answer. */
export const checkAnswers: Check = (spot, run) => {
  const type = textIn(spot, 'type')
  const entries = entriesOf(spot)
  for (const entry of entries) checkStatus(entry, run)
  if (type === 'history') for (const entry of entries) checkVersion(entry, run)
  if (type !== 'searchset') return
  checkTotal(spot, entries, run)
  const types = searchedFor(selfOf(spot))
  for (const entry of entries) {
    checkFound(entry, types, run)
    checkScore(entry, run)
  }
}
