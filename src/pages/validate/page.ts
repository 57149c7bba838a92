import { escapeText } from '../../plan/summary/narrative.ts'
import { pagePolicy } from '../style.ts'
import { type Checked, resultHtml } from './result.ts'
import { VALIDATE_SCRIPT } from './script.ts'
import { VALIDATE_STYLE } from './style.ts'

export const VALIDATE_PAGE_POLICY = pagePolicy(VALIDATE_STYLE, { form: true, script: VALIDATE_SCRIPT })

/** What the form holds. */
export type Asked = Readonly<{ text: string; profile: string }>

/** A profile to choose, and the package that it is of. */
export type Choice = Readonly<{ url: string; title: string; type: string; package: string }>

/** The page to paste a resource into, with what was found in the last one. Complete without its script. */
export const validatePage = (
  profiles: readonly Choice[],
  asked: Asked = { text: '', profile: '' },
  result?: Checked | Readonly<{ refused: string }>,
): string => `<!DOCTYPE html>
<html lang="en-GB">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${titleOf(result)}: KeyPlan</title>
<style>${VALIDATE_STYLE}</style>
</head>
<body>
<a class="skip" href="#text">To the form</a>
<header><a href=".">KeyPlan</a> <a href="guide">The guide</a> <a href="docs">The HTTP contract</a></header>
<main>
<h1>Check a FHIR resource</h1>
<p>Held against FHIR R4, the profiles that it names in <code>meta.profile</code>, and the one that you choose. Nothing that you send is stored or written to a log.
All the same: synthetic people only, never a real person’s record.</p>
${result === undefined ? '' : 'refused' in result ? refusal(result.refused) : resultHtml(asked.text, result)}
${EXAMPLES_FORM}
<form id="check" method="post" action="validate#result" enctype="multipart/form-data">
<label for="text">A resource, as JSON or XML</label>
<textarea id="text" name="text" spellcheck="false" autocomplete="off" autocapitalize="off">
${escapeText(asked.text)}</textarea>
<label for="file">Or a file, which then takes its place (at most 1 MB)</label>
<input id="file" name="file" type="file" accept=".json,.xml,application/fhir+json,application/fhir+xml">
<label for="profile">Profile</label>
<input id="profile" name="profile" list="profiles" maxlength="500" autocomplete="off" spellcheck="false" value="${escapeText(asked.profile)}" aria-describedby="profile-help">
<p class="soft" id="profile-help">Search by title, type or address; empty for R4 and what the resource names itself. ${profiles.length} are known here${packagesOf(profiles)}.</p>
<datalist id="profiles">
${profiles.map(({ url, title, type, package: its }) => `<option value="${escapeText(url)}">${escapeText(`${title} (${type}), ${its}`)}</option>`).join('\n')}
</datalist>
<button type="submit">Check</button>
<span id="said" role="status"></span>
</form>
<p>The same for programs: <code>POST fhir/$validate</code> (<a href="docs">the HTTP contract</a>), and <code>keyplan validate</code> for files.</p>
</main>
<script>${VALIDATE_SCRIPT}</script>
</body>
</html>
`

const titleOf = (result: Checked | Readonly<{ refused: string }> | undefined): string => {
  if (result === undefined) return 'Check a resource'
  return 'refused' in result ? 'Not checked' : 'Result of the check'
}

const refusal = (why: string): string => `<p class="verdict not" id="result" role="alert">${escapeText(why)}</p>`

/** A form of its own: Enter in the other one must never send this. */
const EXAMPLES_FORM = `<form class="examples" method="post" action="validate#result" enctype="multipart/form-data">
<p>New here? Check <button name="example" value="valid">a valid plan</button> <button name="example" value="broken">a broken plan</button></p>
</form>`

const packagesOf = (profiles: readonly Choice[]): string =>
  ` (${[...new Set(profiles.map(({ package: its }) => its))].map(escapeText).join(', ')})`
