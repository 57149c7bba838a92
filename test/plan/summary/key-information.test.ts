import { readFileSync } from 'node:fs'
import { describe, expect, test } from '@jest/globals'
import type { Bundle, Composition, MedicationRequest, Observation } from 'fhir/r4.js'
import type { FhirResource } from '../../../src/fhir/resource.ts'
import { OBSERVATION } from '../../../src/plan/codes.ts'
import { derive } from '../../../src/plan/derive.ts'
import { itemCoding, KEY_INFORMATION } from '../../../src/plan/key-information.ts'
import { personRecord } from '../../../src/plan/person.ts'
import { SECTIONS } from '../../../src/plan/summary/sections.ts'
import { AT, contact, DOCTOR, emergencyPlan, example, patient, whatMattersPlan } from './example.ts'

type Field = Readonly<{
  from: string
  group: string
  field: string
  section: string
  element: string
  shows: string
  dated: boolean
}>

const read = (path: string): string => readFileSync(new URL(path, import.meta.url), 'utf8')
const fields = JSON.parse(read('./key-information-fields.json')) as Field[]

const subject = { reference: 'Patient/one' }
const ITEMS = Object.values(KEY_INFORMATION).flat()

const observation = (item: (typeof ITEMS)[number], more: Partial<Observation> = {}): Observation => ({
  resourceType: 'Observation',
  id: item.code,
  status: 'final',
  code: { coding: [itemCoding(item)] },
  subject,
  effectiveDateTime: '2026-02-04',
  performer: [DOCTOR],
  valueString: `Sample ${item.code}`,
  ...more,
})

const morphine: MedicationRequest = {
  resourceType: 'MedicationRequest',
  id: 'morphine',
  status: 'active',
  intent: 'order',
  subject,
  medicationCodeableConcept: { text: 'Morphine 10 mg/ml' },
  dosageInstruction: [{ text: '2.5 to 5 mg under the skin' }],
  note: [{ text: 'In the kitchen cupboard' }],
  authoredOn: '2026-02-04',
  requester: DOCTOR,
}

/** Example with one of everything that the fields ask for. */
const full = () => {
  const base = example().resources
  const hospice: Observation = {
    resourceType: 'Observation',
    id: 'death',
    status: 'final',
    code: { coding: [OBSERVATION.placeOfDeath] },
    subject,
    effectiveDateTime: '2026-01-20',
    performer: [subject],
    valueCodeableConcept: { text: 'At the hospice' },
  }
  const more: FhirResource[] = [...ITEMS.map((item) => observation(item)), morphine, hospice]
  const held = base.filter(({ resourceType }) => resourceType !== 'CarePlan')
  const wishes = held.filter(({ resourceType, id }) => resourceType === 'Goal' || id === 'care')
  const care = held.filter(
    (resource) => !wishes.includes(resource) && resource.resourceType !== 'Provenance' && resource.id !== 'sharing',
  )
  const plan = {
    ...emergencyPlan([...care, ...more], 'Heart failure'),
    note: [{ text: 'Sample note', time: '2026-02-05T10:00:00Z', authorString: 'Nurse Testa' }],
  }
  const person = patient('GB-SCT', {
    telecom: [{ system: 'phone', value: '01632 960099' }],
    generalPractitioner: [{ display: 'Testburgh Medical Practice' }],
  })
  return personRecord(person, [...held, ...more, plan, whatMattersPlan(wishes)])
}

const shown = (bundle: Bundle, code: string): string =>
  ((bundle.entry?.[0]?.resource as Composition | undefined)?.section ?? [])
    .filter((section) => section.code?.coding?.[0]?.code === code)
    .map(({ text }) => text?.div.replace(/<\/p>/g, '\n').replace(/<[^>]*>/g, '') ?? '')
    .join('')

const summary = derive(full(), AT).summary as Bundle
const empty = derive(personRecord(patient(), [whatMattersPlan([])]), AT).summary as Bundle

describe('every field of KIS and ePCS has its place in the summary', () => {
  test.each(fields)('$from: $field', ({ section, shows, dated }) => {
    const text = shown(summary, section)
    if (shows === 'welfare guardian') return expect(SECTIONS.map(({ code }) => code)).toContain(section)
    expect(text).toContain(shows)
    // With its date and author, in the same section, after it.
    if (dated) {
      expect(text.slice(text.indexOf(shows))).toMatch(
        /(?:Decided|Recorded|Said|Signed) \d{1,2} \w+ 2026 by (?:Dr Una Testdoctor|the person|Nurse Testa)/,
      )
    }
  })

  test('every item that has a code of its own is one of the fields', () => {
    for (const { code } of ITEMS) expect(fields.some(({ element }) => element.includes(code))).toBe(true)
  })

  test('the page about the summary shows the same table', () => {
    const page = read('../../../docs/key-information-summary.md')
    for (const { from, group, field, section, element } of fields)
      expect(page).toContain(`| ${from} | ${group} | ${field} | \`${section}\` | ${element} |`)
  })

  test('what is not recorded is named, and nothing is made of it', () => {
    for (const [section, items] of Object.entries(KEY_INFORMATION)) {
      const text = shown(empty, section)
      expect(text).toMatch(/^Nothing recorded about: .*\. Infer nothing from this\.$/m)
      for (const { display } of items) expect(text.toLowerCase()).toContain(display.toLowerCase())
    }
    for (const section of Object.keys(KEY_INFORMATION)) expect(shown(summary, section)).not.toMatch(/about:.*allergies/)
  })

  test('yes, no, a code and silence are told apart', () => {
    const [item] = KEY_INFORMATION['out-of-hours']
    const text = (more: Partial<Observation>): string => {
      const { valueString: _, ...bare } = observation(item)
      const one = { ...bare, ...more }
      return shown(
        derive(personRecord(patient(), [emergencyPlan([one], 'Frailty'), one]), AT).summary as Bundle,
        'out-of-hours',
      ).split('\n')[0] as string
    }
    const by = 'Recorded 4 February 2026 by Dr Una Testdoctor, General practitioner (GMC 9999001).'
    expect(text({ valueBoolean: false })).toBe(`Contact own GP out of hours: No. ${by}`)
    expect(text({ valueBoolean: true })).toBe(`Contact own GP out of hours: Yes. ${by}`)
    expect(text({ valueCodeableConcept: { text: 'Only before ten' } })).toBe(
      `Contact own GP out of hours: Only before ten. ${by}`,
    )
    expect(text({ dataAbsentReason: { coding: [{ code: 'asked-unknown' }] } })).toBe(
      `Contact own GP out of hours: Nothing recorded (asked-unknown). ${by}`,
    )
    expect(text({ status: 'entered-in-error', valueBoolean: true })).toMatch(/^Nothing recorded about: contact own GP/)
  })

  test('how to get in is in no document, though the plan names it', () => {
    const access: FhirResource = {
      resourceType: 'Flag',
      id: 'access',
      status: 'active',
      code: { text: 'Key safe by the door, 4711' },
      subject,
    }
    const plan = emergencyPlan([access, contact('contact', 'Bea Example', '01632 960002')], 'Frailty')
    const text = JSON.stringify(
      derive(personRecord(patient(), [plan, access]), AT).summary?.entry?.map((entry) => ({
        ...entry,
        // The plan may name the Flag by its id; what it says stays at home.
        resource: entry.resource?.resourceType === 'CarePlan' ? undefined : entry.resource,
      })),
    )
    expect(text).not.toContain('4711')
    expect(text).toContain('is never part of a document')
  })
})
