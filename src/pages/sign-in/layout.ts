import { escapeText } from '../../plan/summary/narrative.ts'
import { pagePolicy } from '../style.ts'
import { SIGN_IN_STYLE } from './style.ts'

/** Text that is markup already, made by `html` alone: whatever is put into it is written as text. */
export type Html = Readonly<{ html: string }>

type Part = string | Html | undefined | readonly Part[]

const written = (part: Part): string => {
  if (part === undefined) return ''
  if (typeof part === 'string') return escapeText(part)
  return 'html' in part ? part.html : part.map(written).join('')
}

/** Markup from a template; its values are text, or markup that was made in the same way. */
export const html = (markup: TemplateStringsArray, ...parts: readonly Part[]): Html => ({
  html: String.raw({ raw: markup }, ...parts.map(written)),
})

export type Page = Readonly<{
  title: string
  body: Html
  /** Addresses elsewhere to which a form of the page may lead. */
  leadsTo?: readonly string[]
  /** Where the browser goes on to by itself. */
  goesOn?: string
}>

export const policyOf = ({ leadsTo = [] }: Page): string => pagePolicy(SIGN_IN_STYLE, { form: true, leadsTo })

/** A page as one document, complete without scripts. */
export const documentOf = ({ title, body, goesOn }: Page): string => `<!DOCTYPE html>
<html lang="en-GB">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
${goesOn === undefined ? '' : `<meta http-equiv="refresh" content="0; url=${escapeText(goesOn)}">\n`}<title>${escapeText(title)} · KeyPlan</title>
<style>${SIGN_IN_STYLE}</style>
</head>
<body>
<header>KeyPlan</header>
<main>
<h1>${escapeText(title)}</h1>
${body.html}
</main>
</body>
</html>
`
