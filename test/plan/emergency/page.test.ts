import { createHash } from 'node:crypto'
import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import type { Parameters, ParametersParameter } from 'fhir/r4.js'
import { ambiguous, notFound, unavailable } from '../../../src/plan/emergency/no-answer.ts'
import { EMERGENCY_PAGE_POLICY, emergencyPage } from '../../../src/plan/emergency/page.ts'
import { PAGE_STYLE } from '../../../src/plan/emergency/page-style.ts'
import { SAID } from '../../../src/plan/emergency/page-words.ts'
import { emergencyAnswer } from '../../../src/plan/emergency.ts'
import { personRecord } from '../../../src/plan/person.ts'
import { shownDay, shownMoment } from '../../../src/plan/summary/dates.ts'
import { fixturePerson, people } from '../../profiles/fixture-person.ts'
import { generated, resourcesOf, wildText } from '../summary/arbitrary.ts'
import { AT, contact, emergencyPlan, example, patient, recommendation } from '../summary/example.ts'

const NOW = new Date('2026-11-21T22:31:00Z')

/** What a reader sees: the text of the body without tags, white space as one space. */
const seen = (page: string): string =>
  page
    .slice(page.indexOf('<body>'))
    .replace(/<[^>]*>/g, ' ')
    .replace(
      /&(amp|lt|gt|quot|#39);/g,
      (_all, name: string) => ({ amp: '&', lt: '<', gt: '>', quot: '"' })[name] ?? "'",
    )
    .replace(/\s+/g, ' ')

const folded = (text: string): string => text.replace(/\s+/g, ' ').trim()

/** Every text, code and number of an answer, and its dates as they are shown. */
const stringsOf = (named: readonly ParametersParameter[] = []): string[] =>
  named.flatMap(({ name: _name, part, ...value }) => [
    ...Object.values(value).flatMap((one) => {
      const texts = typeof one === 'object' ? Object.values(one as Record<string, unknown>) : [one]
      return texts.map(String).flatMap((text) => [text, shownDay(text) ?? ''])
    }),
    ...stringsOf(part),
  ])

const saidStrings = (value: unknown): string[] => {
  if (typeof value === 'string') return [value]
  if (typeof value === 'function')
    return [(value as (count: number) => string)(1), (value as (count: number) => string)(2)]
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(saidStrings) : []
}

const wordsOf = (text: string): string[] => text.toLowerCase().match(/[\p{L}\p{N}\p{M}]+/gu) ?? []

const answers = (): [string, Parameters][] => [
  ...people.map((file): [string, Parameters] => [file, emergencyAnswer(fixturePerson(file), AT).answer]),
  ['example', emergencyAnswer(example().person, AT).answer],
  ['no plan', emergencyAnswer(personRecord(patient(), []), AT).answer],
  ['not found', notFound('demographics', NOW)],
  ['ambiguous', ambiguous(NOW)],
  ['unavailable', unavailable(NOW, { resourceType: 'OperationOutcome', issue: [] })],
]

/** Words of the page that are neither of the answer, nor of SAID, nor a count of days, months or years. */
const invented = (answer: Parameters, now = NOW): string[] => {
  const known = new Set(
    [...stringsOf(answer.parameter), ...saidStrings(SAID), shownMoment(now)].flatMap((text) => wordsOf(text)),
  )
  return wordsOf(seen(emergencyPage(answer, now))).filter((word) => !known.has(word) && !/^\d{1,3}$/.test(word))
}

describe('the emergency page says what the answer says', () => {
  test.each(answers())('and no word besides: %s', (_name, answer) => {
    expect(invented(answer)).toEqual([])
  })

  test.each(answers())(
    'and loses nothing of CPR, focus, refusals, treatments, words and contacts: %s',
    (_name, answer) => {
      const page = seen(emergencyPage(answer, NOW))
      const kept = [
        'identity',
        'cpr',
        'overall-focus',
        'refusal',
        'recommendation',
        'what-matters',
        'contact',
        'proxy',
        'message',
        'policy',
        'sharing',
        'verify',
        'medicine',
      ]
      for (const { name, part, valueString } of answer.parameter ?? []) {
        if (!kept.includes(name)) continue
        const texts = [
          valueString,
          ...(part ?? []).flatMap((one) => [one.valueString, ...(one.part ?? []).map((inner) => inner.valueString)]),
        ]
        for (const text of texts) if (text !== undefined) expect(page).toContain(folded(text))
        for (const { valueDate, valueDateTime } of part ?? []) {
          const day = shownDay(valueDate ?? valueDateTime)
          if (day !== undefined) expect(page).toContain(day)
        }
      }
    },
  )

  test('whatever people or attackers write: nothing invented, nothing lost of CPR, no markup of theirs', () => {
    fc.assert(
      fc.property(generated, fc.infiniteStream(wildText), (plan, texts) => {
        const { patient: who, resources } = resourcesOf(plan, () => texts.next().value)
        const { answer } = emergencyAnswer(personRecord(who, resources), AT)
        const page = emergencyPage(answer, NOW)
        expect(invented(answer)).toEqual([])
        const tags = new Set([...page.slice(page.indexOf('<body>')).matchAll(/<\/?([a-z0-9]+)/g)].map(([, tag]) => tag))
        for (const tag of tags)
          expect([
            'body',
            'html',
            'header',
            'main',
            'section',
            'h1',
            'h2',
            'p',
            'strong',
            'ul',
            'li',
            'div',
            'span',
            'a',
          ]).toContain(tag)
        const cpr = answer.parameter?.find(({ name }) => name === 'cpr')
        for (const { valueString } of cpr?.part ?? [])
          if (valueString !== undefined) expect(seen(page)).toContain(folded(valueString))
      }),
      { numRuns: 60 },
    )
  })
})

describe('the emergency page at the moment of reading', () => {
  const { answer } = emergencyAnswer(example().person, AT)

  test('CPR comes first, then all in the fixed order', () => {
    const titles = [...emergencyPage(answer, NOW).matchAll(/<h2>([^<]*)<\/h2>/g)].map(([, title]) => title)
    expect(titles).toEqual([
      'If heart or breathing stops',
      'Is it current?',
      'Overall focus of care',
      'Refused in advance',
      'Other treatments and admission',
      'What matters to the person',
      'People to call',
      'Capacity and involvement',
      'Preferred places',
      'Before you rely on a copy of this',
    ])
  })

  test.each([
    ['recommended', 'yes'],
    ['conditional', 'only'],
    ['not-recommended', 'no'],
    ['unknown', 'unknown'],
    ['not-discussed', 'unknown'],
  ] as const)('CPR %s is coloured %s, and said in words', (code, kind) => {
    const cpr = recommendation('cpr', code)
    const page = emergencyPage(
      emergencyAnswer(personRecord(patient(), [emergencyPlan([cpr], 'x'), cpr]), AT).answer,
      NOW,
    )
    expect(page).toContain(`<section class="decision ${kind}">`)
    expect(page).toMatch(/<p class="verdict">[^<]*CPR/)
  })

  test('no CPR recommendation is coloured as unknown and says so', () => {
    const page = emergencyPage(emergencyAnswer(personRecord(patient(), [emergencyPlan([], 'x')]), AT).answer, NOW)
    expect(page).toContain('<section class="decision unknown">')
    expect(page).toContain('No CPR recommendation is recorded. Infer nothing from this.')
  })

  test.each([
    ['2026-08-03T12:00:00Z', false, '(6 months ago)'],
    ['2026-08-04T12:00:00Z', true, '(6 months ago)'],
    ['2026-02-04T12:00:00Z', false, '(yesterday)'],
    ['2028-02-03T12:00:00Z', true, '(2 years ago)'],
  ])('on %s: review overdue %s, and the decision is of %s', (now, overdue, age) => {
    const text = seen(emergencyPage(answer, new Date(now)))
    expect(text.includes('REVIEW OVERDUE')).toBe(overdue)
    expect(text).toContain(`Decided 3 February 2026 ${age}`)
  })

  test('a conflict about CPR stands in the CPR card', () => {
    const cpr = recommendation('cpr', 'recommended', { rationale: 'DNACPR form seen' })
    const page = emergencyPage(
      emergencyAnswer(personRecord(patient(), [emergencyPlan([cpr], 'x'), cpr]), AT).answer,
      NOW,
    )
    const card = page.slice(page.indexOf('<section class="decision'), page.indexOf('</section>'))
    expect(card).toContain('CONFLICT')
  })

  test.each([
    ['01632 960001', 'tel:01632960001'],
    ['+44 7700 900 123', 'tel:+447700900123'],
    ['01632 960001 (evenings)', undefined],
    ['javascript:alert(1)', undefined],
    ['999', undefined],
  ])('a phone number %s is dialled as %s', (number, href) => {
    const primary = contact('one', 'Ann Example', number, true)
    const page = emergencyPage(
      emergencyAnswer(personRecord(patient(), [emergencyPlan([primary], 'x'), primary]), AT).answer,
      NOW,
    )
    expect([...page.matchAll(/href="([^"]*)"/g)].map(([, found]) => found)).toEqual(href === undefined ? [] : [href])
    expect(seen(page)).toContain(number)
  })

  test.each([
    ['--ink', '--ground'],
    ['--ink', '--card'],
    ['--soft', '--ground'],
    ['--soft', '--card'],
    ['#ffffff', '--red'],
    ['#ffffff', '--green'],
    ['#ffffff', '--grey'],
    ['#000000', '--amber'],
    ['--ink', '#2a2413'],
    ['--amber', '#2a2413'],
    ['#ffb3b3', '--card'],
    ['#8fd0ff', '--card'],
  ])('%s on %s has a contrast of at least 7 to 1 (WCAG 2.2, 1.4.6)', (ink, ground) => {
    const colour = (name: string): string =>
      name.startsWith('#') ? name : (new RegExp(`${name}: (#\\w{6});`).exec(PAGE_STYLE)?.[1] ?? '')
    const luminance = (name: string): number =>
      [1, 3, 5]
        .map((at) => Number.parseInt(colour(name).slice(at, at + 2), 16) / 255)
        .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4))
        .reduce((sum, part, index) => sum + part * ([0.2126, 0.7152, 0.0722][index] ?? 0), 0)
    const [dark = 0, light = 0] = [luminance(ink), luminance(ground)].sort((one, other) => one - other)
    expect((light + 0.05) / (dark + 0.05)).toBeGreaterThanOrEqual(7)
  })

  test('may load nothing but its own style', () => {
    const page = emergencyPage(answer, NOW)
    const style = /<style>([\s\S]*?)<\/style>/.exec(page)?.[1] ?? ''
    expect(EMERGENCY_PAGE_POLICY).toContain(`'sha256-${createHash('sha256').update(style).digest('base64')}'`)
    expect(page).not.toMatch(/<script|<link|<img|url\(|@import|style="|\son\w+="/)
    expect(Buffer.byteLength(page)).toBeLessThan(40_000)
  })

  test.each([
    ['no plan', emergencyAnswer(personRecord(patient(), []), AT).answer, 'NO PLAN RECORDED'],
    ['withheld', emergencyAnswer(fixturePerson('objection.json'), AT).answer, 'NOT SHOWN: a decision about sharing'],
    ['not found', notFound('identifier', NOW), 'PERSON NOT FOUND'],
    ['ambiguous', ambiguous(NOW), 'MORE THAN ONE PERSON COULD BE MEANT'],
    ['unavailable', unavailable(NOW, { resourceType: 'OperationOutcome', issue: [] }), 'CANNOT ANSWER NOW'],
    ['unheard of', { resourceType: 'Parameters' } as Parameters, 'CANNOT BE SHOWN: use another source'],
  ])('%s is said in words that cannot be taken for another outcome', (_name, said, words) => {
    const text = seen(emergencyPage(said, NOW))
    expect(text).toContain(words)
    for (const other of [...Object.values(SAID.outcome), SAID.unknownOutcome])
      if (other !== words) expect(text).not.toContain(other)
  })
})
