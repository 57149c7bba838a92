import type { Issue } from '../../fhir/outcome.ts'
import { escapeText } from '../../plan/summary/narrative.ts'
import { pagePolicy } from '../style.ts'
import { VALIDATE_STYLE } from './style.ts'

export const VALIDATE_PAGE_POLICY = pagePolicy(VALIDATE_STYLE, { form: true })

/** What the page shows of a finding. */
export type Found = Issue &
  Readonly<{ value?: string; expected?: string; rule?: string; profile?: string; hint?: string }>

/** What was found in a text; `notes` say what was checked and what could not be. */
export type Checked = Readonly<{ findings: readonly Found[]; notes: readonly string[] }>

/** What the form holds. */
export type Asked = Readonly<{ text: string; profile: string }>

/** Lines of the text that are shown around the first of those that findings are about, where it is longer than that. */
const MOST_LINES = 3_000

type Level = 'error' | 'warning' | 'note'
const LEVEL: Readonly<Record<Issue['severity'], Level>> = {
  fatal: 'error',
  error: 'error',
  warning: 'warning',
  information: 'note',
}

/** The page to paste a resource into, with what was found in the last one. Complete without scripts. */
export const validatePage = (
  profiles: readonly Readonly<{ url: string; title: string }>[],
  asked: Asked = { text: '', profile: '' },
  result?: Checked | Readonly<{ refused: string }>,
): string => `<!DOCTYPE html>
<html lang="en-GB">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${result === undefined ? 'Check a resource' : 'Result of the check'}: KeyPlan</title>
<style>${VALIDATE_STYLE}</style>
</head>
<body>
<a class="skip" href="#text">To the form</a>
<main>
<h1>Check a FHIR resource</h1>
<p>Held against FHIR R4, the profiles that it names in <code>meta.profile</code>, and the one that you choose. Nothing that you send is stored or written to a log.
All the same: synthetic people only, never a real person’s record.</p>
${result === undefined ? '' : resultHtml(asked.text, result)}
<form method="post" action="validate" enctype="multipart/form-data">
<label for="text">A resource, as JSON or XML</label>
<textarea id="text" name="text" spellcheck="false" autocomplete="off">
${escapeText(asked.text)}</textarea>
<label for="file">Or a file, which then takes its place (at most 1 MB)</label>
<input id="file" name="file" type="file" accept=".json,.xml,application/fhir+json,application/fhir+xml">
<label for="profile">Profile</label>
<select id="profile" name="profile">
<option value="">Only R4, and what the resource names itself</option>
${profiles
  .map(
    ({ url, title }) =>
      `<option value="${escapeText(url)}"${url === asked.profile ? ' selected' : ''}>${escapeText(title)}</option>`,
  )
  .join('\n')}
</select>
<button type="submit">Check</button>
</form>
<p>The same for programs: <code>POST fhir/$validate</code> (<a href="docs">the HTTP contract</a>), and <code>keyplan validate</code> for files.</p>
</main>
</body>
</html>
`

const resultHtml = (text: string, result: Checked | Readonly<{ refused: string }>): string => {
  if ('refused' in result) return `<p class="verdict not" role="alert">${escapeText(result.refused)}</p>`
  const { findings, notes } = result
  const count = (level: Level): number => findings.filter(({ severity }) => LEVEL[severity] === level).length
  const verdict =
    count('error') > 0
      ? `<p class="verdict not"><strong>Not valid.</strong> ${counted(count('error'), 'error')}, ${counted(count('warning'), 'warning')}.</p>`
      : `<p class="verdict"><strong>Valid.</strong> ${counted(count('warning'), 'warning')}.</p>`
  return `<section aria-labelledby="result">
<h2 id="result">Result</h2>
${verdict}
${notes.map((note) => `<p class="soft">${escapeText(note)}</p>`).join('\n')}
${findings.length === 0 ? '' : `<div class="result">\n<ol class="findings">\n${findings.map(findingHtml).join('\n')}\n</ol>\n${textHtml(text, findings)}\n</div>`}
</section>`
}

const counted = (number: number, one: string): string => `${number} ${one}${number === 1 ? '' : 's'}`

const findingHtml = (found: Found): string => {
  const { severity, expression, place, text, value, expected, hint, rule, key, profile } = found
  const said: readonly (readonly [string, string | undefined])[] = [
    ['Seen', value],
    ['Expected', expected],
    ['Mend it', hint],
    ['Rule', [rule ?? key, profile].filter((part) => part !== undefined).join(' of ')],
  ]
  const where =
    place === undefined ? '' : ` <a href="#line-${place.line}">line ${place.line}, column ${place.column}</a>`
  return `<li class="${LEVEL[severity]}"><strong>${LEVEL[severity]}</strong> <code>${escapeText(expression ?? '')}</code>${where}
<p>${escapeText(text)}</p>
<dl>${said
    .filter(([, what]) => what !== undefined && what !== '')
    .map(([name, what]) => `<dt>${name}</dt><dd>${escapeText(what as string)}</dd>`)
    .join('')}</dl></li>`
}

/** The text with its lines numbered, and those marked that findings are about. */
const textHtml = (text: string, findings: readonly Found[]): string => {
  const marks = new Map<number, Level>()
  for (const { place, severity } of findings) {
    if (place !== undefined && marks.get(place.line) !== 'error') marks.set(place.line, LEVEL[severity])
  }
  const lines = text.split(/\r?\n/)
  const first = lines.length <= MOST_LINES ? 1 : Math.max(1, Math.min(...marks.keys()) - 20)
  const shown = lines.slice(first - 1, first - 1 + MOST_LINES).map((line, index) => {
    const number = first + index
    const mark = marks.get(number)
    return `<span id="line-${number}"${mark === undefined ? '' : ` class="${mark}"`}><i>${number}</i>${escapeText(line)}</span>`
  })
  return `<pre class="text beside" tabindex="0" role="region" aria-label="The text that was checked">${shown.join('')}</pre>`
}
