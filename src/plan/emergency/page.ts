import { createHash } from 'node:crypto'
import type { Parameters, ParametersParameter } from 'fhir/r4.js'
import { dayOf } from '../dates.ts'
import { shownDay, shownMoment } from '../summary/dates.ts'
import { escapeText } from '../summary/narrative.ts'
import { listed, sentence } from '../summary/plain-text.ts'
import { allNamed, firstNamed, marksHolding, textNamed, textsNamed } from './answer.ts'
import { PAGE_STYLE } from './page-style.ts'
import { CPR_CLASS, SAID } from './page-words.ts'

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
${lines(outcome === 'current-plan' ? plan(answer, now) : [noPlan(answer, now)])}
</main>
</body>
</html>
`
}

type Parts = readonly ParametersParameter[] | undefined
type Html = string | undefined

const lines = (parts: readonly Html[]): string => parts.filter((part) => part !== undefined).join('\n')

const paragraph = (text: string | undefined, kind = 'text'): Html =>
  text === undefined || text === '' ? undefined : `<p class="${kind}">${escapeText(text)}</p>`

/** A text under its label: "When: …". */
const labelled = (label: string, text: string | undefined, kind = 'text'): Html =>
  text === undefined ? undefined : `<p class="${kind}"><strong>${escapeText(label)}:</strong> ${escapeText(text)}</p>`

const section = (title: string, kind: string, content: readonly Html[]): Html => {
  const said = lines(content)
  return said === '' ? undefined : `<section class="${kind}">\n<h2>${escapeText(title)}</h2>\n${said}\n</section>`
}

const list = (items: readonly (readonly Html[])[]): Html =>
  items.length === 0 ? undefined : `<ul>\n${items.map((item) => `<li>${lines(item)}</li>`).join('\n')}\n</ul>`

const DAY_MS = 86_400_000

/** How long ago a day was, to the day, the month or the year. Undefined for the future and for what is not known to the day. */
const ago = (date: string | undefined, now: Date): string | undefined => {
  if (date === undefined || shownDay(date) === undefined || date.length < 10) return undefined
  const day = date.length === 10 ? date : dayOf(new Date(date))
  const today = dayOf(now)
  const days = Math.round((Date.parse(today) - Date.parse(day)) / DAY_MS)
  if (days < 0) return undefined
  if (days < 2) return days === 0 ? SAID.today : SAID.yesterday
  if (days < 61) return SAID.daysAgo(days)
  const months = wholeMonths(day, today)
  return months < 24 ? SAID.monthsAgo(months) : SAID.yearsAgo(Math.floor(months / 12))
}

const wholeMonths = (from: string, to: string): number => {
  const [year, month, day] = [from, to]
    .map((date) => date.split('-').map(Number))
    .reduce((one, other) => one.map((value, index) => (other[index] ?? 0) - value)) as [number, number, number]
  return year * 12 + month - (day < 0 ? 1 : 0)
}

const dated = (date: string | undefined, now: Date): string => {
  const age = ago(date, now)
  return `${shownDay(date) ?? SAID.dateUnknown}${age === undefined ? '' : ` (${age})`}`
}

/** "Decided 3 March 2026 (5 months ago) by Dr A Example". */
const act = (verb: string, on: string | undefined, by: string | undefined, now: Date): Html =>
  paragraph(`${verb} ${dated(on, now)} ${by === undefined ? SAID.byUnknown : `${SAID.by} ${by}`}`, 'soft')

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

const plan = (answer: Parameters, now: Date): Html[] => {
  const parts = answer.parameter
  const each = (name: string, item: (parts: Parts) => readonly Html[]): Html =>
    list(allNamed(parts, name).map(({ part }) => [...item(part), paragraph(textNamed(part, 'more'), 'soft')]))
  const marks = marksHolding(answer, now)
  const conflicts = marks.filter(({ part }) => textNamed(part, 'code') === 'conflict')
  const aboutCpr = conflicts.filter(({ part }) => textsNamed(part, 'about').includes('cpr'))
  return [
    status(marks, now),
    cpr(firstNamed(parts, 'cpr')?.part, aboutCpr, now),
    ...conflicts
      .filter((one) => !aboutCpr.includes(one))
      .map(({ part }) => section(markTitle(part), 'conflict', [paragraph(textNamed(part, 'display'), 'text big')])),
    current(
      answer,
      marks.filter((one) => !conflicts.includes(one)),
      now,
    ),
    focus(firstNamed(parts, 'overall-focus')?.part, now),
    section(SAID.refusals, 'refused', [each('refusal', (part) => refusal(part, now))]),
    section(SAID.treatments, 'treatments', [each('recommendation', (part) => treatment(part, now))]),
    section(SAID.wishes, 'wishes', [each('what-matters', (part) => wish(part, now))]),
    section(SAID.people, 'people', [each('contact', contact), each('proxy', (part) => proxy(part, now))]),
    section(SAID.medicines, 'medicines', [each('medicine', (part) => medicine(part, now))]),
    section(SAID.capacity, 'capacity', [
      each('capacity', (part) => capacity(part, now)),
      ...involvement(firstNamed(parts, 'involvement')?.part),
    ]),
    section(SAID.places, 'places', [each('preferred-place', (part) => place(part, now))]),
    section(SAID.verify, 'verify', [paragraph(textNamed(parts, 'verify'))]),
  ]
}

/** Whether to trust what follows, in one line; what it means stands below. */
const status = (marks: readonly ParametersParameter[], now: Date): string => {
  const titles = [...new Set(marks.map(({ part }) => markTitle(part)))]
  return `<p class="status">${escapeText(`${SAID.inForce} ${shownMoment(now)}`)}${titles.map((title) => ` <strong>${escapeText(title)}</strong>`).join('')}</p>`
}

const cpr = (parts: Parts, conflicts: readonly ParametersParameter[], now: Date): Html => {
  const recommendation = textNamed(parts, 'recommendation') ?? ''
  const kind = Object.hasOwn(CPR_CLASS, recommendation)
    ? CPR_CLASS[recommendation as keyof typeof CPR_CLASS]
    : 'unknown'
  const recorded = firstNamed(parts, 'recorded')?.valueBoolean === true
  return section(SAID.cpr, `decision ${kind}`, [
    paragraph(textNamed(parts, 'display') ?? '', 'verdict'),
    ...conflicts.map(({ part }) => labelled(markTitle(part), textNamed(part, 'display'), 'contradicted')),
    labelled(SAID.only, textNamed(parts, 'condition'), 'text big'),
    recorded ? act(SAID.decided, textNamed(parts, 'decidedOn'), textNamed(parts, 'decidedBy'), now) : undefined,
    labelled(SAID.why, textNamed(parts, 'rationale')),
    paragraph(basisAnd(parts, textNamed(parts, 'discussion')), 'soft'),
    paragraph(reviewText(textNamed(parts, 'reviewDate')), 'soft'),
  ])
}

const basisAnd = (parts: Parts, more: string | undefined): string => {
  const basis = textNamed(parts, 'basis')
  return [basis === undefined ? undefined : sentence(SAID.basis[basis] ?? basis), more]
    .filter((text) => text !== undefined)
    .map((text) => `${text.charAt(0).toUpperCase()}${text.slice(1)}`)
    .join(' ')
}

const reviewText = (day: string | undefined): string | undefined =>
  day === undefined ? undefined : `${SAID.reviewBy} ${shownDay(day)}`

const markTitle = (parts: Parts): string => {
  const code = textNamed(parts, 'code') ?? ''
  return SAID.mark[code] ?? code
}

const mark = ({ part }: ParametersParameter, now: Date): string =>
  `<div class="mark"><p><strong>${escapeText(markTitle(part))}</strong> ${escapeText(`${SAID.since} ${dated(textNamed(part, 'from'), now)}`)}</p>${paragraph(textNamed(part, 'display'))}</div>`

/** Whether the answer is the newest, how old what it says is, and what is doubtful about that. */
const current = (answer: Parameters, marks: readonly ParametersParameter[], now: Date): Html =>
  section(SAID.current, 'current', [
    ...marks.map((one) => mark(one, now)),
    ...allNamed(answer.parameter, 'plan').map(({ part }) => signedAndReviewed(part, now)),
    paragraph(`${SAID.lastChanged} ${dated(textNamed(answer.parameter, 'asOf'), now)}`, 'soft'),
  ])

/** What matters to the person needs no signature and no review. */
const signedAndReviewed = (parts: Parts, now: Date): Html => {
  const type = textNamed(parts, 'type') ?? ''
  const version = firstNamed(parts, 'version')?.valuePositiveInt
  const [on, by, review] = ['signedOn', 'signedBy', 'reviewDate'].map((name) => textNamed(parts, name))
  const needed = type === 'emergency-care'
  const said = [
    on === undefined && by === undefined
      ? needed
        ? SAID.notSigned
        : undefined
      : `${SAID.signed} ${dated(on, now)} ${by === undefined ? SAID.byUnknown : `${SAID.by} ${by}`}`,
    reviewText(review) ?? (needed ? SAID.noReviewDate : undefined),
  ].filter((text) => text !== undefined)
  return said.length === 0
    ? undefined
    : labelled(
        `${SAID.plan[type] ?? type}${version === undefined ? '' : `, ${SAID.version} ${version}`}`,
        said.map(sentence).join(' '),
      )
}

const focus = (parts: Parts, now: Date): Html =>
  section(SAID.focus, 'focus', [
    paragraph(textNamed(parts, 'display'), 'big'),
    paragraph(textNamed(parts, 'text')),
    parts === undefined
      ? undefined
      : paragraph(`${SAID.recorded} ${dated(textNamed(parts, 'recordedOn'), now)}`, 'soft'),
  ])

const refusal = (parts: Parts, now: Date): readonly Html[] => {
  const treatment = textNamed(parts, 'treatment')
  if (treatment === undefined) return []
  const force = textNamed(parts, 'legalForce')
  return [
    paragraph(`${SAID.refuses}: ${treatment}`, 'text big'),
    force === undefined ? undefined : `<p><strong>${escapeText(SAID.force[force] ?? force)}</strong></p>`,
    labelled(SAID.when, textNamed(parts, 'circumstances')),
    labelled(SAID.why, textNamed(parts, 'reason')),
    paragraph(textNamed(parts, 'force'), 'soft'),
    act(SAID.recorded, textNamed(parts, 'recordedOn'), textNamed(parts, 'recordedBy'), now),
  ]
}

const CHIP: Readonly<Record<string, string>> = CPR_CLASS

/** The verdict stands on a ground of its colour; the words of the answer are shown whole. */
const treatment = (parts: Parts, now: Date): readonly Html[] => {
  const display = textNamed(parts, 'display')
  if (display === undefined) return []
  const coding = firstNamed(parts, 'intervention')?.valueCoding?.display ?? textNamed(parts, 'intervention') ?? ''
  const recommendation = textNamed(parts, 'recommendation') ?? ''
  const named = display.startsWith(`${coding}: `)
  const kind = Object.hasOwn(CHIP, recommendation) ? CHIP[recommendation] : 'unknown'
  return [
    `<p class="big">${named ? `${escapeText(coding)}: ` : ''}<span class="chip ${kind}">${escapeText(named ? display.slice(coding.length + 2) : display)}</span></p>`,
    labelled(SAID.only, textNamed(parts, 'condition')),
    labelled(SAID.why, textNamed(parts, 'rationale')),
    act(SAID.decided, textNamed(parts, 'decidedOn'), textNamed(parts, 'decidedBy'), now),
    paragraph(basisAnd(parts, undefined), 'soft'),
  ]
}

const wish = (parts: Parts, now: Date): readonly Html[] => {
  const words = textNamed(parts, 'words')
  const kind = textNamed(parts, 'display')
  if (kind === undefined) return []
  return [
    paragraph(kind, 'soft'),
    paragraph(
      words === undefined ? textNamed(parts, 'absent') : `“${words}”`,
      words === undefined ? 'text' : 'text big',
    ),
    act(SAID.said, textNamed(parts, 'saidOn'), textNamed(parts, 'saidBy'), now),
  ]
}

/** Digits, with the plus sign of another country, and what people put between them; anything beside them, and it is not dialled but read. */
const DIALLED = /^\+?\d[\d ()-]{3,}\d$/

const phone = (number: string): string =>
  DIALLED.test(number)
    ? `<a class="call" href="tel:${number.replace(/[^+\d]/g, '')}">${SAID.call} ${escapeText(number)}</a>`
    : `<p class="big">${escapeText(number)}</p>`

const reachable = (parts: Parts): readonly Html[] => {
  const [name, relationship] = [textNamed(parts, 'name'), textNamed(parts, 'relationship')]
  if (name === undefined) return []
  const phones = textsNamed(parts, 'phone')
  return [
    paragraph(relationship === undefined ? name : `${name} (${relationship})`, 'text big'),
    ...phones.map(phone),
    phones.length === 0 ? paragraph(SAID.noPhone, 'soft') : undefined,
  ]
}

const contact = (parts: Parts): readonly Html[] => [
  firstNamed(parts, 'primary')?.valueBoolean === true ? `<p><strong>${SAID.callFirst}</strong></p>` : undefined,
  ...reachable(parts),
]

const proxy = (parts: Parts, now: Date): readonly Html[] => {
  const authority = textNamed(parts, 'display')
  if (authority === undefined) return []
  const holders = allNamed(parts, 'holder')
  return [
    labelled(SAID.proxy, authority),
    ...holders.flatMap(({ part }) => [...reachable(part), paragraph(textNamed(part, 'more'), 'soft')]),
    holders.length === 0 ? paragraph(SAID.holderMissing) : undefined,
    paragraph(textNamed(parts, 'when')),
    labelled(SAID.powers, textNamed(parts, 'powers')),
    paragraph(`${SAID.recorded} ${dated(textNamed(parts, 'recordedOn'), now)}`, 'soft'),
  ]
}

const medicine = (parts: Parts, now: Date): readonly Html[] => {
  const display = textNamed(parts, 'display')
  if (display === undefined) return []
  return [
    labelled(display, textNamed(parts, 'text')),
    paragraph(textNamed(parts, 'note')),
    act(SAID.recorded, textNamed(parts, 'recordedOn'), textNamed(parts, 'recordedBy'), now),
  ]
}

const capacity = (parts: Parts, now: Date): readonly Html[] => {
  const display = textNamed(parts, 'display')
  if (display === undefined) return []
  return [
    `<p><strong>${escapeText(display)}</strong></p>`,
    paragraph(textNamed(parts, 'reason')),
    act(SAID.assessed, textNamed(parts, 'assessedOn'), textNamed(parts, 'assessedBy'), now),
  ]
}

const involvement = (parts: Parts): readonly Html[] => [
  paragraph(listed(textsNamed(parts, 'basis').map((code) => SAID.involved[code] ?? code))),
  labelled(SAID.why, textNamed(parts, 'reason')),
]

const place = (parts: Parts, now: Date): readonly Html[] => {
  const preference = textNamed(parts, 'display')
  return preference === undefined
    ? []
    : [
        labelled(preference, textNamed(parts, 'place') ?? ''),
        paragraph(textNamed(parts, 'note')),
        paragraph(`${SAID.recorded} ${dated(textNamed(parts, 'recordedOn'), now)}`, 'soft'),
      ]
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
