import type { Parameters, ParametersParameter } from 'fhir/r4.js'
import { shownDay, shownMoment } from '../summary/dates.ts'
import { escapeText } from '../summary/narrative.ts'
import { listed, sentence } from '../summary/plain-text.ts'
import { allNamed, firstNamed, marksHolding, textNamed, textsNamed } from './answer.ts'
import { act, dated, type Html, labelled, list, type Parts, paragraph, section } from './page-html.ts'
import { CPR_CLASS, SAID } from './page-words.ts'

/** What an answer says of a plan, section by section: the decision about CPR first. */
export const planSections = (answer: Parameters, now: Date): Html[] => {
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
