import { escapeText } from '../../plan/summary/narrative.ts'
import { linkTo, page } from './layout.ts'
import { type Definition, definitionsOfType, profiles, titleOf } from './library.ts'
import { sayingLink } from './say.ts'
import { SAYINGS } from './sayings.ts'
import { resultsHtml } from './search.ts'

const UP = 'guide/'

const described = (definitions: readonly Definition[]): string =>
  `<ul class="found">${definitions
    .map(
      (one) =>
        `<li>${linkTo(UP, `${one.resourceType}/${one.id}`, titleOf(one))}<p>${escapeText(one.description ?? '')}</p></li>`,
    )
    .join('\n')}</ul>`

/** The first page: what somebody wants to say, and where everything is. With a question, what was found. */
export const homePage = (query: string): string =>
  page(
    UP,
    query === '' ? 'How to say it' : query,
    `<h1>The KeyPlan guide</h1>
<p>What an anticipatory care plan looks like in FHIR R4: for those who build against KeyPlan.</p>
<form action="guide" method="get" role="search">
<label for="q">How do I say …</label>
<input type="search" id="q" name="q" maxlength="200" value="${escapeText(query)}" autocomplete="off">
<button type="submit">Find</button>
</form>
${
  query === ''
    ? `<ul class="found">${SAYINGS.map((saying) => `<li>${sayingLink(UP, saying)}</li>`).join('\n')}</ul>
<h2 id="load">To load it</h2>
<ul>
<li><a href="guide/package.tgz">The FHIR package</a>: definitions with snapshots, terminology, forms, operations, worked examples, JSON Schemas</li>
<li>Each profile as JSON Schema: ${profiles()
        .map((one) => `<a href="guide/schema/${one.id}.schema.json">${escapeText(one.id)}</a>`)
        .join(', ')}</li>
<li><a href="docs">The HTTP contract</a> (OpenAPI)</li>
</ul>
<h2 id="profiles">Profiles</h2>
${described(profiles())}
<h2 id="forms">Forms</h2>
${described(definitionsOfType('Questionnaire'))}
<h2 id="operations">Operations</h2>
${described(definitionsOfType('OperationDefinition'))}`
    : `${resultsHtml(UP, query)}<p><a href="guide">All of the guide</a></p>`
}`,
  )
