/** Light or dark as the reader has it; one narrow column, so that a phone shows the same page; text and ground differ by at least 7 to 1. */
export const SIGN_IN_STYLE = `
:root { color-scheme: light dark; --ground: #eef1f4; --card: #fff; --ink: #14202b; --soft: #45535f; --line: #c5ced6; --act: #00468c; --on-act: #fff; --warn: #7a0b12; }
@media (prefers-color-scheme: dark) { :root { --ground: #10161c; --card: #19222b; --ink: #eef3f7; --soft: #b9c6d1; --line: #3d4c5a; --act: #9cc9ff; --on-act: #0b1a29; --warn: #ffb0b4; } }
* { box-sizing: border-box; }
body { margin: 0; color: var(--ink); background: var(--ground); font: 1.0625rem/1.5 system-ui, -apple-system, "Segoe UI", Roboto, Arial, sans-serif; overflow-wrap: anywhere; }
header { max-width: 36rem; margin: 0 auto; padding: 1.25rem 1rem .75rem; font-weight: 700; }
main { max-width: 36rem; margin: 0 auto 2rem; padding: 1.5rem; background: var(--card); border: 1px solid var(--line); border-radius: .75rem; }
h1 { margin: 0 0 1rem; font-size: 1.5rem; line-height: 1.25; }
h2 { margin: 1.75rem 0 .5rem; font-size: 1.125rem; }
p { margin: .5rem 0; }
.soft { color: var(--soft); font-size: .9375rem; }
.warn { color: var(--warn); font-weight: 600; }
dl { margin: 0; }
dl div { display: flex; flex-wrap: wrap; gap: 0 1rem; padding: .5rem 0; border-top: 1px solid var(--line); }
dt { flex: 0 0 9rem; color: var(--soft); }
dd { flex: 1 1 14rem; margin: 0; }
ul { margin: .5rem 0; padding-left: 1.25rem; }
fieldset { margin: 1rem 0 0; padding: 0; border: 0; }
legend { font-weight: 600; padding: 0; }
label { display: block; margin: .75rem 0 .25rem; }
input { width: 100%; padding: .625rem; font: inherit; color: inherit; background: var(--card); border: 2px solid var(--soft); border-radius: .375rem; }
button, a.button { display: inline-block; width: 100%; margin: .75rem 0 0; padding: .75rem 1.25rem; font: inherit; font-weight: 600; text-align: center; text-decoration: none; color: var(--on-act); background: var(--act); border: 2px solid var(--act); border-radius: .375rem; cursor: pointer; }
button.quiet { color: var(--act); background: transparent; }
button.person { text-align: left; font-weight: 400; color: var(--ink); background: transparent; border-color: var(--line); }
button.person strong { display: block; }
a { color: var(--act); }
:focus-visible { outline: 3px solid var(--act); outline-offset: 2px; }
aside { margin: 1rem 0; padding: .75rem 1rem; border-left: .375rem solid var(--act); background: var(--ground); }
@media (min-width: 40rem) { main { padding: 2rem; } button, a.button { width: auto; min-width: 12rem; margin-right: .5rem; } button.person { display: block; width: 100%; } }
`
