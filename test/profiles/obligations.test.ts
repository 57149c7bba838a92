import { describe, expect, test } from '@jest/globals'
import type { ElementDefinition, Extension } from 'fhir/r4.js'
import { BASE, SYSTEM } from '../../src/plan/codes.ts'
import { allOf } from './package-files.ts'

const URL = 'http://hl7.org/fhir/StructureDefinition/obligation'

/** Of CodeSystem http://hl7.org/fhir/CodeSystem/obligation, those that our profiles use. */
const CODES = [
  'SHALL:able-to-populate',
  'SHALL:display',
  'SHALL:handle',
  'SHALL:no-alter',
  'SHALL:populate',
  'SHALL:populate-if-known',
  'SHALL:process',
]

const profiles = allOf('StructureDefinition').filter(({ type }) => type !== 'Extension')
const actors = allOf('CodeSystem')
  .find(({ url }) => url === SYSTEM.actor)
  ?.concept?.map(({ code }) => `${BASE}/ActorDefinition/${code}`)

const part = ({ extension }: Extension, name: string) => extension?.find(({ url }) => url === name)

const obligationsOf = ({ extension = [] }: ElementDefinition): Extension[] => extension.filter(({ url }) => url === URL)

describe('the obligations of the profiles', () => {
  test.each(profiles.map(({ id, snapshot }) => [id, snapshot?.element[0]] as const))(
    '%s says of each of the systems that take part what it must do',
    (_id, root) => {
      const stated = obligationsOf(root as ElementDefinition).map((one) => part(one, 'actor')?.valueCanonical)
      expect(stated.toSorted()).toEqual(actors?.toSorted())
    },
  )

  test('each names an actor that is defined, a code of FHIR, and says in a sentence what it means here', () => {
    const all = profiles.flatMap(({ differential }) => (differential?.element ?? []).flatMap(obligationsOf))
    expect(all.length).toBeGreaterThan(150)
    for (const one of all) {
      expect(actors).toContain(part(one, 'actor')?.valueCanonical)
      expect(CODES).toContain(part(one, 'code')?.valueCode)
      expect(part(one, 'documentation')?.valueMarkdown).toMatch(/^[A-Z].{10,}\.$/)
    }
  })

  test('who meets a person in an emergency is obliged to show what decides', () => {
    const recommendation = profiles.find(({ id }) => id === 'emergency-recommendation')
    for (const slice of ['recommendation', 'basis', 'condition', 'rationale']) {
      const element = recommendation?.snapshot?.element.find(({ id }) => id === `Consent.extension:${slice}`)
      const shown = obligationsOf(element as ElementDefinition)
        .filter((one) => part(one, 'code')?.valueCode === 'SHALL:display')
        .map((one) => part(one, 'actor')?.valueCanonical?.split('/').at(-1))
      expect([slice, shown]).toEqual([slice, ['ambulance', 'out-of-hours', 'hospital']])
    }
  })
})
