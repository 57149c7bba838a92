/** A page for each definition, by its type. */
import type {
  CodeSystem,
  CodeSystemConcept,
  ConceptMap,
  OperationDefinition,
  OperationDefinitionParameter,
  Questionnaire,
  QuestionnaireItem,
  SearchParameter,
  StructureDefinition,
  ValueSet,
} from 'fhir/r4.js'
import { isUnknown } from '../../definitions/terminology/answer.ts'
import { membersOf } from '../../definitions/terminology/value-set.ts'
import { LIBRARY } from '../../definitions/terminology.ts'
import { escapeText } from '../../plan/summary/narrative.ts'
import { words } from '../words.ts'
import { elementsHtml, rulesHtml } from './elements.ts'
import { canonicalLink, json, linkTo, page } from './layout.ts'
import { type Definition, examples, examplesOf, isExtension, runsOf, titleOf } from './library.ts'
import { conceptMapTables, searchParameterTable } from './tables.ts'

const UP = '../'

const head = (one: Definition, kind: string): string => `<p class="soft">${escapeText(kind)}</p>
<h1>${escapeText(titleOf(one))}</h1>
<p class="address"><code>${escapeText(one.url)}</code></p>
${words(one.description)}`

const asJson = ({ resourceType, id }: Definition): string =>
  `<p>For programs: <a href="${UP}${resourceType}/${id}.json">the definition as JSON</a></p>`

const structure = (one: Definition): string => {
  const profile = one as unknown as StructureDefinition
  const [first, ...others] = examplesOf(one.url)
  const schema = isExtension(one)
    ? ''
    : `<p><a href="${UP}schema/${one.id}.schema.json">JSON Schema</a>, for those who have no FHIR validator</p>`
  const contexts = (profile.context ?? []).map(({ expression }) => `<code>${escapeText(expression)}</code>`)
  return `${head(one, isExtension(one) ? 'Extension' : `Profile of ${profile.type}`)}
${contexts.length === 0 ? '' : `<p>It may stand on ${contexts.join(', ')}.</p>`}
${asJson(one)}${schema}
${first === undefined ? '' : `<p>Worked examples: ${[first, ...others].map((name) => linkTo(UP, `example/${name}`, name)).join(' · ')}</p>`}
${elementsHtml(UP, profile)}
${rulesHtml(profile)}
${first === undefined ? '' : `<h2 id="example">A worked example</h2><p>${linkTo(UP, `example/${first}`, first)}</p>${json(examples().get(first))}`}`
}

type Code = Readonly<{ code: string; display?: string | undefined; definition?: string | undefined }>

const codeList = (codes: readonly Code[]): string =>
  `<dl class="codes">${codes
    .map(
      ({ code, display = '', definition = '' }) =>
        `<dt><code>${escapeText(code)}</code> ${escapeText(display)}</dt><dd>${escapeText(definition)}</dd>`,
    )
    .join('\n')}</dl>`

const concepts = (list: readonly CodeSystemConcept[]): CodeSystemConcept[] =>
  list.flatMap((one) => [one, ...concepts(one.concept ?? [])])

const codeSystem = (one: Definition): string => `${head(one, 'Code system')}
${asJson(one)}
<h2 id="codes">Codes</h2>
${codeList(concepts((one as unknown as CodeSystem).concept ?? []))}`

const valueSet = (one: Definition): string => {
  const members = membersOf(LIBRARY, one as unknown as ValueSet)
  const systems = [...new Set((isUnknown(members) ? [] : members).map(({ system }) => system))]
  const codes = isUnknown(members)
    ? words(members.why)
    : `<p>From ${systems.map((system) => canonicalLink(UP, system)).join(', ')}.</p>${codeList(members)}`
  return `${head(one, 'Value set')}
${asJson(one)}
<h2 id="codes">Codes</h2>
${codes}`
}

const items = (list: readonly QuestionnaireItem[], depth = 1): string =>
  list
    .map(
      ({ linkId, text = '', type, required, repeats, answerValueSet, item = [] }) =>
        `<li class="d${Math.min(5, depth)}"><p>${escapeText(text)}</p><p class="soft"><code>${escapeText(linkId)}</code> ${escapeText(type)}${required === true ? ', required' : ''}${repeats === true ? ', may repeat' : ''}${answerValueSet === undefined ? '' : `, codes of ${canonicalLink(UP, answerValueSet)}`}</p></li>${items(item, depth + 1)}`,
    )
    .join('\n')

const questionnaire = (one: Definition): string => `${head(one, 'Form')}
${asJson(one)}
<h2 id="questions">Questions</h2>
<ul class="tree">${items((one as unknown as Questionnaire).item ?? [])}</ul>`

const parameters = (list: readonly OperationDefinitionParameter[], depth = 1): string =>
  list
    .map(
      ({ name, min, max, type, documentation, binding, part = [] }) =>
        `<li class="d${Math.min(5, depth)}"><p><code>${escapeText(name)}</code><span class="badge">${min}..${escapeText(max)}</span> <span class="soft">${escapeText(type ?? '')}</span></p>${words(documentation)}${binding === undefined ? '' : `<p>Codes of ${canonicalLink(UP, binding.valueSet)}</p>`}</li>${parameters(part, depth + 1)}`,
    )
    .join('\n')

const operation = (one: Definition): string => {
  const definition = one as unknown as OperationDefinition
  const { code, system, type, instance, resource = [], parameter = [] } = definition
  const addresses = [
    ...(system ? [`/fhir/$${code}`] : []),
    ...(type ? resource.map((name) => `/fhir/${name}/$${code}`) : []),
    ...(instance ? resource.map((name) => `/fhir/${name}/[id]/$${code}`) : []),
  ]
  const listed = (use: 'in' | 'out', title: string): string => {
    const found = parameter.filter((each) => each.use === use)
    return found.length === 0 ? '' : `<h2>${title}</h2><ul class="tree">${parameters(found)}</ul>`
  }
  const shown = runsOf(definition)
  return `${head(one, 'Operation')}
<p class="address">${addresses.map((address) => `<code>${escapeText(address)}</code>`).join('<br>')}</p>
${asJson(one)}
${listed('in', 'What is sent')}
${listed('out', 'What comes back')}
${shown.length === 0 ? '' : '<h2 id="runs">As it ran</h2><p class="soft">Each request was sent to a KeyPlan with synthetic people, and a test sends it again.</p>'}
${shown.map(({ about, request, status, answer }) => `${words(about)}${json(request)}<p>Answer <strong>${escapeText(status)}</strong></p>${json(answer)}`).join('\n')}`
}

const conceptMap = (one: Definition): string => `${head(one, 'Map between codes')}
${asJson(one)}
${conceptMapTables(UP, one as unknown as ConceptMap)}`

const searchParameter = (one: Definition): string => `${head(one, 'Search parameter')}
${asJson(one)}
${searchParameterTable(one as unknown as SearchParameter)}`

const BY_TYPE: Readonly<Record<string, (one: Definition) => string>> = {
  StructureDefinition: structure,
  CodeSystem: codeSystem,
  ConceptMap: conceptMap,
  ValueSet: valueSet,
  Questionnaire: questionnaire,
  OperationDefinition: operation,
  SearchParameter: searchParameter,
}

export const definitionPage = (one: Definition): string =>
  page(UP, titleOf(one), BY_TYPE[one.resourceType]?.(one) ?? `${head(one, one.resourceType)}${json(one)}`)

export const examplePage = (name: string): string | undefined => {
  const found = examples().get(name)
  if (found === undefined) return undefined
  const claims = found.meta?.profile ?? []
  return page(
    UP,
    name,
    `<p class="soft">Worked example, of a synthetic person</p><h1>${escapeText(name)}</h1>
<p>It conforms to ${claims.map((one) => canonicalLink(UP, one)).join(', ') || 'base R4'}.</p>${json(found)}`,
  )
}
