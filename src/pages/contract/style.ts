/** Light or dark as the reader has it; one column on a phone; text and ground differ by at least 7 to 1. */
export const CONTRACT_STYLE = `
:root { color-scheme: light dark; --ground: #fff; --card: #f5f7f9; --ink: #14202b; --soft: #45535f; --line: #d3dae0; --link: #00468c; --read: #00468c; --write: #00572f; --change: #6b4400; --remove: #8f0b14; }
@media (prefers-color-scheme: dark) { :root { --ground: #10161c; --card: #19222b; --ink: #eef3f7; --soft: #b9c6d1; --line: #34424f; --link: #9cc9ff; --read: #9cc9ff; --write: #8fdcb1; --change: #ffcf7d; --remove: #ffb0b4; } }
* { box-sizing: border-box; }
html { scroll-padding-top: 1rem; }
body { margin: 0; color: var(--ink); background: var(--ground); font: 1rem/1.5 system-ui, -apple-system, "Segoe UI", Roboto, Arial, sans-serif; overflow-wrap: anywhere; }
a { color: var(--link); }
.skip { position: absolute; left: -100rem; }
.skip:focus { left: 1rem; top: 1rem; padding: .5rem; background: var(--ground); }
nav { padding: 1rem; border-bottom: 1px solid var(--line); font-size: .875rem; max-height: 45vh; overflow-y: auto; }
nav ul { list-style: none; margin: 0 0 .75rem; padding: 0; }
nav h2 { font-size: .875rem; margin: .75rem 0 .25rem; }
nav li a { display: flex; gap: .5rem; padding: .15rem .25rem; text-decoration: none; color: inherit; border-radius: .25rem; }
nav li a:hover, nav li a:focus { background: var(--card); text-decoration: underline; }
main { max-width: 62rem; padding: 1.5rem; }
h1 { font-size: 2rem; line-height: 1.2; margin: 0 0 .25rem; }
h2 { font-size: 1.5rem; margin: 2.5rem 0 .25rem; }
h3 { font-size: 1.125rem; line-height: 1.35; margin: 0 0 .25rem; }
h4 { font-size: .875rem; margin: 1rem 0 .25rem; color: var(--soft); }
section.operation, section.schema { margin: 1.25rem 0; padding: 1rem 1.25rem; background: var(--card); border: 1px solid var(--line); border-radius: .5rem; }
section:target { outline: 3px solid var(--link); outline-offset: 2px; }
p { margin: .25rem 0 .5rem; }
.address { font: .9375rem/1.4 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; margin: 0 0 .5rem; }
code, pre { font: .875rem/1.45 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; }
pre { margin: .25rem 0; padding: .75rem; overflow-x: auto; white-space: pre; overflow-wrap: normal; background: var(--ground); border: 1px solid var(--line); border-radius: .375rem; }
.method { display: inline-block; min-width: 4.2em; font: 700 .75rem/1.6 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; }
.get { color: var(--read); } .post { color: var(--write); } .put, .patch { color: var(--change); } .delete { color: var(--remove); }
table { width: 100%; border-collapse: collapse; font-size: .9375rem; }
th, td { text-align: left; vertical-align: top; padding: .35rem .75rem .35rem 0; border-top: 1px solid var(--line); font-weight: 400; }
td p { margin: 0; }
th[scope=col] { font-size: .8125rem; color: var(--soft); border: 0; }
.soft { color: var(--soft); font-size: .875rem; }
details { margin: .25rem 0; }
summary { cursor: pointer; }
dl { margin: 0; padding-left: .875rem; border-left: 2px solid var(--line); }
dt { margin-top: .35rem; }
dd { margin: 0 0 0 1rem; }
@media (min-width: 40rem) { th, td:nth-child(2) { white-space: nowrap; } }
@media (min-width: 64rem) {
  body { display: grid; grid-template-columns: 22rem 1fr; }
  nav { position: sticky; top: 0; height: 100vh; max-height: none; border: 0; border-right: 1px solid var(--line); }
  main { padding: 2rem 3rem; }
}
@media print { nav { display: none; } body { display: block; } }
`
