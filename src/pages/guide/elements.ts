/** A profile as a tree of its elements, each with what it means, what may stand in it, and what systems must do with it. */
import type { ElementDefinition, Extension, StructureDefinition } from 'fhir/r4.js'
import { loadPackage } from '../../definitions/package.ts'
import { escapeText } from '../../plan/summary/narrative.ts'
import { words } from '../words.ts'
import { canonicalLink, type Up } from './layout.ts'

const OBLIGATION = 'http://hl7.org/fhir/StructureDefinition/obligation'
const DEEPEST = 5

const part = (of: Extension, url: string): Extension | undefined => of.extension?.find((one) => one.url === url)

const obligations = ({ extension = [] }: ElementDefinition): string => {
  // What several actors must do alike is said once.
  const said = new Map<string, string[]>()
  for (const one of extension.filter(({ url }) => url === OBLIGATION)) {
    const what = `${part(one, 'code')?.valueCode ?? ''}|${part(one, 'documentation')?.valueMarkdown ?? ''}`
    const actor = (part(one, 'actor')?.valueCanonical ?? '').split('/').at(-1) ?? ''
    said.set(what, [...(said.get(what) ?? []), actor.replaceAll('-', ' ')])
  }
  if (said.size === 0) return ''
  const lines = [...said].map(([what, actors]) => {
    const [code = '', why = ''] = what.split('|')
    return `<li><strong>${escapeText(actors.join(', '))}</strong> <code>${escapeText(code)}</code> ${escapeText(why)}</li>`
  })
  return `<ul>${lines.join('')}</ul>`
}

const typesOf = (up: Up, { type = [], contentReference }: ElementDefinition): string => {
  if (contentReference !== undefined) return `as ${escapeText(contentReference.slice(1))}`
  return type
    .map(({ code, profile = [], targetProfile = [] }) => {
      const name = code.startsWith('http://hl7.org/fhirpath/') ? 'string' : code
      const targets = targetProfile.map((one) =>
        one.startsWith('https://keyplan.example/') ? canonicalLink(up, one) : escapeText(one.split('/').at(-1) ?? ''),
      )
      const more = [...profile.map((one) => canonicalLink(up, one)), ...targets]
      return escapeText(name) + (more.length === 0 ? '' : ` (${more.join(' or ')})`)
    })
    .join(' or ')
}

const valuesOf = (element: ElementDefinition): string =>
  Object.entries(element)
    .filter(([name]) => /^(fixed|pattern)[A-Z]/.test(name))
    .map(
      ([name, value]) =>
        `<p>${name.startsWith('fixed') ? 'Always' : 'Holds'} <code>${escapeText(typeof value === 'string' ? value : JSON.stringify(value))}</code></p>`,
    )
    .join('')

const bindingOf = (up: Up, { binding }: ElementDefinition): string =>
  binding?.valueSet === undefined
    ? ''
    : `<p>Codes of ${canonicalLink(up, binding.valueSet)} <span class="soft">${binding.strength === 'required' ? 'and no others (required)' : escapeText(binding.strength ?? '')}</span></p>`

/** What an element means: an extension says it itself. */
const meaning = ({ short = '', type = [] }: ElementDefinition): string => {
  const name = type[0]?.code === 'Extension' ? type[0].profile?.[0]?.split('/').at(-1) : undefined
  const extension = name === undefined ? undefined : loadPackage().resource('StructureDefinition', name)
  return (extension as StructureDefinition | undefined)?.description ?? short
}

const row = (up: Up, element: ElementDefinition): string => {
  const { id = '', path, min, max, mustSupport, sliceName } = element
  const depth = Math.min(DEEPEST, path.split('.').length - 1)
  const name = id.split('.').at(-1) ?? path
  const badges = [
    `<span class="badge">${min}..${max}</span>`,
    mustSupport === true ? '<span class="badge must">must support</span>' : '',
    element.isModifier === true ? '<span class="badge">modifier</span>' : '',
  ].join('')
  return `<li class="d${depth}" id="${escapeText(id)}"><p><code>${escapeText(name)}</code>${badges} <span class="soft">${typesOf(up, element)}</span></p>
<p>${escapeText(meaning(element))}${sliceName === undefined ? '' : ` <span class="soft">(slice ${escapeText(sliceName)})</span>`}</p>${valuesOf(element)}${bindingOf(up, element)}${obligations(element)}</li>`
}

/** The elements of which the profile says something, with those above them. */
const saidAbout = ({ differential, snapshot }: StructureDefinition): ReadonlySet<string> => {
  const ids = new Set<string>()
  const own = (differential?.element ?? []).map(({ id }) => id ?? '')
  const asked = (snapshot?.element ?? []).filter(({ min = 0, mustSupport, extension = [] }) => {
    return min > 0 || mustSupport === true || extension.some(({ url }) => url === OBLIGATION)
  })
  for (const id of [
    ...own,
    ...asked.filter(({ path }) => path.split('.').length === 2).map(({ id: its }) => its ?? ''),
  ]) {
    const steps = id.split('.')
    for (let length = 1; length <= steps.length; length++) ids.add(steps.slice(0, length).join('.'))
  }
  return ids
}

export const elementsHtml = (up: Up, profile: StructureDefinition): string => {
  const all = profile.snapshot?.element ?? []
  const said = saidAbout(profile)
  const shown = all.filter(({ id }, at) => at > 0 && said.has(id ?? ''))
  const duties = obligations(all[0] as ElementDefinition)
  const rest = all.filter(({ id }, at) => at > 0 && !said.has(id ?? ''))
  return `${duties === '' ? '' : `<h2 id="systems">What systems do with it</h2>${duties}`}
<h2 id="elements">Elements</h2>
<ul class="tree">${shown.map((element) => row(up, element)).join('\n')}</ul>
<details><summary>${rest.length} more elements, of which this profile says nothing</summary><ul class="tree">${rest
    .map((element) => row(up, element))
    .join('\n')}</ul></details>`
}

/** The rules that the profile adds, with the expression that decides. */
export const rulesHtml = ({ url, snapshot }: StructureDefinition): string => {
  const rules = (snapshot?.element ?? []).flatMap(({ path, constraint = [] }) =>
    constraint.filter(({ source }) => source === url).map((one) => ({ path, ...one })),
  )
  if (rules.length === 0) return ''
  return `<h2 id="rules">Rules</h2><dl>${rules
    .map(
      ({ key, severity, human, expression = '', path }) =>
        `<dt><code>${escapeText(key)}</code> <span class="soft">${severity === 'error' ? 'must hold' : 'warns'}, on ${escapeText(path)}</span></dt><dd>${words(human)}<details><summary>FHIRPath</summary><pre tabindex="0">${escapeText(expression)}</pre></details></dd>`,
    )
    .join('')}</dl>`
}
