import { createHash } from 'node:crypto'

/** What all pages have: light or dark as the reader has it; text and ground differ by at least 7 to 1. */
export const BASE_STYLE = `
:root { color-scheme: light dark; --ground: #fff; --card: #f5f7f9; --ink: #14202b; --soft: #45535f; --line: #d3dae0; --link: #00468c; --read: #00468c; --write: #00572f; --change: #6b4400; --remove: #8f0b14; }
@media (prefers-color-scheme: dark) { :root { --ground: #10161c; --card: #19222b; --ink: #eef3f7; --soft: #b9c6d1; --line: #34424f; --link: #9cc9ff; --read: #9cc9ff; --write: #8fdcb1; --change: #ffcf7d; --remove: #ffb0b4; } }
* { box-sizing: border-box; }
html { scroll-padding-top: 1rem; }
body { margin: 0; color: var(--ink); background: var(--ground); font: 1rem/1.5 system-ui, -apple-system, "Segoe UI", Roboto, Arial, sans-serif; overflow-wrap: anywhere; }
a { color: var(--link); }
.skip { position: absolute; left: -100rem; }
.skip:focus { left: 1rem; top: 1rem; padding: .5rem; background: var(--ground); }
h1 { font-size: 2rem; line-height: 1.2; margin: 0 0 .25rem; }
h2 { font-size: 1.5rem; margin: 2.5rem 0 .25rem; }
h3 { font-size: 1.125rem; line-height: 1.35; margin: 0 0 .25rem; }
h4 { font-size: .875rem; margin: 1rem 0 .25rem; color: var(--soft); }
p { margin: .25rem 0 .5rem; }
code, pre { font: .875rem/1.45 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; }
pre { margin: .25rem 0; padding: .75rem; overflow-x: auto; white-space: pre; overflow-wrap: normal; background: var(--ground); border: 1px solid var(--line); border-radius: .375rem; }
table { width: 100%; border-collapse: collapse; font-size: .9375rem; }
th, td { text-align: left; vertical-align: top; padding: .35rem .75rem .35rem 0; border-top: 1px solid var(--line); font-weight: 400; }
td p { margin: 0; }
th[scope=col] { font-size: .8125rem; color: var(--soft); border: 0; }
.soft { color: var(--soft); font-size: .875rem; }
details { margin: .25rem 0; }
summary { cursor: pointer; }
`

/** Where one is, and what else there is. On a phone the list of a page's parts is at its end, and `to-nav` leads there. */
export const HEADER_STYLE = `
header { display: flex; flex-wrap: wrap; gap: .25rem 1.5rem; padding: .75rem 1.5rem; border-bottom: 1px solid var(--line); font-size: .875rem; }
header a:first-child { font-weight: 700; }
@media (min-width: 64rem) { .to-nav { display: none; } }
`

const hashOf = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`

/**
 * What a page may load: its own style, the one `script` that it has where it has one, and nothing else. `form` where it has a form, which goes to
 * this service alone; `leadsTo` names addresses elsewhere to which the service may send on whoever has sent it.
 */
export const pagePolicy = (
  style: string,
  {
    form = false,
    leadsTo = [],
    script,
  }: Readonly<{ form?: boolean; leadsTo?: readonly string[]; script?: string }> = {},
): string =>
  `default-src 'none'; style-src ${hashOf(style)}; ${script === undefined ? '' : `script-src ${hashOf(script)}; `}base-uri 'none'; form-action ${form ? ["'self'", ...leadsTo.map(sourceOf)].join(' ') : "'none'"}; frame-ancestors 'none'`

/** An address as a policy names it: its origin, or the scheme of an app on the person's own device. */
const sourceOf = (address: string): string => {
  const { protocol, origin } = new URL(address)
  return protocol === 'http:' || protocol === 'https:' ? origin : protocol
}
