import { createHash } from 'node:crypto'
import type { Parameters } from 'fhir/r4.js'
import { dayOf } from '../dates.ts'
import { shownDay, shownMoment } from '../summary/dates.ts'
import { escapeText } from '../summary/narrative.ts'
import { allNamed, firstNamed, textNamed } from './answer.ts'
import { dated, type Html, labelled, lines, type Parts, paragraph, wholeMonths } from './page-html.ts'
import { planSections } from './page-plan.ts'
import { PAGE_STYLE } from './page-style.ts'
import { SAID } from './page-words.ts'

/** What the page may load: its own style and nothing else. For the header of the response as well as in the page. */
export const EMERGENCY_PAGE_POLICY = `default-src 'none'; style-src 'sha256-${createHash('sha256').update(PAGE_STYLE).digest('base64')}'; base-uri 'none'; form-action 'none'`

/**
 * An emergency answer as one self-contained page for a phone, CPR first. Made from the answer alone, so it cannot say anything else; only ages and
 * the marks that time brings about are reckoned, for the moment `now` of reading. Any text of the answer is written as text, never as markup.
 */
export const emergencyPage = (answer: Parameters, now: Date): string => {
  const outcome = textNamed(answer.parameter, 'outcome')
  return `<!DOCTYPE html>
<html lang="en-GB">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<meta name="format-detection" content="telephone=no">
<meta http-equiv="Content-Security-Policy" content="${escapeText(EMERGENCY_PAGE_POLICY)}">
<title>${SAID.title}</title>
<style>${PAGE_STYLE}</style>
</head>
<body>
${lines([identity(firstNamed(answer.parameter, 'identity')?.part, now)])}
<main>
${lines(outcome === 'current-plan' ? planSections(answer, now) : [noPlan(answer, now)])}
</main>
</body>
</html>
`
}

const identity = (parts: Parts, now: Date): Html => {
  if (parts === undefined) return undefined
  const birthDate = textNamed(parts, 'birthDate')
  const years = birthDate === undefined || birthDate.length < 10 ? undefined : wholeMonths(birthDate, dayOf(now)) / 12
  const deceased = firstNamed(parts, 'deceased')?.valueBoolean === true
  const born =
    birthDate === undefined
      ? SAID.bornMissing
      : `${SAID.born} ${shownDay(birthDate)}${years === undefined || deceased ? '' : `, ${SAID.age(Math.floor(years))}`}`
  const numbers = allNamed(parts, 'identifier').map(
    ({ valueIdentifier: { system = '', value = '' } = {} }) => `${SAID.numbers[system] ?? SAID.otherNumber} ${value}`,
  )
  const address = [textNamed(parts, 'address'), textNamed(parts, 'postcode')].filter((part) => part !== undefined)
  const knownAs = textNamed(parts, 'knownAs')
  return `<header>
${lines([
  `<p>${SAID.check}</p>`,
  `<h1>${escapeText(textNamed(parts, 'name') ?? SAID.nameMissing)}</h1>`,
  knownAs === undefined ? undefined : labelled(SAID.knownAs, knownAs),
  deceased ? `<p><strong>${SAID.deceased}</strong></p>` : undefined,
  `<p><strong>${escapeText(born)}</strong></p>`,
  paragraph([...numbers, address.join(', ')].filter((part) => part !== '').join(' · ')),
  labelled(SAID.speaks, textNamed(parts, 'language')),
])}
</header>`
}

/** Every outcome but a plan: what it is, in words that cannot be taken for another, and what to do. */
const noPlan = (answer: Parameters, now: Date): Html => {
  const parts = answer.parameter
  const outcome = textNamed(parts, 'outcome') ?? ''
  const confirmed = textNamed(parts, 'lastConfirmed')
  return `<section class="outcome">
${lines([
  `<p class="verdict">${escapeText(SAID.outcome[outcome] ?? SAID.unknownOutcome)}</p>`,
  paragraph(textNamed(parts, 'message'), 'text big'),
  ...allNamed(parts, 'sharing').flatMap(({ part }) => [
    paragraph(textNamed(part, 'display')),
    textNamed(part, 'recordedOn') === undefined
      ? undefined
      : paragraph(`${SAID.recorded} ${dated(textNamed(part, 'recordedOn'), now)}`, 'soft'),
  ]),
  paragraph(textNamed(parts, 'policy')),
  confirmed === undefined ? undefined : paragraph(`${SAID.confirmed} ${dated(confirmed, now)}`, 'soft'),
  paragraph(`${SAID.asked} ${shownMoment(now)}`, 'soft'),
])}
</section>`
}
