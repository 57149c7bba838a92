import { BASE_STYLE, HEADER_STYLE } from '../style.ts'

/** One column on a phone, the navigation at its end; on a wide screen it stands beside the text. */
export const CONTRACT_STYLE = `${BASE_STYLE}${HEADER_STYLE}nav { padding: 1rem; border-top: 1px solid var(--line); font-size: .875rem; }
nav ul { list-style: none; margin: 0 0 .75rem; padding: 0; }
nav h2 { font-size: .875rem; margin: .75rem 0 .25rem; }
nav li a { display: flex; gap: .5rem; padding: .15rem .25rem; text-decoration: none; color: inherit; border-radius: .25rem; }
nav li a:hover, nav li a:focus { background: var(--card); text-decoration: underline; }
main { max-width: 62rem; padding: 1.5rem; }
section.operation, section.schema { margin: 1.25rem 0; padding: 1rem 1.25rem; background: var(--card); border: 1px solid var(--line); border-radius: .5rem; }
section:target { outline: 3px solid var(--link); outline-offset: 2px; }
.address { font: .9375rem/1.4 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; margin: 0 0 .5rem; }
.method { display: inline-block; min-width: 4.2em; font: 700 .75rem/1.6 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; }
.get { color: var(--read); } .post { color: var(--write); } .put, .patch { color: var(--change); } .delete { color: var(--remove); }
dl { margin: 0; padding-left: .875rem; border-left: 2px solid var(--line); }
dt { margin-top: .35rem; }
dd { margin: 0 0 0 1rem; }
@media (min-width: 40rem) { th, td:nth-child(2) { white-space: nowrap; } }
@media (min-width: 64rem) {
  body { display: grid; grid-template: auto 1fr / 22rem 1fr; }
  header { grid-column: 1 / 3; }
  nav { grid-area: 2 / 1; position: sticky; top: 0; height: 100vh; overflow-y: auto; border: 0; border-right: 1px solid var(--line); }
  main { grid-area: 2 / 2; min-width: 0; padding: 2rem 3rem; }
}
@media print { nav { display: none; } body { display: block; } }
`
