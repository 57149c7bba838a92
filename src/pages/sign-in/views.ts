import type { App } from '../../auth/people/apps.ts'
import type { AuthorizationRequest } from '../../auth/people/authorization-request.ts'
import type { Session } from '../../auth/people/sessions.ts'
import { shownDay, shownMoment } from '../../plan/summary/dates.ts'
import { type Html, html, type Page } from './layout.ts'
import type { Asked, Found } from './patients.ts'
import { isOfChange, ROLE_WORDS, scopeWords } from './words.ts'

/** Fields of a form that nobody fills in. */
const hidden = (fields: Readonly<Record<string, string>>): Html[] =>
  Object.entries(fields).map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`)

const line = (term: string, text: string | undefined): Html | undefined =>
  text === undefined ? undefined : html`<div><dt>${term}</dt><dd>${text}</dd></div>`

/** Somebody who is not signed in, or any more. */
export const signedOutPage = (base: string, provider: string): Page => ({
  title: 'You are signed out',
  body: html`<p>Sign in with ${provider} to go on.</p>
<a class="button" href="${base}/sign-in">Sign in</a>`,
})

/** On the way out through the provider's own sign-out. */
export const signingOutPage = (provider: string, goesOn: string): Page => ({
  title: 'You are signed out of KeyPlan',
  body: html`<p>Going on to ${provider}, to sign out there too.</p>
<a class="button" href="${goesOn}">Sign out of ${provider}</a>`,
  goesOn,
})

/** Who is signed in, and what can be opened from here. */
export const mePage = (base: string, { person, began, ends, csrf }: Session, apps: readonly App[]): Page => ({
  title: person.name,
  body: html`<dl>
${line('Role', ROLE_WORDS[person.role])}
${line('Organisation', person.organization === '' ? undefined : person.organization)}
${line('Assurance', person.assurance)}
${line('Signed in', shownMoment(new Date(began)))}
${line('Ends by', shownMoment(new Date(ends)))}
</dl>
${
  apps.length === 0
    ? undefined
    : html`<h2>Open for a person</h2>
${apps.map(({ clientId, name }) => html`<a class="button" href="${base}/launch/${clientId}">${name}</a>\n`)}`
}
<form method="post" action="${base}/sign-out">
${hidden({ csrf })}<button class="quiet">Sign out</button>
</form>`,
})

/** What failed, and what to do. */
export const failurePage = (base: string, text: string): Page => ({
  title: 'This did not work',
  body: html`<p>${text}</p>
<a class="button" href="${base}/me">Go to your page</a>`,
})

/** Where a choice of a person leads to. */
type Choosing = Readonly<{
  action: string
  fields: Readonly<Record<string, string>>
  asked?: Asked
  /** Undefined where too many would match. */
  found?: readonly Found[] | undefined
  /** What was wrong with what was asked. */
  wrong?: string
}>

const numbersOf = ({ identifiers }: Found): string =>
  identifiers.map(({ label, value }) => `${label} ${value}`).join(', ')

const result = ({ action, fields }: Choosing, found: Found): Html =>
  html`<form method="post" action="${action}">
${hidden({ ...fields, action: 'choose', patient: found.id })}<button class="person"><strong>${found.name ?? 'Name not recorded'}</strong>
born ${shownDay(found.birthDate) ?? 'on a day that is not recorded'}${found.postcode === undefined ? '' : `, ${found.postcode}`}<br>${numbersOf(found)}</button>
</form>`

const answer = (choosing: Choosing): Html | undefined => {
  const { asked, found, wrong } = choosing
  if (wrong !== undefined) return html`<p class="warn" role="alert">${wrong}</p>`
  if (asked === undefined) return undefined
  if (found === undefined)
    return html`<p class="warn" role="alert">Too many people match. Ask by number, or with more of the name.</p>`
  if (found.length === 0)
    return html`<p class="warn" role="alert">Nobody whom you may see matches. This does not say that there is no plan.</p>`
  return html`<h2>Who is it?</h2>
${found.map((one) => result(choosing, one))}`
}

/** A search for one person. What is typed travels in the body of a form, never in an address. */
export const choosePage = (title: string, choosing: Choosing, leadsTo?: readonly string[]): Page => ({
  title,
  body: html`${answer(choosing)}
<form method="post" action="${choosing.action}" autocomplete="off">
${hidden({ ...choosing.fields, action: 'find' })}<fieldset><legend>By number</legend>
<label for="number">CHI, NHS or H&amp;C number</label>
<input id="number" name="number" inputmode="numeric" maxlength="20" value="${choosing.asked?.number}">
</fieldset>
<fieldset><legend>Or by name and date of birth</legend>
<label for="name">Family or given name</label>
<input id="name" name="name" maxlength="100" value="${choosing.asked?.name}">
<label for="birthDate">Date of birth</label>
<input id="birthDate" name="birthDate" type="date" value="${choosing.asked?.birthDate}">
</fieldset>
<button>Find</button>
</form>`,
  ...(leadsTo === undefined ? {} : { leadsTo }),
})

const banner = (patient: Found): Html =>
  html`<aside><strong>${patient.name ?? 'Name not recorded'}</strong><br>
born ${shownDay(patient.birthDate) ?? 'on a day that is not recorded'}<br>${numbersOf(patient)}</aside>`

/** What an app asks for, in whose name and for whom. */
export const consentPage = (
  base: string,
  { person, csrf }: Session,
  { app, scopes, notOffered, redirectUri }: AuthorizationRequest,
  patient: Found | undefined,
  request: string,
): Page => {
  const fields = { csrf, request, ...(patient === undefined ? {} : { patient: patient.id }) }
  return {
    title: `Let ${app.name} use KeyPlan?`,
    body: html`<p><strong>${app.name}</strong> asks to act in your name, ${person.name} (${[ROLE_WORDS[person.role], person.organization].filter((said) => said !== '').join(', ')}), for five minutes.</p>
${patient === undefined ? undefined : html`<h2>For this person</h2>${banner(patient)}`}
<h2>It asks to</h2>
<ul>
${scopes.map((scope) => html`<li>${scopeWords(scope)}</li>\n`)}</ul>
${scopes.some(isOfChange) ? html`<p class="warn">It could change records, and they would say that it was in your name.</p>` : undefined}
${notOffered.length === 0 ? undefined : html`<p class="soft">It also asked for ${notOffered.join(', ')}, which KeyPlan gives to no app.</p>`}
<p class="soft">The answer goes to ${new URL(redirectUri).host || new URL(redirectUri).protocol}.</p>
<form method="post" action="${base}/auth/consent">
${hidden(fields)}<button name="action" value="allow">Allow</button>
<button class="quiet" name="action" value="deny">Do not allow</button>
</form>`,
    leadsTo: [redirectUri],
  }
}
