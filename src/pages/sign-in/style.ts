import { BASE_STYLE } from '../style.ts'

/** One narrow column on a card, so that a phone shows the same page; what can be pressed is as large as a thumb. */
export const SIGN_IN_STYLE = `${BASE_STYLE}
body { background: var(--card); font-size: 1.0625rem; }
header { max-width: 36rem; margin: 0 auto; padding: 1.25rem 1rem .75rem; font-weight: 700; }
main { max-width: 36rem; margin: 0 auto 2rem; padding: 1.5rem; background: var(--ground); border: 1px solid var(--line); border-radius: .75rem; }
h1 { margin: 0 0 1rem; font-size: 1.5rem; line-height: 1.25; }
h2 { margin: 1.75rem 0 .5rem; font-size: 1.125rem; }
p { margin: .5rem 0; }
.warn { color: var(--remove); font-weight: 600; }
dl { margin: 0; }
dl div { display: flex; flex-wrap: wrap; gap: 0 1rem; padding: .5rem 0; border-top: 1px solid var(--line); }
dt { flex: 0 0 9rem; color: var(--soft); }
dd { flex: 1 1 14rem; margin: 0; }
ul { margin: .5rem 0; padding-left: 1.25rem; }
fieldset { margin: 1rem 0 0; padding: 0; border: 0; }
legend { font-weight: 600; padding: 0; }
label { display: block; margin: .75rem 0 .25rem; }
input { width: 100%; padding: .625rem; font: inherit; color: inherit; background: var(--ground); border: 2px solid var(--soft); border-radius: .375rem; }
button, a.button { display: inline-block; width: 100%; margin: .75rem 0 0; padding: .75rem 1.25rem; font: inherit; font-weight: 600; text-align: center; text-decoration: none; color: var(--ground); background: var(--link); border: 2px solid var(--link); border-radius: .375rem; cursor: pointer; }
button.quiet { color: var(--link); background: transparent; }
button.person { text-align: left; font-weight: 400; color: var(--ink); background: transparent; border-color: var(--line); }
button.person strong { display: block; }
:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
aside { margin: 1rem 0; padding: .75rem 1rem; border-left: .375rem solid var(--link); background: var(--card); }
@media (min-width: 40rem) { main { padding: 2rem; } button, a.button { width: auto; min-width: 12rem; margin-right: .5rem; } button.person { display: block; width: 100%; } }
`
