import type { FhirResource } from 'fhir/r4.js'
import { escapeText } from '../../plan/summary/narrative.ts'
import { json, linkTo, page, type Up } from './layout.ts'
import { examples } from './library.ts'
import { SAYINGS, type Saying } from './sayings.ts'

const UP = '../'
const OURS = 'https://keyplan.example/fhir/StructureDefinition/'

/** `not-for-cpr-agreed-with-her-daughter-review-in-march` */
export const addressOf = ({ say }: Saying): string =>
  say
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')

/** The part of a resource at an address of a saying; undefined where there is none. */
export const partOf = (resource: FhirResource, at: string): unknown => {
  let found: unknown = resource
  for (const step of at.split('.')) {
    const [name = '', extension] = step.split(':')
    const next: unknown = (found as Record<string, unknown> | undefined)?.[name]
    found =
      extension === undefined
        ? next
        : (next as { url: string }[] | undefined)?.find(({ url }) => url === `${OURS}${extension}`)
  }
  return found
}

export const sayingLink = (up: Up, saying: Saying): string => linkTo(up, `say/${addressOf(saying)}`, saying.say)

/** A page that says how something is said, part by part, with the whole of the worked examples. */
export const sayingPage = (address: string): string | undefined => {
  const saying = SAYINGS.find((one) => addressOf(one) === address)
  if (saying === undefined) return undefined
  const [first = ''] = saying.examples
  const resource = examples().get(first) as FhirResource
  const parts = saying.parts.map(
    ([at, says]) =>
      `<li><p><strong>${escapeText(says)}</strong> <code>${escapeText(at)}</code></p>${json(partOf(resource, at))}</li>`,
  )
  return page(
    UP,
    saying.say,
    `<p class="soft">How do I say …</p>
<h1>${escapeText(saying.say)}</h1>
<p>A ${escapeText(resource.resourceType)} of the profile ${linkTo(UP, `StructureDefinition/${saying.profile}`, saying.profile)}, part by part:</p>
<ul class="found">${parts.join('\n')}</ul>
${saying.examples.map((name) => `<h2>${linkTo(UP, `example/${name}`, name)}</h2>${json(examples().get(name))}`).join('\n')}`,
  )
}
