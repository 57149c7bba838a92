import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import type { Bundle, Consent, Parameters, Period } from 'fhir/r4.js'
import type { FhirResource } from '../../src/fhir/resource.ts'
import { comesAt, goneByAt, isFuture } from '../../src/plan/dates.ts'
import { derive } from '../../src/plan/derive.ts'
import { marksHolding, textNamed } from '../../src/plan/emergency/answer.ts'
import { compactAnswer } from '../../src/plan/emergency/compact.ts'
import { asItHolds, nextTurn, standingOf } from '../../src/plan/in-force.ts'
import { type PersonRecord, personRecord } from '../../src/plan/person.ts'
import { planToShow, respectDocument } from '../../src/plan/summary/respect-document.ts'
import { type Generated, generated, resourcesOf } from './summary/arbitrary.ts'
import { AT, emergencyPlan, patient, proxy, recommendation, refusal, sharing } from './summary/example.ts'

const HOUR = 3_600_000

/** Instants about the two changes of the clocks of 2026, the turn of a month and of a year. */
const instant = fc
  .tuple(
    fc.constantFrom('2026-03-29', '2026-03-31', '2026-06-05', '2026-10-25', '2026-12-31'),
    fc.integer({ min: -30 * HOUR, max: 30 * HOUR }),
  )
  .map(([day, offset]) => Date.parse(`${day}T00:00:00Z`) + offset)

/** The same instants as FHIR writes them: to the millisecond, to the second with an offset, or as a day, month or year. */
const date = fc.tuple(instant, fc.nat(4)).map(([moment, form]) => {
  const text = new Date(moment).toISOString()
  if (form === 0) return text
  if (form === 1) return `${new Date(moment + HOUR).toISOString().slice(0, 19)}+01:00`
  return text.slice(0, [10, 7, 4][form - 2])
})

const period: fc.Arbitrary<Period> = fc
  .tuple(fc.option(date, { nil: undefined }), fc.option(date, { nil: undefined }))
  .map(([start, end]) => ({ ...(start === undefined ? {} : { start }), ...(end === undefined ? {} : { end }) }))

type Periods = readonly (readonly [root: Period | undefined, nested: Period | undefined])[]
const periods: fc.Arbitrary<Periods> = fc.array(
  fc.tuple(fc.option(period, { nil: undefined }), fc.option(period, { nil: undefined })),
  { minLength: 1, maxLength: 6 },
)

/** The record with these periods on its Consents, in turn. */
const timed = (form: Generated, given: Periods): PersonRecord => {
  const { patient: who, resources } = resourcesOf(form, () => 'word')
  let count = 0
  const within = (consent: Consent): Consent => {
    const [root, nested] = given[count++ % given.length] ?? []
    return {
      ...consent,
      provision: {
        ...consent.provision,
        ...(root === undefined ? {} : { period: root }),
        ...(consent.provision?.provision === undefined
          ? {}
          : {
              provision: consent.provision.provision.map((one) =>
                nested === undefined ? one : { ...one, period: nested },
              ),
            }),
      },
    }
  }
  const changed = resources.map((one): FhirResource => (one.resourceType === 'Consent' ? within(one) : one))
  return personRecord(who, changed)
}

/** The last moment at which a service that derives at each turn has derived, by `now`. */
const lastDerived = (person: PersonRecord, from: Date, now: Date): Date => {
  let moment = from
  for (let turns = 0; turns < 100; turns += 1) {
    const { nextTurn } = derive(person, { ...AT, now: moment })
    if (nextTurn === undefined || nextTurn > now) return moment
    expect(nextTurn.getTime()).toBeGreaterThan(moment.getTime())
    moment = nextTurn
  }
  throw new Error('Time does not get on.')
}

describe('what is shown while time passes and nobody changes the record', () => {
  test('is what holds at the moment of reading, whenever it was last derived', () => {
    fc.assert(
      fc.property(generated, periods, instant, instant, (form, given, one, other) => {
        const person = timed(form, given)
        const [from, now] = [new Date(Math.min(one, other)), new Date(Math.max(one, other))]
        const moment = lastDerived(person, from, now)
        // With the same stamps, the same bytes: so no page, document, delivery or answer made of them can differ.
        const stored = JSON.stringify(derive(person, AT, moment))
        expect(JSON.stringify(derive(person, AT, now))).toBe(stored)
        // With their own: what is reckoned at reading comes out the same too.
        const compact = (at: Date): object => {
          const { answer } = derive(person, { ...AT, now: at }).emergency
          const { asOf: _asOf, verify: _verify, lastConfirmed: _confirmed, ...shown } = compactAnswer(answer, now)
          const marks = marksHolding(answer, now).map(({ part }) => [
            textNamed(part, 'code'),
            textNamed(part, 'display'),
          ])
          return { ...shown, marks }
        }
        expect(compact(moment)).toEqual(compact(now))
      }),
      { numRuns: 200 },
    )
  })

  test('changes at a turn and not before it', () => {
    fc.assert(
      fc.property(period, instant, (given, moment) => {
        const now = new Date(moment)
        const turn = nextTurn([{ ...refusal('one', 'x', 'y'), provision: { period: given } }], now)
        const standing = standingOf(given, now)
        if (turn === undefined) {
          expect(standingOf(given, new Date('2100-01-01'))).toBe(standing)
          return
        }
        expect(standingOf(given, new Date(turn.getTime() - 1))).toBe(standing)
      }),
      { numRuns: 200 },
    )
  })

  test.each([
    ['2026-06-05', '2026-06-04T23:00:00.000Z', '2026-06-05T23:00:00.000Z'],
    ['2026-03-29', '2026-03-29T00:00:00.000Z', '2026-03-29T23:00:00.000Z'],
    ['2026-10-25', '2026-10-24T23:00:00.000Z', '2026-10-26T00:00:00.000Z'],
    ['2026-02', '2026-02-01T00:00:00.000Z', '2026-03-01T00:00:00.000Z'],
    ['2026', '2026-01-01T00:00:00.000Z', '2027-01-01T00:00:00.000Z'],
    // A moment is itself, whatever its offset; a start within the minute by which clocks differ counts as come.
    ['2026-06-05T12:00:00+02:00', '2026-06-05T09:59:00.000Z', '2026-06-05T10:00:00.001Z'],
  ])('%s begins and is over by the clocks of London', (text, begins, over) => {
    expect(new Date(comesAt(text) as number).toISOString()).toBe(begins)
    expect(new Date(goneByAt(text) as number).toISOString()).toBe(over)
    expect(isFuture(text, new Date(begins))).toBe(false)
    expect(isFuture(text, new Date(Date.parse(begins) - 1))).toBe(true)
    expect(standingOf({ end: text }, new Date(over))).toBe('over')
    expect(standingOf({ end: text }, new Date(Date.parse(over) - 1))).toBe('in-force')
  })

  test.each(['', 'never', '2026-13', '2026-13-45', 'TTTT', '9999-99-99T99:99:99Z'])(
    'a date that cannot be read has no turn: %j',
    (text) => {
      expect([comesAt(text), goneByAt(text)]).toEqual([undefined, undefined])
    },
  )

  test.each(['9999', '9999-12', '9999-12-31', '9999-12-31T23:59:59.999Z', '9999-12-31T23:59:59-01:00'])(
    'what is written where something has no end is never over, and no turn: %s',
    (end) => {
      expect(goneByAt(end)).toBeUndefined()
      const consent: Consent = { ...refusal('one', 'x', 'y'), provision: { period: { start: '2026-01', end } } }
      expect(nextTurn([consent], AT.now)).toBeUndefined()
      expect(standingOf({ end }, AT.now)).toBe('in-force')
    },
  )
})

describe('what is over', () => {
  const END = '2026-06-05'
  const AFTER = new Date('2026-06-06T09:00:00Z')
  const cpr = recommendation('cpr', 'recommended')
  const ended = { ...refusal('ended', 'Blood transfusion', 'Always') }
  const until = (consent: Consent): Consent => ({
    ...consent,
    provision: { ...consent.provision, period: { end: END } },
  })
  const personWith = (...consents: Consent[]): PersonRecord =>
    personRecord(patient('GB-ENG'), [emergencyPlan([cpr, ...consents], 'Frailty'), cpr, ...consents])
  const at = (person: PersonRecord, now: Date) => {
    const derived = derive(person, { ...AT, now })
    return { ...derived, answer: derived.emergency.answer, text: JSON.stringify(derived.summary) }
  }
  const named = ({ parameter = [] }: Parameters, name: string) => parameter.filter((one) => one.name === name)

  test('an advance refusal holds to the end of its last day, and then is named as over and not shown as one', () => {
    const person = personWith(until(ended))
    const [before, after] = [at(person, AT.now), at(person, AFTER)]
    expect(before.nextTurn).toEqual(new Date('2026-06-05T23:00:00Z'))
    expect(named(before.answer, 'refusal')).toHaveLength(1)
    expect(before.text).toContain('REFUSES: Blood transfusion')

    expect(after.nextTurn).toBeUndefined()
    expect(named(after.answer, 'refusal')).toEqual([])
    expect(after.text).not.toContain('REFUSES')
    expect(after.text).toContain(
      'Over, at least in part, and not in force any more: an advance refusal of Blood transfusion (does not hold since 6 June 2026).',
    )
    const [mark] = marksHolding(after.answer, AFTER).filter(({ part }) =>
      textNamed(part, 'display')?.includes('is over'),
    )
    expect([textNamed(mark?.part, 'code'), textNamed(mark?.part, 'from')]).toEqual(['may-be-out-of-date', '2026-06-06'])
    // A program that reads the document finds no Consent in it that does not hold.
    expect((after.summary as Bundle).entry?.map(({ resource }) => resource?.id)).not.toContain('ended')
    expect((before.summary as Bundle).entry?.map(({ resource }) => resource?.id)).toContain('ended')
    // It still is part of the plan that was signed, and cannot be edited.
    expect(after.inForce).toEqual(before.inForce)
    expect(after.inForce).toContain('Consent/ended')
  })

  test('the same is said on paper, for a plan in force', () => {
    const person = personWith(until(ended))
    const plan = planToShow(person)
    if (plan === undefined) throw new Error('There is no plan.')
    expect(JSON.stringify(respectDocument(person, plan, AT.now))).toContain('REFUSES')
    expect(JSON.stringify(respectDocument(person, plan, AFTER))).not.toContain('REFUSES')
    expect(JSON.stringify(respectDocument(person, plan, AFTER))).toContain('not in force any more')
  })

  test('of a refusal of two treatments the one that has no end goes on', () => {
    const both: Consent = {
      ...ended,
      provision: {
        provision: [
          { type: 'deny', code: [{ text: 'Dialysis' }], period: { end: END } },
          { type: 'deny', code: [{ text: 'Ventilation' }] },
        ],
      },
    }
    const [shown] = named(at(personWith(both), AFTER).answer, 'refusal')
    expect(textNamed(shown?.part, 'treatment')).toBe('Ventilation')
  })

  test('an exception that is over takes nothing with it', () => {
    const consent: Consent = {
      ...ended,
      provision: { provision: [{ type: 'deny', provision: [{ type: 'permit', period: { end: END } }] }] },
    }
    expect(asItHolds(consent, AFTER)?.provision).toEqual({ provision: [{ type: 'deny' }] })
    expect(asItHolds(consent, AT.now)).toBe(consent)
  })

  test('the powers of a proxy are over', () => {
    const person = personWith(until(proxy('proxy', 'holder')))
    expect(named(at(person, AT.now).answer, 'proxy')).toHaveLength(1)
    expect(named(at(person, AFTER).answer, 'proxy')).toEqual([])
    expect(at(person, AFTER).text).toContain('the powers of a legal proxy (does not hold since 6 June 2026)')
  })

  test('a refusal that is over contradicts no recommendation', () => {
    const coded = until({
      ...ended,
      provision: { provision: [{ type: 'deny', code: cpr.provision?.provision?.[0]?.code ?? [] }] },
    })
    const conflicts = (now: Date) =>
      named(at(personWith(coded), now).answer, 'mark').filter(({ part }) => textNamed(part, 'code') === 'conflict')
    expect(conflicts(AT.now)).toHaveLength(1)
    expect(conflicts(AFTER)).toEqual([])
  })

  test('an objection withholds until its last day is over', () => {
    const objection = until(sharing('objection'))
    const person = personRecord(patient('GB-SCT'), [emergencyPlan([cpr], 'Frailty'), cpr, objection])
    expect([at(person, AT.now).sharing, at(person, AFTER).sharing]).toEqual(['withheld', 'permitted'])
    expect(at(person, AT.now).nextTurn).toEqual(new Date('2026-06-05T23:00:00Z'))
  })

  test('a consent to sharing is over in Wales, where nothing is shared without one', () => {
    const person = personRecord(patient('GB-WLS'), [emergencyPlan([cpr], 'x'), cpr, until(sharing('explicit-consent'))])
    expect([at(person, AT.now).sharing, at(person, AFTER).sharing]).toEqual(['permitted', 'withheld'])
  })
})
