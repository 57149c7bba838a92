/**
 * The style of the summary page. Colour only repeats what the words say; each strong colour has a contrast of at least 7 to 1 with
 * its ground, and on paper a frame takes the place of a ground that printers leave out.
 */
export const STYLE = `
:root { --ink: #14212b; --soft: #4a5763; --line: #c3ccd4; --ground: #eef1f4; --card: #fff; --blue: #00407a; --red: #9c0d0d; --green: #00522f; --amber: #6b4400; color-scheme: light; }
* { box-sizing: border-box; }
body { margin: 0; color: var(--ink); background: var(--ground); font: 1rem/1.45 system-ui, -apple-system, "Segoe UI", Roboto, Arial, sans-serif; overflow-wrap: anywhere; }
header { position: sticky; top: 0; z-index: 1; padding: .6rem 1rem; color: #fff; background: var(--blue); }
h1 { margin: 0; font-size: 1.45rem; line-height: 1.2; unicode-bidi: isolate; }
dl { display: flex; flex-wrap: wrap; gap: 0 1.2rem; margin: .15rem 0; }
dl div { display: flex; gap: .4rem; }
dt { opacity: .9; }
dd { margin: 0; font-weight: 700; unicode-bidi: isolate; }
.edition { margin: 0; font-size: .85rem; }
main { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 24rem), 1fr)); gap: .7rem; max-width: 76rem; margin: 0 auto; padding: .7rem; }
section { padding: .7rem .9rem .8rem; background: var(--card); border: 1px solid var(--line); border-radius: .3rem; break-inside: avoid; }
section.cpr, section.withdrawn { grid-column: 1 / -1; border-left: .5rem solid var(--soft); }
h2 { margin: 0 0 .35rem; font-size: .8rem; letter-spacing: .04em; text-transform: uppercase; color: var(--soft); }
p { margin: 0 0 .35rem; }
p:last-child { margin-bottom: 0; }
.source { font-size: .85rem; color: var(--soft); }
.source + p { margin-top: .65rem; }
.nothing { color: var(--soft); }
.quoted { font-size: 1.05rem; unicode-bidi: isolate; }
.decision { font-size: 1.15rem; font-weight: 700; }
.cpr .decision, .withdrawn .decision { padding: .45rem .7rem; font-size: 1.55rem; line-height: 1.2; color: #fff; background: var(--soft); border: 2px solid var(--soft); }
.cpr .not-recommended, .decision.withdrawn { background: var(--red); border-color: var(--red); }
.cpr .recommended { background: var(--green); border-color: var(--green); }
.cpr .conditional { background: var(--amber); border-color: var(--amber); }
.cpr.empty .nothing { font-size: 1.3rem; font-weight: 700; color: var(--ink); }
.decision.refused, .identity .decision.withheld, .recommendation.not-recommended strong { color: var(--red); }
.recommendation.recommended strong { color: var(--green); }
.recommendation.conditional strong { color: var(--amber); }
@media (max-width: 30rem) {
  header { position: static; }
  main { gap: .5rem; padding: .5rem; }
  .cpr .decision { font-size: 1.35rem; }
}
@media print {
  body { background: none; font-size: 10pt; }
  header { position: static; color: #000; background: none; border-bottom: 2pt solid #000; }
  main { display: block; max-width: none; padding: 0; }
  section { border-width: 0 0 .5pt; border-radius: 0; padding: 5pt 0; }
  section.cpr, section.withdrawn { border: 2pt solid #000; padding: 5pt; margin-top: 5pt; }
  .cpr .decision, .withdrawn .decision { color: #000; background: none; border: 0; padding: 0; }
  .decision, .recommendation strong, .decision.refused { color: #000; }
}
`
