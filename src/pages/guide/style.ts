import { CONTRACT_STYLE } from '../contract/style.ts'

/** The guide looks as the contract does, and has a search and trees besides. */
export const GUIDE_STYLE = `${CONTRACT_STYLE}form { display: flex; flex-wrap: wrap; gap: .5rem; margin: 1rem 0; }
label { flex: 1 1 100%; font-weight: 700; }
input[type=search] { flex: 1 1 16rem; min-width: 0; padding: .6rem .75rem; font: inherit; color: inherit; background: var(--ground); border: 2px solid var(--soft); border-radius: .375rem; }
button { padding: .6rem 1.25rem; font: inherit; font-weight: 700; color: var(--ground); background: var(--link); border: 0; border-radius: .375rem; cursor: pointer; }
:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
.found { list-style: none; margin: 1rem 0; padding: 0; }
.found > li { margin: .5rem 0; padding: .75rem 1rem; background: var(--card); border: 1px solid var(--line); border-radius: .5rem; }
.found p { margin: .15rem 0 0; }
.tree { list-style: none; margin: .5rem 0; padding: 0; }
.tree > li { padding: .45rem 0 .45rem .75rem; border-top: 1px solid var(--line); border-left: 3px solid var(--line); }
.tree p { margin: .1rem 0; }
.tree ul { margin: .2rem 0; padding-left: 1.1rem; }
.d2 { margin-left: 1rem; } .d3 { margin-left: 2rem; } .d4 { margin-left: 3rem; } .d5 { margin-left: 4rem; }
.badge { display: inline-block; padding: 0 .4rem; margin-left: .35rem; border: 1px solid var(--line); border-radius: .75rem; font-size: .8125rem; color: var(--soft); background: var(--ground); }
.must { color: var(--write); border-color: var(--write); }
nav summary { font-weight: 700; padding: .25rem 0; }
.map { margin: 1.25rem 0; }
.map caption { text-align: left; font-weight: 700; padding: .25rem 0; }
.map th, .map td { white-space: normal; vertical-align: top; overflow-wrap: anywhere; }
.map tbody th { font-weight: 400; }
.map thead th { white-space: nowrap; }
.map .beside { min-width: 9rem; }
.codes { border: 0; padding: 0; }
.codes dt { margin-top: .75rem; font-weight: 700; }
@media (max-width: 40rem) { main { padding: 1rem; } h1 { font-size: 1.5rem; } .d2, .d3 { margin-left: .4rem; } .d4, .d5 { margin-left: .8rem; } pre { white-space: pre-wrap; overflow-wrap: anywhere; } .map thead { position: absolute; clip-path: inset(50%); } .map tr, .map th, .map td { display: block; width: auto; border: 0; padding: .05rem 0; } .map tr { padding: .5rem 0; border-top: 1px solid var(--line); } }
`
