import { readFileSync } from 'node:fs'
import type {
  CapabilityStatement,
  CapabilityStatementRest,
  CapabilityStatementRestResource,
  ImplementationGuide,
} from 'fhir/r4.js'
import { loadPackage } from '../definitions/package.ts'
import { COMPOSED, PUBLISHED, SERVED, type ServedType } from '../definitions/served.ts'
import { includable, reverseIncludable } from '../search/query/include.ts'
import { modifiersOf, type Searchable, searchableParameters } from '../search/query/parameters.ts'
import { definitionParametersOf } from './interactions/definitions.ts'
import { INTERACTIONS } from './interactions/index.ts'
import { OPERATIONS } from './operations/index.ts'
import { PATCH_FORMATS } from './patch-body.ts'
import { type SignIn, securityOf } from './security.ts'

type Interaction = NonNullable<CapabilityStatementRestResource['interaction']>[number]
type Operation = NonNullable<CapabilityStatementRestResource['operation']>[number]

const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
  version: string
}

/** The interactions with any type, each once, with the scope that a token needs for it. */
const interactionsOf = ({ type, kept }: ServedType): Interaction[] => {
  const routes = INTERACTIONS.filter(
    ({ path, name }) => path.startsWith('[type]') && !(kept === true && name === 'delete'),
  )
  return [...new Map(routes.map((route) => [route.name, route])).values()].map(({ name, scope, alsoScope = '' }) => ({
    code: name as Interaction['code'],
    documentation: `Needs the scope system/${type}.${alsoScope}${scope}.`,
  }))
}

/** True where the interaction can name its resource by search parameters in place of an id. */
const isConditional = (name: string): boolean =>
  INTERACTIONS.some((route) => route.name === name && route.path === '[type]')

/** The operations of a type, or of every type that is stored (`Resource`), each once. */
const operationsOf = (type: string): Operation[] => {
  const codes = new Set(OPERATIONS.filter((operation) => operation.type === type).map(({ code }) => code))
  return [...codes].flatMap((name) => {
    const definition = loadPackage().operationDefinition(name, type)?.url
    if (definition === undefined)
      throw new Error(`The FHIR package has no OperationDefinition of ${type} with the code ${name}.`)
    return [{ name, definition }]
  })
}

const searchParamOf = (parameter: Searchable): NonNullable<CapabilityStatementRest['searchParam']>[number] => ({
  name: parameter.code,
  definition: parameter.url,
  type: parameter.type,
  documentation: `Modifiers: ${modifiersOf(parameter).join(', ')}${parameter.type === 'reference' ? ', and the types that are stored here and that it may refer to' : ''}.`,
})

const resourceOf = (served: ServedType): CapabilityStatementRestResource => {
  const { type, versioned, kept } = served
  const parameters = searchableParameters(type)
  const profiles = loadPackage()
    .profiles()
    .filter((profile) => profile.type === type)
  const operations = [...operationsOf(type), ...operationsOf('Resource')]
  return {
    type: type as CapabilityStatementRestResource['type'],
    ...(profiles.length === 0 ? {} : { supportedProfile: profiles.map(({ url }) => url) }),
    interaction: interactionsOf(served),
    versioning: versioned === true ? 'versioned-update' : 'versioned',
    readHistory: true,
    updateCreate: true,
    conditionalCreate: true,
    conditionalRead: 'full-support',
    conditionalUpdate: isConditional('update'),
    conditionalDelete: isConditional('delete') && kept !== true ? 'single' : 'not-supported',
    searchInclude: ['*', `${type}:*`, ...includable(type).map(({ code }) => `${type}:${code}`)],
    searchRevInclude: [...reverseIncludable(type)],
    searchParam: parameters.map(searchParamOf),
    ...(operations.length === 0 ? {} : { operation: operations }),
    documentation:
      'Conditions (If-None-Exist, and the URL of a conditional update, patch or delete) are the search parameters below; one that is not known is refused, whatever Prefer says.',
  }
}

/** The guide that what is served follows, in its version. */
const IMPLEMENTATION_GUIDE = (loadPackage().all('ImplementationGuide') as ImplementationGuide[]).map(
  ({ url, version: its }) => `${url}|${its}`,
)

/** The operations of the whole service. */
const systemOperations = (): Operation[] => {
  const codes = OPERATIONS.filter(({ level }) => level === 'system').map(({ code }) => code)
  return operationsOf('Resource').filter(({ name }) => codes.includes(name))
}

/** Definitions are read and found by any client; no request changes them. */
const definitionsOf = (type: string): CapabilityStatementRestResource => {
  const operations = operationsOf(type)
  return {
    type: type as CapabilityStatementRestResource['type'],
    documentation: 'The definitions of the FHIR package keyplan.fhir.r4. Needs a token, and no scope.',
    interaction: INTERACTIONS.filter(({ path }) => path === type || path.startsWith(`${type}/`)).map(({ name }) => ({
      code: name as Interaction['code'],
    })),
    versioning: 'no-version',
    searchParam: [
      { name: '_id', definition: 'http://hl7.org/fhir/SearchParameter/Resource-id', type: 'token' },
      ...definitionParametersOf(type).map(({ code, type: kind, url }) => ({ name: code, definition: url, type: kind })),
    ],
    ...(operations.length === 0 ? {} : { operation: operations }),
  }
}

/** What every type that is stored can be searched by: the parameters of a search across all of them. */
const commonParameters = (): NonNullable<CapabilityStatementRest['searchParam']> => {
  const [first, ...others] = SERVED.map(({ type }) => searchableParameters(type))
  return (first ?? [])
    .filter(({ url }) => others.every((parameters) => parameters.some((parameter) => parameter.url === url)))
    .map(searchParamOf)
}

/** What is never stored has operations alone. */
const composedOf = (type: string): CapabilityStatementRestResource => ({
  type: type as CapabilityStatementRestResource['type'],
  documentation: 'Composed when it is asked for, never stored.',
  operation: operationsOf(type),
})

/**
 * What this service does, computed from the tables that it is routed by (http://hl7.org/fhir/R4/capabilitystatement.html).
 * @param baseUrl FHIR base address
 */
export const capabilityStatement = (baseUrl: string, date: Date, signIn: SignIn): CapabilityStatement => {
  const rest: CapabilityStatementRest = {
    mode: 'server',
    documentation:
      'Parameters, headers and paths that are not known are refused, not ignored. Bodies are read up to 5 MB, transactions and batches up to 20 MB. With Prefer: respond-async a batch, a transaction and Patient/[id]/$everything are answered later (http://hl7.org/fhir/R4/async.html).',
    security: securityOf(signIn, baseUrl),
    resource: [...SERVED.map(resourceOf), ...PUBLISHED.map(definitionsOf), ...COMPOSED.map(composedOf)],
    interaction: [
      { code: 'transaction' },
      { code: 'batch' },
      {
        code: 'search-system',
        documentation: 'Needs the scope system/[type].s of each type that _type names, or of every type.',
      },
      { code: 'history-system', documentation: 'Needs the scope system/[type].r for every type.' },
    ],
    searchParam: [...commonParameters()],
    compartment: ['http://hl7.org/fhir/CompartmentDefinition/patient'],
    operation: systemOperations(),
  }
  return {
    resourceType: 'CapabilityStatement',
    name: 'KeyPlan',
    title: 'KeyPlan: anticipatory care plans',
    status: 'active',
    date: date.toISOString(),
    kind: 'instance',
    software: { name: 'KeyPlan', version },
    implementation: {
      description: 'Anticipatory care plans, and their current summaries for every system that may have to act on them',
      url: baseUrl,
    },
    fhirVersion: '4.0.1',
    implementationGuide: IMPLEMENTATION_GUIDE,
    format: ['json', 'xml'],
    patchFormat: [...PATCH_FORMATS],
    rest: [rest],
  }
}

/** The statement as text, computed again only where the base address has become known or has changed. */
export const capabilityTexts = (signIn: () => SignIn): ((baseUrl: string) => string) => {
  const date = new Date()
  let known: Readonly<{ baseUrl: string; text: string }> | undefined
  return (baseUrl) => {
    if (known?.baseUrl !== baseUrl)
      known = { baseUrl, text: JSON.stringify(capabilityStatement(baseUrl, date, signIn())) }
    return known.text
  }
}
