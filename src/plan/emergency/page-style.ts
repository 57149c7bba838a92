/**
 * The style of the emergency page: dark, since crews read it in dark bedrooms and cabs, with large type and targets for a gloved thumb. Colour
 * only repeats what the words say; text has a contrast of at least 7 to 1 with its ground. On paper it is black on white, and frames take the
 * place of grounds.
 */
export const PAGE_STYLE = `
:root { --ground: #0a0e13; --card: #161d26; --line: #3d4a5a; --ink: #f4f7fa; --soft: #b6c2ce; --green: #00572f; --red: #9b0b14; --amber: #ffb931; --grey: #39434f; color-scheme: dark; }
* { box-sizing: border-box; }
body { margin: 0; color: var(--ink); background: var(--ground); font: 1.125rem/1.35 system-ui, -apple-system, "Segoe UI", Roboto, Arial, sans-serif; overflow-wrap: anywhere; }
header, main { max-width: 40rem; margin: 0 auto; padding: .6rem .7rem; }
header { padding-bottom: 0; }
h1, h2, p, ul, dl { margin: 0; padding: 0; }
h1 { font-size: 1.5rem; line-height: 1.15; unicode-bidi: isolate; }
header p { color: var(--soft); font-size: 1rem; }
header strong { color: var(--ink); font-size: 1.125rem; }
section { margin: 0 0 .6rem; padding: .6rem .75rem .7rem; background: var(--card); border: 1px solid var(--line); border-radius: .5rem; }
h2 { margin: 0 0 .25rem; font-size: .85rem; font-weight: 600; letter-spacing: .03em; text-transform: uppercase; color: var(--soft); }
ul { list-style: none; }
li + li, ul + ul { margin-top: .55rem; padding-top: .55rem; border-top: 1px solid var(--line); }
p + p { margin-top: .3rem; }
.text { white-space: pre-line; unicode-bidi: isolate; }
.soft { font-size: 1rem; color: var(--soft); }
.big { font-size: 1.3rem; font-weight: 700; line-height: 1.2; }
.decision { border: 0; }
.decision h2, .decision .soft { color: inherit; }
.decision .verdict { font-size: 1.8rem; font-weight: 800; line-height: 1.1; margin-bottom: .4rem; }
.no { color: #fff; background: var(--red); }
.yes { color: #fff; background: var(--green); }
.only { color: #000; background: var(--amber); }
.unknown { color: #fff; background: var(--grey); border: 3px dashed #fff; }
.outcome { border: 3px solid var(--amber); }
.outcome .verdict { font-size: 1.7rem; font-weight: 800; line-height: 1.1; margin-bottom: .5rem; }
.chip { display: inline-block; padding: .05rem .5rem; border-radius: .3rem; font-weight: 700; }
.chip.unknown { border-width: 1px; }
.mark { margin: .2rem 0 .5rem; padding: .4rem .6rem; border-left: .5rem solid var(--amber); background: #2a2413; }
.mark strong { color: var(--amber); }
.status { margin: 0 0 .5rem; font-size: 1rem; color: var(--soft); }
.status strong { display: inline-block; margin-top: .2rem; padding: 0 .5rem; border-radius: .3rem; color: #000; background: var(--amber); }
.contradicted { padding: .4rem .6rem; border-radius: .3rem; color: #000; background: #fff; font-weight: 600; }
.conflict { border: 3px solid var(--amber); }
.refused { border-color: #ff8d8d; }
.refused .big { color: #ffb3b3; }
.call { display: flex; align-items: center; justify-content: center; min-height: 3rem; margin-top: .4rem; padding: .3rem .6rem; border: 2px solid #8fd0ff; border-radius: .5rem; color: #8fd0ff; font-size: 1.25rem; font-weight: 700; text-decoration: none; }
.call:focus-visible { outline: 3px solid #fff; }
@media print {
  :root { --ground: #fff; --card: #fff; --line: #777; --ink: #000; --soft: #000; color-scheme: light; }
  body { font-size: 10.5pt; }
  .soft, .status, header p, header strong { font-size: inherit; }
  header, main { max-width: none; padding: 0 0 4pt; }
  section { break-inside: avoid; border: 1pt solid #777; }
  section.decision { color: #000; background: #fff; }
  section.decision, section.outcome, section.conflict { border: 2.5pt solid #000; }
  .decision .verdict { font-size: 18pt; }
  .chip, .mark, .refused .big, .mark strong, .call { color: #000; background: none; }
  .chip, .contradicted { padding: 0; border: 0; color: #000; background: none; }
  .status strong { padding: 0 3pt; border: 1pt solid #000; color: #000; background: none; }
  .decision h2, .decision .soft { color: #000; }
  .call { display: inline; border: 0; padding: 0; }
}
`
