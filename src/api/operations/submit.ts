import type { CarePlan, QuestionnaireResponse, Reference } from 'fhir/r4.js'
import { type Issue, issue, Problem, problem } from '../../fhir/outcome.ts'
import type { Resource } from '../../fhir/resource.ts'
import type { Committed, SubmittedEntry } from '../../records/types.ts'
import { bundleText } from '../bundle-text.ts'
import { writtenEntry } from '../interactions/transaction.ts'
import { refuseParameters } from '../parameters.ts'
import { withoutId } from '../resource-body.ts'
import type { Api, ApiRequest, ApiResponse } from '../route.ts'
import { extractPlan, isResponse } from './captured.ts'
import { inputOf } from './input.ts'
import type { Operation } from './operation.ts'

const INPUT = { resource: 'resource', activate: 'valueBoolean', replaces: 'valueReference' } as const

/**
 * A plan with everything that it is made of, checked by the rules across its resources and stored, active or as a draft, in one
 * commit. The body is the Bundle or QuestionnaireResponse itself, or Parameters around it.
 */
export const submit: Operation = {
  code: 'submit',
  type: 'CarePlan',
  level: 'type',
  methods: ['POST'],
  scope: 'c',
  body: 'resource',
  purpose: 'care',
  input: INPUT,
  handle: async ({ cx, query, resource, prefer }, { records, baseUrl, limits }) => {
    refuseParameters(query)
    const {
      resource: plan,
      activate = true,
      replaces,
    } = resource?.resourceType === 'Parameters' ? inputOf(resource, INPUT, ['resource']) : { resource }
    const entries = replacing(extracted(entriesOf(plan, limits.entries)), replaces)
    return answer(await records.submit(cx, entries, { activate }), prefer, baseUrl)
  },
}

/** What was sent, as entries. */
const entriesOf = (resource: Resource | undefined, most: number): readonly SubmittedEntry[] => {
  if (isResponse(resource)) return [{ resource }]
  if (resource?.resourceType !== 'Bundle') {
    throw problem(
      'bad-request',
      'submission-expected',
      'A submission is a Bundle with the CarePlan and what it refers to, or a completed QuestionnaireResponse.',
      { expression: 'resourceType' },
    )
  }
  const { type, entry } = resource as unknown as { type?: unknown; entry?: unknown }
  if (type !== 'transaction' && type !== 'collection') {
    throw problem('bad-request', 'bundle-type', 'A submitted Bundle must be of type transaction or collection.', {
      expression: 'Bundle.type',
    })
  }
  if (!Array.isArray(entry) || entry.length === 0) {
    throw problem('bad-request', 'bundle-empty', 'A submitted Bundle must hold the CarePlan and what it refers to.', {
      expression: 'Bundle.entry',
      code: 'required',
    })
  }
  if (entry.length > most)
    throw problem('too-large', 'too-many-entries', `A submission may hold ${most} entries.`, {
      expression: 'Bundle.entry',
    })
  const issues: Issue[] = []
  const entries = (entry as unknown[]).flatMap((one, index) => entryOf(one, `Bundle.entry[${index}]`, issues))
  if (issues.length > 0) throw new Problem('bad-request', issues)
  return entries
}

/** A submission only adds; of a condition there is one that means the same here: the Patient who may be registered already. */
const entryOf = (entry: unknown, at: string, issues: Issue[]): SubmittedEntry[] => {
  const { fullUrl, resource, request } = (entry ?? {}) as {
    fullUrl?: unknown
    resource?: Resource | null
    request?: Record<string, unknown> | null
  }
  const refuse = (key: string, expression: string, text: string): SubmittedEntry[] => {
    issues.push(issue(key, expression, text, { code: 'structure' }))
    return []
  }
  if (typeof resource?.resourceType !== 'string')
    return refuse('entry-resource-malformed', `${at}.resource`, 'Each entry must hold a resource.')
  if (fullUrl !== undefined && typeof fullUrl !== 'string')
    return refuse('entry-malformed', `${at}.fullUrl`, 'fullUrl must be a string.')
  const { method = 'POST', url = resource.resourceType, ...conditions } = request ?? {}
  if (method !== 'POST' || url !== resource.resourceType) {
    return refuse(
      'submission-adds',
      `${at}.request`,
      'A submission only adds resources: where a request is given, it must be POST of the type.',
    )
  }
  const unknown = Object.keys(conditions).filter(
    (name) => name !== 'ifNoneExist' || resource.resourceType !== 'Patient',
  )
  if (unknown.length > 0)
    return refuse(
      'submission-condition',
      `${at}.request`,
      'Conditions have no meaning in a submission, other than ifNoneExist of a Patient.',
    )
  return [{ resource, ...(fullUrl === undefined ? {} : { fullUrl }) }]
}

/** Completed forms that came without a CarePlan are turned into plans, and stored beside them. */
const extracted = (entries: readonly SubmittedEntry[]): readonly SubmittedEntry[] => {
  if (entries.some(({ resource }) => resource.resourceType === 'CarePlan')) return entries
  return entries.flatMap((entry): readonly SubmittedEntry[] =>
    // What comes in a body is not stored yet, whatever id it has elsewhere.
    isResponse(entry.resource) ? extractPlan(withoutId(entry.resource) as QuestionnaireResponse) : [entry],
  )
}

/** The same entries, their CarePlan replacing the plan that the parameter names. */
const replacing = (entries: readonly SubmittedEntry[], replaces: Reference | undefined): readonly SubmittedEntry[] => {
  if (replaces === undefined) return entries
  const plans = entries.filter(({ resource }) => resource.resourceType === 'CarePlan')
  const plan = plans[0]?.resource as CarePlan | undefined
  if (plans.length !== 1 || plan === undefined || plan.replaces !== undefined) {
    throw problem(
      'bad-request',
      'replaces-ambiguous',
      'The parameter replaces is for a submission of one CarePlan that does not say itself what it replaces.',
      { expression: 'replaces' },
    )
  }
  if (typeof replaces.reference !== 'string') {
    throw problem(
      'bad-request',
      'parameter-malformed',
      'The parameter replaces must be a literal reference to the plan, e.g. CarePlan/123.',
      { expression: 'replaces' },
    )
  }
  const replacement: CarePlan = { ...plan, replaces: [{ reference: replaces.reference }] }
  return entries.map((entry) => (entry.resource === plan ? { ...entry, resource: replacement } : entry))
}

/** What was stored, the plan's entry with the warnings; `Location` names the plan. */
const answer = ({ changed, issues }: Committed, prefer: ApiRequest['prefer'], baseUrl: Api['baseUrl']): ApiResponse => {
  const returns = prefer.return ?? 'representation'
  const plan =
    changed.find(({ stored, outcome }) => stored.type === 'CarePlan' && outcome === 'created') ??
    changed.find(({ stored }) => stored.type === 'CarePlan')
  const entries = changed.map((one) => writtenEntry(one, one === plan ? issues : [], returns, baseUrl))
  const { stored } = plan ?? {}
  return {
    status: changed.some(({ outcome }) => outcome === 'created') ? 201 : 200,
    body: bundleText('transaction-response', entries),
    ...(stored === undefined ? {} : { location: `${stored.type}/${stored.id}/_history/${stored.version}` }),
  }
}
