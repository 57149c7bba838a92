import { BASE_STYLE, HEADER_STYLE } from '../style.ts'

/** One column on a phone; on a wide screen what was found stands beside the text. */
export const VALIDATE_STYLE = `${BASE_STYLE}${HEADER_STYLE}
main { max-width: 100rem; margin: 0 auto; padding: 1.5rem; }
form { max-width: 62rem; }
label { display: block; font-weight: 600; margin: 1rem 0 .25rem; }
textarea, input { width: 100%; font: inherit; color: inherit; background: var(--ground); border: 2px solid var(--soft); border-radius: .375rem; padding: .5rem; }
textarea { font: .875rem/1.45 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; min-height: 16rem; resize: vertical; }
input[type=file] { padding: 1.5rem .75rem; border-style: dashed; background: var(--card); }
.over input[type=file] { border-color: var(--link); border-style: solid; }
.examples button { margin: 0; padding: .35rem .9rem; color: var(--link); background: transparent; border: 2px solid var(--link); }
[aria-busy=true] button { cursor: progress; opacity: .7; }
button { margin: 1rem 0; padding: .6rem 1.5rem; font: inherit; font-weight: 600; color: var(--ground); background: var(--link); border: 0; border-radius: .375rem; cursor: pointer; }
:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
#result:focus { outline: 0; }
.examples p { display: flex; flex-wrap: wrap; align-items: center; gap: .5rem; }
.verdict { padding: .75rem 1rem; border-left: .5rem solid var(--write); background: var(--card); font-size: 1.125rem; }
.verdict.not { border-color: var(--remove); }
.findings { list-style: none; margin: 0; padding: 0; }
.findings > li { margin: 0 0 .75rem; padding: .75rem 1rem; background: var(--card); border: 1px solid var(--line); border-left: .375rem solid var(--soft); border-radius: .375rem; }
.findings > li.error { border-left-color: var(--remove); }
.findings > li.warning { border-left-color: var(--change); }
.findings dl { margin: .25rem 0 0; display: grid; grid-template-columns: max-content 1fr; gap: .1rem .75rem; font-size: .875rem; }
.findings dt { color: var(--soft); }
.findings dd { margin: 0; }
.text { padding: .5rem 0; max-height: 85vh; overflow: auto; }
.text span { display: block; padding-right: .75rem; }
.findings > li:target { outline: 3px solid var(--link); outline-offset: -1px; }
.findings p { margin: 0 0 .25rem; }
.findings ul { margin: 0 0 .25rem; padding-left: 1.25rem; }
.findings li a, .findings p a { white-space: nowrap; }
.text i, .text a { display: inline-block; width: 3.5rem; padding-right: .75rem; text-align: right; font-style: normal; color: var(--soft); user-select: none; }
.text .error, .text .warning { background: var(--card); box-shadow: inset .375rem 0 var(--remove); font-weight: 600; }
.text .warning { box-shadow: inset .375rem 0 var(--change); }
.text span:target { outline: 2px solid var(--link); outline-offset: -2px; }
@media (min-width: 64rem) { .result { display: grid; grid-template-columns: minmax(24rem, 2fr) 3fr; gap: 2rem; align-items: start; } .beside { position: sticky; top: 1rem; min-width: 0; } }
`
