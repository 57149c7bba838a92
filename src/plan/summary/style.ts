/**
 * The style of the summary page. Colour only repeats what the words say; each strong colour has a contrast of at least 7 to 1 with
 * its ground, and on paper a frame takes the place of a ground that printers leave out.
 */
export const STYLE = `
:root { --ink: #14212b; --soft: #465361; --line: #c3ccd4; --ground: #e9edf1; --card: #fff; --blue: #00407a; --red: #9c0d0d; --green: #00522f; --amber: #6b4400; color-scheme: light; }
* { box-sizing: border-box; }
body { margin: 0; color: var(--ink); background: var(--ground); font: 1rem/1.45 system-ui, -apple-system, "Segoe UI", Roboto, Arial, sans-serif; overflow-wrap: anywhere; }
p { margin: 0 0 .55rem; }
p:last-child { margin-bottom: 0; }
header { position: sticky; top: 0; z-index: 1; display: flow-root; color: #fff; background: var(--blue); }
header { padding: .5rem max(1rem, calc((100% - 76rem) / 2)); }
h1, dl, header p { margin: 0; }
h1 { font-size: 1.45rem; line-height: 1.2; unicode-bidi: isolate; }
dl { display: flex; flex-wrap: wrap; gap: 0 1.4rem; }
dl div { display: flex; gap: .4rem; }
dd { margin: 0; font-weight: 700; unicode-bidi: isolate; }
.edition { font-size: .85rem; }
main { columns: 22rem; column-gap: .7rem; max-width: 78rem; margin: 0 auto; padding: .7rem 1rem; }
section { margin: 0 0 .7rem; padding: .6rem .9rem .7rem; background: var(--card); border: 1px solid var(--line); border-radius: .3rem; break-inside: avoid; }
.identity, .cpr, .withdrawn, .state { column-span: all; }
h2 { margin: 0 0 .3rem; font-size: .78rem; letter-spacing: .04em; text-transform: uppercase; color: var(--soft); }
section.identity { padding: .4rem .9rem; font-size: .9rem; }
.identity h2, .identity p { display: inline; margin: 0 .5rem 0 0; }
.source { font-size: .85rem; color: var(--soft); }
.phone { white-space: nowrap; }
.nothing { color: var(--soft); }
.quoted { font-size: 1.05rem; unicode-bidi: isolate; }
.decision { font-size: 1.15rem; font-weight: 700; }
.cpr .decision, .withdrawn .decision { padding: .45rem .8rem; font-size: 1.6rem; line-height: 1.2; color: #fff; background: var(--soft); }
.cpr .not-recommended, .withdrawn .decision { background: var(--red); }
.cpr .recommended { background: var(--green); }
.cpr .conditional { background: var(--amber); }
.cpr .nothing { font-size: 1.3rem; font-weight: 700; color: var(--ink); }
.refused, .identity .withheld, .not-recommended .verdict { color: var(--red); }
.recommended .verdict { color: var(--green); }
.conditional .verdict { color: var(--amber); }
.marked .cpr .decision { background: var(--soft); }
.marked .verdict, .marked .overall-focus .decision, .marked .refused { color: var(--soft); }
.code { float: right; width: 7rem; height: 7rem; margin: 0 0 0 1rem; background: #fff; }
.state .decision { font-size: 1.15rem; }
.state .current { color: var(--green); }
.state .draft, .state .superseded, .state .revoked { padding: .45rem .8rem; font-size: 1.4rem; color: #fff; background: var(--red); }
.withheld { color: var(--soft); font-style: italic; }
.check { white-space: nowrap; font-variant-numeric: tabular-nums; }
main.marked::before { position: fixed; inset: 40% 0 auto; z-index: 2; font-size: min(11vw, 9rem); font-weight: 800; text-align: center; color: var(--red); opacity: .16; transform: rotate(-24deg); pointer-events: none; }
main.marked-draft::before { content: "DRAFT"; }
main.marked-superseded::before { content: "SUPERSEDED"; }
main.marked-withdrawn::before { content: "WITHDRAWN"; }
@media (max-width: 30rem) {
  header { position: static; }
  main { padding: .5rem; }
  section { margin-bottom: .5rem; }
  .cpr .decision, .withdrawn .decision { font-size: 1.4rem; }
}
@media print {
  body { color: #000; background: none; font-size: 10pt; }
  header { position: static; color: #000; background: none; border-bottom: 2pt solid #000; }
  header, main { max-width: none; padding-left: 0; padding-right: 0; }
  section { border-width: 0 0 .5pt; border-radius: 0; padding: 0 0 5pt; }
  section.identity { padding: 0 0 5pt; }
  section.cpr, section.withdrawn { border: 2pt solid #000; padding: 5pt; }
  .cpr .decision, .withdrawn .decision { padding: 0; color: #000; background: none; }
  .state .draft, .state .superseded, .state .revoked { padding: 0; color: #000; background: none; border: 0; }
  .state .current { color: #000; }
  .refused, .identity .withheld, .recommendation .verdict { color: #000; }
}
`
