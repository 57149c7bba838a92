import { readFileSync } from 'node:fs'
import { describe, expect, test } from '@jest/globals'
import type { CarePlan, Provenance } from 'fhir/r4.js'
import { EXTENSION, SYSTEM } from '../../src/plan/codes.ts'
import { timelineOf } from '../../src/plan/timeline.ts'

type Agent = { part: string; number: string; signed?: string }
type Case = {
  title: string
  provenances: { target: string; recorded: string; act?: string; agents: Agent[] }[]
  events: string[]
}
const cases = JSON.parse(readFileSync(new URL('./timeline.json', import.meta.url), 'utf8')) as Case[]

const plan = (id: string, version: number): CarePlan => ({
  resourceType: 'CarePlan',
  id,
  status: 'active',
  intent: 'plan',
  subject: { reference: 'Patient/1' },
  extension: [{ url: EXTENSION.planVersion, valuePositiveInt: version }],
})

const provenance = ({ target, recorded, act, agents }: Case['provenances'][number]): Provenance => ({
  resourceType: 'Provenance',
  target: [{ reference: target }],
  recorded,
  ...(act === undefined ? {} : { activity: { coding: [{ system: SYSTEM.planAct, code: act }] } }),
  agent: agents.map(({ part, number }) => ({
    type: { coding: [{ system: SYSTEM.provenanceAgent, code: part }] },
    who: { identifier: { value: number } },
  })),
  signature: agents.flatMap(({ number, signed }) =>
    signed === undefined ? [] : [{ type: [], when: signed, who: { identifier: { value: number } } }],
  ),
})

describe('the timeline of a lineage', () => {
  test.each(cases)('$title', ({ provenances, events }) => {
    const found = timelineOf([plan('a', 1), plan('b', 2)], provenances.map(provenance))
    expect(
      found.map(({ when, act, who, planVersion, organization }) =>
        [when, act, who.identifier?.value, `v${planVersion}`, organization && `for ${organization.identifier?.value}`]
          .filter(Boolean)
          .join(' '),
      ),
    ).toEqual(events)
  })
})
