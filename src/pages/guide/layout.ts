import { escapeText } from '../../plan/summary/narrative.ts'
import { pagePolicy } from '../style.ts'
import { compact } from './compact.ts'
import { type Definition, definitionsOfType, examples, extensions, profiles, titleOf } from './library.ts'
import { GUIDE_STYLE } from './style.ts'

/** What a page of the guide may do: show its own style, and send its search to this service. */
export const GUIDE_POLICY = pagePolicy(GUIDE_STYLE, { form: true })

/** From a page to another: `up` leads from it to the folder of the guide. */
export type Up = 'guide/' | '../'

/** To the first page of the service. */
const home = (up: Up): string => (up === 'guide/' ? '' : '../../')

export const linkTo = (up: Up, path: string, text: string): string =>
  `<a href="${escapeText(up + path)}">${escapeText(text)}</a>`

/** A link to a definition of ours by its canonical address; others are shown as they are. */
export const canonicalLink = (up: Up, canonical: string): string => {
  const [url = ''] = canonical.split('|')
  const match = /^https:\/\/keyplan\.example\/fhir\/([A-Za-z]+\/[A-Za-z0-9.-]+)$/.exec(url)
  return match === null
    ? `<code>${escapeText(url)}</code>`
    : linkTo(up, match[1] as string, (match[1] as string).split('/')[1] as string)
}

export const json = (value: unknown): string =>
  `<pre tabindex="0">${escapeText(typeof value === 'string' ? value : compact(value, 100))}</pre>`

const listOf = (up: Up, title: string, definitions: readonly Definition[]): string =>
  `<details><summary>${escapeText(title)} (${definitions.length})</summary><ul>${definitions
    .map((one) => `<li>${linkTo(up, `${one.resourceType}/${one.id}`, titleOf(one))}</li>`)
    .join('')}</ul></details>`

const navigation = (up: Up): string => `<nav id="pages" aria-label="All pages">
${listOf(up, 'Profiles', profiles())}
${listOf(up, 'Extensions', extensions())}
${listOf(up, 'Code systems', definitionsOfType('CodeSystem'))}
${listOf(up, 'Value sets', definitionsOfType('ValueSet'))}
${listOf(up, 'Maps between codes', definitionsOfType('ConceptMap'))}
${listOf(up, 'Forms', definitionsOfType('Questionnaire'))}
${listOf(up, 'Operations', definitionsOfType('OperationDefinition'))}
${listOf(up, 'Search parameters', definitionsOfType('SearchParameter'))}
<details><summary>Worked examples (${examples().size})</summary><ul>${[...examples().keys()]
  .map((name) => `<li>${linkTo(up, `example/${name}`, name)}</li>`)
  .join('')}</ul></details>
<ul>
<li><a href="${up}package.tgz">The FHIR package</a></li>
</ul>
</nav>`

export const page = (up: Up, title: string, main: string): string => `<!DOCTYPE html>
<html lang="en-GB">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeText(title)}: the KeyPlan guide</title>
<style>${GUIDE_STYLE}</style>
</head>
<body>
<header><a href="${home(up)}guide">The KeyPlan guide</a> <a href="${home(up)}validate">Check a resource</a> <a href="${home(up)}docs">The HTTP contract</a> <a class="to-nav" href="#pages">All pages</a></header>
<main>
${main}
</main>
${navigation(up)}
</body>
</html>
`
