import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type { Bundle, FhirResource, Organization } from 'fhir/r4.js'
import { type FhirRequest, startService, type TestService } from '../../support/service.ts'
import { idsOf, pagesFrom } from './stage.ts'

let service: TestService
let gp: FhirRequest
const FORM = { 'Content-Type': 'application/x-www-form-urlencoded' }

const organization = (index: number, more: object = {}): Organization => ({
  resourceType: 'Organization',
  // So that what is renamed moves in the order of names, and what is new stands among the others.
  name: `Practice ${String((index * 7919) % 10_000).padStart(5, '0')}`,
  active: true,
  ...more,
})

type Entry = { resource?: object; request: { method: string; url: string } }
const send = async (entry: readonly Entry[]): Promise<Bundle<FhirResource>> => {
  const { status, body, text } = await gp<Bundle<FhirResource>>('POST', '', {
    resourceType: 'Bundle',
    type: 'transaction',
    entry,
  })
  if (status !== 200) throw new Error(`The resources were not written: ${status} ${text}`)
  return body
}

beforeAll(async () => {
  service = await startService()
  gp = await service.fhir('integrator')
})

afterAll(() => service.stop())

describe('a reader that follows next links while 1,000 writes land (http.html#paging)', () => {
  let round = 0
  test.each<[string, string]>([
    ['sorted', 'OWN&active=true&_sort=name&_count=30'],
    ['sorted by what each write changes', 'OWN&active=true&_sort=-_lastUpdated&_count=30'],
    ['by POST, with what stands in no link', 'POST'],
    ['in the order of ids', 'OWN&active=true&_count=30'],
    // More match than are looked up one by one.
    ['in the order of ids, among many others', 'active=true&_count=200'],
    ['in the order of ids, whatever matches', 'active:not=false&_count=200'],
  ])('sees each that existed at the start exactly once: %s', async (_, query) => {
    round += 1
    const own = `urn:round:${round}`
    const identifier = (index: number) => ({
      identifier: [{ system: own, value: `${index}` }],
      partOf: { identifier: { system: own, value: 'x' } },
    })
    const stored = await send(
      Array.from({ length: 300 }, (_, index) => ({
        resource: organization(index, identifier(index)),
        request: { method: 'POST', url: 'Organization' },
      })),
    )
    const ids = (stored.entry ?? []).map(({ response }) => response?.location?.split('/').at(-3) ?? '')
    expect(new Set(ids).size).toBe(300)
    // Of every hundred, the last ten are deleted on the way.
    const doomed = new Set(ids.filter((_, index) => index % 100 >= 90))

    const deletions = [...doomed]
    const kept = ids.filter((id) => !doomed.has(id))
    let batch = 0
    const writes = async (): Promise<void> => {
      const from = batch * 100
      batch += 1
      if (from >= 1_000) return
      await send([
        ...kept.slice((from * 7) % 200, ((from * 7) % 200) + 50).map((id, index) => ({
          resource: { ...organization(from + index + 17, identifier(from + index + 1_000)), id },
          request: { method: 'PUT', url: `Organization/${id}` },
        })),
        ...Array.from({ length: 47 }, (_, index) => ({
          resource: organization(from + index, identifier(from + index + 10_000)),
          request: { method: 'POST', url: 'Organization' },
        })),
        ...deletions.splice(0, 3).map((id) => ({ request: { method: 'DELETE', url: `Organization/${id}` } })),
      ])
    }

    const pages =
      query === 'POST'
        ? await (async () => {
            const { body } = await gp<Bundle>('POST', '/Organization/_search', `identifier=${own}%7C&_count=30`, FORM)
            const next = body.link?.find(({ relation }) => relation === 'next')?.url ?? ''
            await writes()
            return [body, ...(await pagesFrom(gp, next.slice(next.indexOf('/fhir') + 5), writes))]
          })()
        : await pagesFrom(gp, `/Organization?${query.replace('OWN', `partof:identifier=${own}%7Cx`)}`, writes)
    while (batch < 10) await writes()

    const seen = pages.flatMap((page) => idsOf(page))
    expect(new Set(seen).size).toBe(seen.length)
    expect(kept.filter((id) => !seen.includes(id))).toEqual([])
    // An order that is kept holds what was there at the start; in the order of ids what is new may be seen as well.
    if (/_sort|POST/.test(query)) expect(seen.filter((id) => !kept.includes(id) && !doomed.has(id))).toEqual([])
    expect(pages.length).toBeGreaterThan(5)
  })
})
