import { randomUUID } from 'node:crypto'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type { Bundle, CarePlan, Composition, Parameters } from 'fhir/r4.js'
import { TEST_CLIENTS } from '../../src/config.ts'
import { editionCode, editionsOf, shownDigest } from '../../src/plan/edition.ts'
import { itemCoding, KEY_INFORMATION } from '../../src/plan/key-information.ts'
import { person, register, submit } from '../support/people.ts'
import { type FhirRequest, issueKeys, startService, type TestService } from '../support/service.ts'

let service: TestService
let gp: FhirRequest
let crew: FhirRequest
let patient: string

const margaret = person('margaret')

beforeAll(async () => {
  service = await startService()
  gp = await service.fhir('gp-practice')
  crew = await service.fhir('ambulance')
  patient = await register(gp, margaret)
  for (const conversation of margaret.conversations.slice(0, 2)) await submit(gp, patient, conversation)
})

afterAll(() => service.stop())

const compositionOf = (bundle: Bundle): Composition => bundle.entry?.[0]?.resource as Composition

const current = async () => {
  const { body } = await crew<Bundle>('GET', `/Patient/${patient}/$respect-document`)
  const [edition] = editionsOf(compositionOf(body))
  if (edition === undefined) throw new Error('the document names no plan')
  const plan = body.entry?.map(({ resource }) => resource).find((one) => one?.resourceType === 'CarePlan') as CarePlan
  return { edition, plan, body }
}

const verify = async (parameters: Record<string, unknown>, ask = crew) =>
  ask<Parameters>('POST', '/CarePlan/$verify-current', {
    resourceType: 'Parameters',
    parameter: Object.entries(parameters).map(([name, value]) => ({
      name,
      [typeof value === 'number' ? 'valuePositiveInt' : 'valueString']: value,
    })),
  })

const valueIn = ({ parameter }: Parameters, wanted: string): unknown => {
  const { name: _, ...value } = parameter?.find(({ name }) => name === wanted) ?? { name: '' }
  return Object.values(value)[0]
}

describe('documents by content negotiation', () => {
  test.each(['$key-information-summary', '$respect-document'])(
    '%s is a Bundle, a page and paper',
    async (operation) => {
      const path = `/Patient/${patient}/${operation}`
      const { body } = await crew<Bundle>('GET', path)
      expect(body).toMatchObject({ resourceType: 'Bundle', type: 'document' })
      const page = await crew('GET', path, undefined, { Accept: 'text/html' })
      expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8')
      expect(page.text).toContain('CPR attempts: RECOMMENDED')
      const paper = await crew('GET', path, undefined, { Accept: 'application/pdf' })
      expect([paper.status, paper.headers.get('content-type')]).toEqual([200, 'application/pdf'])
      expect(paper.text.slice(0, 5)).toBe('%PDF-')
      const again = await crew('POST', `${path}?_format=pdf`)
      expect(again.text).toBe(paper.text)
    },
  )

  test('what is not offered as paper is refused as paper', async () => {
    const answer = await crew('GET', `/Patient/${patient}`, undefined, { Accept: 'application/pdf' })
    expect([answer.status, issueKeys(answer.body)]).toEqual([406, ['format-not-served']])
  })

  test('only the page of the emergency care plan, which is printed, carries the QR code', async () => {
    const page = async (operation: string) =>
      (await crew('GET', `/Patient/${patient}/${operation}`, undefined, { Accept: 'text/html' })).text
    expect(await page('$respect-document')).toContain('<svg class="code"')
    expect(await page('$key-information-summary')).not.toContain('<svg')
  })

  test('the GP practice gets the same sections as the crew in the order of its work', async () => {
    const codes = async (ask: FhirRequest) =>
      (
        compositionOf((await ask<Bundle>('GET', `/Patient/${patient}/$key-information-summary`)).body).section ?? []
      ).map(({ code }) => code?.coding?.[0]?.code)
    const [of, its] = [await codes(crew), await codes(gp)]
    expect(its).not.toEqual(of)
    expect(its.slice(0, 5)).toEqual(of.slice(0, 5))
    expect(its.toSorted()).toEqual(of.toSorted())
  })

  test.each([
    ['a plan that is not there', { reference: 'CarePlan/none' }, 404, 'no-plan'],
    ['something else than a plan', { reference: 'Goal/1' }, 400, 'parameter-malformed'],
    ['nothing', { display: 'The plan' }, 400, 'parameter-malformed'],
  ])('a reference to %s is refused', async (_about, valueReference, status, key) => {
    const answer = await crew('POST', `/Patient/${patient}/$respect-document`, {
      resourceType: 'Parameters',
      parameter: [{ name: 'plan', valueReference }],
    })
    expect([answer.status, issueKeys(answer.body)]).toEqual([status, [key]])
  })

  test('a person who is not here is not found, and each look is in the audit', async () => {
    const answer = await crew('GET', '/Patient/nobody/$respect-document')
    expect([answer.status, issueKeys(answer.body)]).toEqual([404, ['not-found']])
    const rows = await service.database.query(
      `select outcome, count(*)::integer as count from audit_event where interaction = '$respect-document' group by outcome order by outcome`,
    )
    expect(rows).toEqual([
      { outcome: 'not-found', count: expect.any(Number) },
      { outcome: 'permit', count: expect.any(Number) },
    ])
  })
})

describe('CarePlan/$verify-current', () => {
  test('a plan as it was printed, or scanned, is current; the answer names nobody', async () => {
    const { edition } = await current()
    const { planId, version, digest } = edition
    for (const asked of [
      { code: editionCode(edition) },
      { planId, version, digest: shownDigest(digest).toUpperCase() },
    ]) {
      const { status, body, text } = await verify(asked)
      expect(status).toBe(200)
      expect([valueIn(body, 'standing'), valueIn(body, 'message')]).toEqual([
        'current',
        'This plan is in force, and says what was printed.',
      ])
      expect(valueIn(body, 'date')).toMatch(/^\d{4}-\d{2}-\d{2}/)
      for (const secret of ['Testperson', patient, 'CPR', '1203411049']) expect(text).not.toContain(secret)
    }
    const { body } = await verify({ planId, version })
    expect([valueIn(body, 'standing'), valueIn(body, 'message')]).toEqual([
      'current',
      expect.stringContaining('not known whether the paper says what the plan says'),
    ])
  })

  test('what was printed is not what the plan says: unknown, never current', async () => {
    const { edition } = await current()
    const { body } = await verify({ ...edition, digest: '0'.repeat(32) })
    expect([valueIn(body, 'standing'), valueIn(body, 'date')]).toEqual(['unknown', undefined])
    expect(valueIn(body, 'message')).toContain('the check codes differ')
    expect(valueIn((await verify({ ...edition, version: 99 })).body, 'standing')).toBe('unknown')
    const unknown = await verify({ planId: 'no-such-plan', version: 1 })
    expect(valueIn(unknown.body, 'standing')).toBe('unknown')
  })

  test.each([
    ['nothing', {}, 'edition-missing'],
    ['a version alone', { version: 1 }, 'edition-missing'],
    ['a code that is not ours', { code: 'https://example.org' }, 'code-malformed'],
    ['both ways at once', { code: 'keyplan:a:1:00000000000000000000000000000000', version: 1 }, 'edition-twice'],
    ['a check code that is too short', { planId: 'a', version: 1, digest: '12ab' }, 'digest-malformed'],
    ['a version that is no number', { planId: 'a', version: '1' }, 'parameter-malformed'],
  ])('%s is refused', async (_about, asked, key) => {
    const { status, body } = await verify(asked)
    expect([status, issueKeys(body)]).toEqual([400, [key]])
  })

  test('without a scope for plans it is refused', async () => {
    const { edition } = await current()
    const narrow = await service.fhir('ambulance', 'system/Patient.r')
    const { status, body } = await verify({ code: editionCode(edition) }, narrow)
    expect([status, issueKeys(body)]).toEqual([403, ['scope-missing']])
  })

  test('after a new plan the paper is superseded, after a withdrawal revoked; documents carry the mark', async () => {
    const before = await current()
    await submit(gp, patient, margaret.conversations[2], `CarePlan/${before.plan.id}`)
    const superseded = await verify({ code: editionCode(before.edition) })
    expect(valueIn(superseded.body, 'standing')).toBe('superseded')
    expect(valueIn(superseded.body, 'current')).toBe(before.edition.version + 1)
    expect(valueIn(superseded.body, 'date')).toMatch(/^\d{4}-\d{2}-\d{2}T/)

    const after = await current()
    expect(after.edition.digest).not.toBe(before.edition.digest)
    const old = await crew<Bundle>('POST', `/Patient/${patient}/$respect-document`, {
      resourceType: 'Parameters',
      parameter: [{ name: 'plan', valueReference: { reference: `CarePlan/${before.plan.id}` } }],
    })
    expect(old.body.meta?.tag).toMatchObject([{ code: 'superseded' }])
    // What the old plan says is what it said.
    expect(editionsOf(compositionOf(old.body))).toEqual([before.edition])
    expect(old.text).toContain('CPR attempts: RECOMMENDED')

    const revoked = await gp('POST', `/CarePlan/${after.plan.id}/$revoke`, {
      resourceType: 'Parameters',
      parameter: [
        { name: 'reason', valueCode: 'withdrawn' },
        { name: 'text', valueString: 'She asked for it' },
      ],
    })
    expect(revoked.status).toBe(200)
    const { body } = await verify({ code: editionCode(after.edition) })
    expect([valueIn(body, 'standing'), valueIn(body, 'current')]).toEqual(['revoked', undefined])
    const none = await crew('GET', `/Patient/${patient}/$respect-document`)
    expect([none.status, issueKeys(none.body)]).toEqual([404, ['no-plan']])
  })
})

describe('key information of a plan', () => {
  test('comes in with the plan and is in the summary, with date and author; how to get in is not', async () => {
    const wales = person('wales')
    const id = await register(gp, wales)
    const doctor = { display: 'Dr Una Testdoctor' }
    const { body: extracted } = await gp<Bundle>('POST', '/QuestionnaireResponse/$extract', {
      ...wales.conversations[0],
      subject: { reference: `Patient/${id}` },
    } as object)
    const plan = extracted.entry
      ?.map(({ resource }) => resource)
      .find((one) => one?.resourceType === 'CarePlan') as CarePlan
    const [item, access] = [`urn:uuid:${randomUUID()}`, `urn:uuid:${randomUUID()}`]
    plan.supportingInfo = [...(plan.supportingInfo ?? []), { reference: item }, { reference: access }]
    const subject = { reference: `Patient/${id}` }
    const { status, text } = await gp('POST', '/CarePlan/$submit', {
      resourceType: 'Bundle',
      type: 'transaction',
      entry: [
        ...(extracted.entry ?? []),
        {
          fullUrl: item,
          resource: {
            resourceType: 'Observation',
            status: 'final',
            code: { coding: [itemCoding(KEY_INFORMATION['out-of-hours'][0])] },
            subject,
            effectiveDateTime: '2026-02-04',
            performer: [doctor],
            valueString: 'Yes, until midnight: 01632 960123',
          },
          request: { method: 'POST', url: 'Observation' },
        },
        {
          fullUrl: access,
          resource: { resourceType: 'Flag', status: 'active', code: { text: 'Key safe 4711' }, subject },
          request: { method: 'POST', url: 'Flag' },
        },
      ],
    })
    expect([status, status === 201 ? '' : text]).toEqual([201, ''])
    const summary = await crew('GET', `/Patient/${id}/$key-information-summary`)
    expect(summary.text).toContain(
      'Yes, until midnight: 01632 960123. <span class=\\"source\\">Recorded 4 February 2026 by Dr Una Testdoctor.',
    )
    expect(summary.text).not.toContain('4711')
  })
})

describe('roles (model.md section 6)', () => {
  test('social care reads what is not clinical, and is told what is withheld', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'clients-'))
    for (const name of ['gp-practice', 'hospital']) {
      const client = JSON.parse(await readFile(join(TEST_CLIENTS, `${name}.json`), 'utf8')) as object
      const role = name === 'hospital' ? { role: 'social-care' } : {}
      await writeFile(join(folder, `${name}.json`), JSON.stringify({ ...client, ...role }))
    }
    const other = await startService({ environment: { KEYPLAN_CLIENTS: folder } })
    try {
      const practice = await other.fhir('gp-practice')
      const worker = await other.fhir('hospital')
      const id = await register(practice, margaret)
      for (const conversation of margaret.conversations.slice(0, 2)) await submit(practice, id, conversation)
      const { body, text } = await worker<Bundle>('GET', `/Patient/${id}/$key-information-summary`)
      expect(body.meta?.security).toMatchObject([{ code: 'REDACTED' }])
      expect(text).toContain('hearing the birds')
      expect(text).toContain('07700 900123')
      for (const secret of ['RECOMMENDED', 'Heart failure', 'ventilator']) expect(text).not.toContain(secret)
      const paper = await worker('GET', `/Patient/${id}/$key-information-summary`, undefined, { Accept: 'text/html' })
      expect(paper.text).toContain('Withheld: this part is for those who treat the person.')
      expect(paper.text).not.toContain('RECOMMENDED')
      const refused = await worker('GET', `/Patient/${id}/$respect-document`)
      expect([refused.status, issueKeys(refused.body)]).toEqual([403, ['withheld-from-role']])
    } finally {
      await other.stop()
      await rm(folder, { recursive: true })
    }
  })
})
