/** A summary for somebody from whom the person hides what was decided about CPR (domain model, section 6). */
import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import type { Bundle, Composition, CompositionSection } from 'fhir/r4.js'
import { derive } from '../../../src/plan/derive.ts'
import { personRecord } from '../../../src/plan/person.ts'
import { withoutCpr } from '../../../src/plan/summary/without-cpr.ts'
import { fixturePerson } from '../../profiles/fixture-person.ts'
import { generated, resourcesOf } from './arbitrary.ts'
import { AT, contact, emergencyPlan, goal, patient, place, recommendation } from './example.ts'

const sectionsOf = (bundle: Bundle): CompositionSection[] =>
  (bundle.entry?.[0]?.resource as Composition | undefined)?.section ?? []
const codeOf = ({ code }: CompositionSection): string => code?.coding?.[0]?.code ?? ''
const isWithheld = ({ emptyReason }: CompositionSection): boolean => emptyReason?.coding?.[0]?.code === 'withheld'

const angharad = derive(fixturePerson('wales.json'), AT)
const full = angharad.summary as Bundle

describe('a summary without what was decided about CPR', () => {
  const given = withoutCpr(full)

  test('says of each section that it leaves out that it is withheld, and by whose decision', () => {
    const withheld = sectionsOf(given).filter(isWithheld)
    expect(withheld.map(codeOf)).toEqual(expect.arrayContaining(['cpr', 'advance-refusals', 'verify']))
    for (const section of withheld) {
      expect(section.text?.div).toContain('the person has decided')
      expect(section.entry).toBeUndefined()
      expect(section.emptyReason?.text).toBe('Withheld by decision of the person')
    }
    expect(given.meta?.security?.map(({ code }) => code)).toContain('REDACTED')
  })

  test('has its sections in their order, and shows the others as they are', () => {
    expect(sectionsOf(given).map(codeOf)).toEqual(sectionsOf(full).map(codeOf))
    const shown = sectionsOf(given).filter((section) => !isWithheld(section))
    expect(shown.map(codeOf)).toEqual(
      expect.arrayContaining(['identity', 'overall-focus', 'interventions', 'contacts']),
    )
    for (const section of shown)
      expect(section.text).toEqual(sectionsOf(full).find((one) => codeOf(one) === codeOf(section))?.text)
  })

  test('refers to nothing that it leaves out', () => {
    const keys = (given.entry ?? []).map(({ resource }) => `${resource?.resourceType}/${resource?.id}`)
    const named = sectionsOf(given).flatMap(({ entry = [] }) => entry.map(({ reference }) => reference))
    expect(named.filter((key) => !keys.includes(key as string))).toEqual([])
    expect(named.length).toBeGreaterThan(5)
  })

  test('is the same whether there is an advance refusal or none', () => {
    const refusals = (bundle: Bundle) =>
      sectionsOf(withoutCpr(bundle)).find((one) => codeOf(one) === 'advance-refusals')
    const doris = derive(fixturePerson('england.json'), AT).summary as Bundle
    expect(refusals(doris)).toEqual(refusals(full))
  })

  test('leaves out whatever else says it in words: another recommendation, the understanding of health, a wish', () => {
    const said = 'The family knows that she is not to be resuscitated.'
    const places = {
      interventions: [recommendation('intensive-care', 'not-recommended', { rationale: said })],
      'what-matters': [goal('goal', 'fear', said)],
      contacts: [contact('contact', said, '01632 960000')],
      'preferred-places': [place('place', 'care', said)],
    } as const
    for (const [code, resources] of Object.entries(places)) {
      const person = personRecord(patient(), [emergencyPlan(resources, 'She is frail.'), ...resources])
      const summary = derive(person, AT).summary as Bundle
      expect(JSON.stringify(summary)).toContain('resuscitated')
      const shown = withoutCpr(summary)
      expect(JSON.stringify(shown)).not.toContain('resuscitated')
      expect(sectionsOf(shown).find((one) => codeOf(one) === code)).toMatchObject({
        emptyReason: { text: 'Withheld by decision of the person' },
      })
    }
    const told = personRecord(patient(), [emergencyPlan([], said)])
    expect(JSON.stringify(withoutCpr(derive(told, AT).summary as Bundle))).not.toContain('resuscitated')
  })

  test('leaves a tombstone as it is', () => {
    expect(withoutCpr(angharad.tombstone)).toEqual(angharad.tombstone)
  })

  test('is the same whatever was decided', () => {
    const decided = fc.constantFrom('recommended', 'conditional', 'not-recommended', 'unknown', 'not-discussed')
    const words = fc.constantFrom('a quiet room', 'her own bed', 'the doctor of the ward')
    let compared = 0
    fc.assert(
      fc.property(generated, decided, decided, words, words, (made, one, other, said, saidOtherwise) => {
        const { patient: whose, resources } = resourcesOf(made, () => 'as it is')
        const shownOf = (code: typeof one, rationale: string): string | undefined => {
          const { id: _, ...cpr } = recommendation('cpr', code, { rationale, condition: rationale })
          const person = personRecord(
            whose,
            resources.map((resource) =>
              resource.id === 'recommendation-cpr' ? { ...cpr, id: 'recommendation-cpr' } : resource,
            ),
          )
          const { summary } = derive(person, AT)
          return summary === undefined ? undefined : JSON.stringify(withoutCpr(summary))
        }
        const shown = shownOf(one, said)
        if (shown !== undefined && made.decisions.some(([intervention]) => intervention === 'cpr')) compared += 1
        expect(shownOf(other, saidOtherwise)).toBe(shown)
      }),
      { numRuns: 300, seed: 7 },
    )
    expect(compared).toBeGreaterThan(30)
  })
})
