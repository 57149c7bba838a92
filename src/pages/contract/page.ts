import { escapeText } from '../../plan/summary/narrative.ts'
import { pagePolicy } from '../style.ts'
import { words } from '../words.ts'
import {
  type BodyItem,
  type Content,
  type Contract,
  type OperationItem,
  type ParameterItem,
  type ResponseItem,
  resolveIn,
} from './document.ts'
import { schemaHtml, schemaSections, typeOf } from './schemas.ts'
import { CONTRACT_STYLE } from './style.ts'

export const CONTRACT_PAGE_POLICY = pagePolicy(CONTRACT_STYLE)

const METHODS: ReadonlySet<string> = new Set(['get', 'post', 'put', 'patch', 'delete'])

type Described = Readonly<{
  method: string
  path: string
  operation: OperationItem
  parameters: readonly ParameterItem[]
}>

const operationsOf = (contract: Contract): readonly Described[] =>
  Object.entries(contract.paths).flatMap(([path, item]) =>
    Object.entries(item)
      .filter(([method]) => METHODS.has(method))
      .map(([method, value]): Described => {
        const operation = value as OperationItem
        const shared = (item['parameters'] ?? []) as NonNullable<OperationItem['parameters']>
        return {
          method,
          path,
          operation,
          parameters: [...shared, ...(operation.parameters ?? [])].map((each) =>
            resolveIn<ParameterItem>(contract, each),
          ),
        }
      }),
  )

const badge = (method: string): string => `<span class="method ${method}">${method.toUpperCase()}</span>`

/** The contract as one page to read and to search, complete without scripts and without anything from elsewhere. */
export const contractPage = (contract: Contract): string => {
  const { info, servers, tags } = contract
  const base = servers[0]?.url ?? ''
  const all = operationsOf(contract)
  const groups = tags.map((tag) => ({
    ...tag,
    operations: all.filter(({ operation }) => operation.tags?.[0] === tag.name),
  }))
  const anchor = (name: string): string => `tag-${name.replaceAll(' ', '-')}`
  return `<!DOCTYPE html>
<html lang="en-GB">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeText(info.title)}: the HTTP contract</title>
<style>${CONTRACT_STYLE}</style>
</head>
<body>
<header><a href=".">KeyPlan</a> <a href="guide">The guide</a> <a href="validate">Check a resource</a> <a class="to-nav" href="#operations">All operations</a></header>
<main>
<h1>${escapeText(info.title)}</h1>
<p>${escapeText(info.summary)}</p>
${words(info.description)}
<p>Base address <code>${escapeText(base)}</code>. For programs: <a href="openapi.json">openapi.json</a>, <a href="openapi.yaml">openapi.yaml</a> (OpenAPI 3.1).</p>
${groups
  .map(
    ({ name, description, operations }) =>
      `<h2 id="${anchor(name)}">${escapeText(name)}</h2>\n${words(description)}\n${operations.map((each) => operationHtml(contract, base, each)).join('\n')}`,
  )
  .join('\n')}
<h2 id="schemas">Schemas</h2>
${schemaSections(contract)}
</main>
<nav id="operations" aria-label="Operations">
${groups
  .map(
    ({ name, operations }) =>
      `<h2><a href="#${anchor(name)}">${escapeText(name)}</a></h2>\n<ul>\n${operations
        .map(
          ({ method, path, operation }) =>
            `<li><a href="#${operation.operationId}" title="${escapeText(operation.summary)}">${badge(method)}<span>${escapeText(path)}</span></a></li>`,
        )
        .join('\n')}\n</ul>`,
  )
  .join('\n')}
<h2><a href="#schemas">Schemas</a></h2>
</nav>
</body>
</html>
`
}

const operationHtml = (contract: Contract, base: string, described: Described): string => {
  const { method, path, operation, parameters } = described
  const body = operation.requestBody === undefined ? undefined : resolveIn<BodyItem>(contract, operation.requestBody)
  return `<section class="operation" id="${operation.operationId}">
<h3>${escapeText(operation.summary)}</h3>
<p class="address">${badge(method)} ${escapeText(path)}</p>
${words(operation.description)}
${operation.security?.length === 0 ? '<p class="soft">Needs no token.</p>' : ''}
${parametersHtml(parameters)}
${body === undefined ? '' : `<h4>Body${body.required === true ? '' : ', where there is one'}</h4>\n${words(body.description)}${contentHtml(body.content)}`}
<h4>Answers</h4>
${Object.entries(operation.responses)
  .map(([status, response]) => responseHtml(status, resolveIn<ResponseItem>(contract, response)))
  .join('\n')}
<details><summary>With curl</summary><pre>${escapeText(curl(base, described, body))}</pre></details>
</section>`
}

const parametersHtml = (parameters: readonly ParameterItem[]): string =>
  parameters.length === 0
    ? ''
    : `<h4>Parameters</h4>
<table>
<thead><tr><th scope="col">Name</th><th scope="col">In</th><th scope="col">What it says</th></tr></thead>
<tbody>
${parameters
  .map(
    ({ name, in: place, required, description, schema }) =>
      `<tr><th scope="row"><code>${escapeText(name)}</code></th><td>${escapeText(place)}${required === true ? ', required' : ''}</td><td>${words(description)}<span class="soft">${typeOf(schema)}</span></td></tr>`,
  )
  .join('\n')}
</tbody>
</table>`

const responseHtml = (status: string, { description, headers = {}, content = {} }: ResponseItem): string => {
  const names = Object.keys(headers)
  const inside = `${names.length === 0 ? '' : `<p class="soft">Headers: ${names.map((name) => `<code>${escapeText(name)}</code>`).join(', ')}</p>`}${contentHtml(content)}`
  const said = `<strong>${status}</strong> ${escapeText(description.trim())}`
  return inside === '' ? `<p>${said}</p>` : `<details><summary>${said}</summary>${inside}</details>`
}

/** What stands in a body or answer: formats that say the same are named together. */
const contentHtml = (content: Content): string => {
  const groups = new Map<string, string[]>()
  for (const [type, { schema, example, examples = {} }] of Object.entries(content)) {
    const shown = [
      ...(example === undefined ? [] : [{ summary: undefined, value: example }]),
      ...Object.values(examples),
    ].map(
      ({ summary, value }) =>
        `<details><summary>${escapeText(summary ?? 'Example')}</summary><pre>${escapeText(JSON.stringify(value, null, 2))}</pre></details>`,
    )
    const html = `${schema === undefined ? '' : schemaHtml(schema)}${shown.join('')}`
    groups.set(html, [...(groups.get(html) ?? []), type])
  }
  return [...groups]
    .map(([html, types]) => `<div>${types.map((type) => `<code>${escapeText(type)}</code>`).join(', ')} ${html}</div>`)
    .join('')
}

/** A command to begin with: TOKEN and what stands in braces are the reader's. */
const curl = (base: string, { method, path, operation }: Described, body: BodyItem | undefined): string => {
  const type = body === undefined ? undefined : Object.keys(body.content)[0]
  return [
    `curl${method === 'get' ? '' : ` -X ${method.toUpperCase()}`} '${base}${path}'`,
    ...(operation.security?.length === 0 ? [] : [`-H "Authorization: Bearer $TOKEN"`]),
    ...(type === undefined ? [] : [`-H 'Content-Type: ${type}'`, '--data-binary @body']),
  ].join(' \\\n  ')
}
