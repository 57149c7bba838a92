import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type { OperationOutcome, Parameters, ValueSet } from 'fhir/r4.js'
import { type FhirRequest, issueKeys, startService, type TestService } from '../support/service.ts'

const HL7 = 'http://hl7.org/fhir/ValueSet/'
const GENDER = 'http://hl7.org/fhir/administrative-gender'
const ROLE = 'http://terminology.hl7.org/CodeSystem/v3-RoleCode'
const KEYPLAN = 'https://keyplan.example/fhir'
const SNOMED = 'http://snomed.info/sct'

let service: TestService
let ask: FhirRequest

beforeAll(async () => {
  service = await startService()
  // No scope: definitions name nobody.
  ask = await service.fhir('integrator', 'system/Patient.r')
})

afterAll(() => service.stop())

const query = (parameters: Record<string, string>): string => new URLSearchParams(parameters).toString()

const expand = (parameters: Record<string, string>) => ask<ValueSet>('GET', `/ValueSet/$expand?${query(parameters)}`)

const codes = ({ body }: { body: ValueSet }): unknown => body.expansion?.contains?.map(({ code }) => code)

const valueSet = (include: object[], more: object = {}): object => ({
  resourceType: 'ValueSet',
  status: 'active',
  compose: { include, ...more },
})

const parameters = (parameter: object[]): object => ({ resourceType: 'Parameters', parameter })

describe('ValueSet/$expand (valueset-operation-expand.html)', () => {
  test('lists the codes of a value set of R4, and says in which code system and version they were looked up', async () => {
    const answer = await expand({ url: `${HL7}administrative-gender` })
    expect(answer.status).toBe(200)
    expect(codes(answer)).toEqual(['male', 'female', 'other', 'unknown'])
    expect(answer.body).toMatchObject({ resourceType: 'ValueSet', url: `${HL7}administrative-gender` })
    expect(answer.body.compose).toBeUndefined()
    expect(answer.body.expansion).toMatchObject({
      total: 4,
      offset: 0,
      parameter: [{ name: 'version', valueUri: `${GENDER}|4.0.1` }],
      contains: [{ system: GENDER, version: '4.0.1', code: 'male', display: 'Male' }, {}, {}, {}],
    })
  })

  test('lists those that KeyPlan publishes, by address and by id, by GET and by POST', async () => {
    const byUrl = await expand({ url: `${KEYPLAN}/ValueSet/recommendation` })
    const byId = await ask<ValueSet>('GET', '/ValueSet/recommendation/$expand')
    const byPost = await ask<ValueSet>(
      'POST',
      '/ValueSet/$expand',
      parameters([{ name: 'url', valueUri: `${KEYPLAN}/ValueSet/recommendation` }]),
    )
    expect(codes(byUrl)).toContain('not-recommended')
    for (const { body } of [byId, byPost]) expect(body.expansion?.contains).toEqual(byUrl.body.expansion?.contains)
  })

  test('a page at a time, with a filter on words, without what groups others, with the definition where it is asked for', async () => {
    const url = `${HL7}relatedperson-relationshiptype`
    const all = await expand({ url })
    const total = all.body.expansion?.total as number
    const pages: unknown[] = []
    for (let offset = 0; offset < total; offset += 40)
      pages.push(...((codes(await expand({ url, offset: String(offset), count: '40' })) as unknown[]) ?? []))
    expect(pages).toEqual(codes(all))
    expect((await expand({ url, count: '0' })).body.expansion).toMatchObject({ total })
    expect(codes(await expand({ url, filter: 'nat daugh' }))).toEqual(['DAU'])
    expect(codes(all)).toContain('_PersonalRelationshipRoleType')
    expect(codes(await expand({ url, excludeNotForUI: 'true' }))).not.toContain('_PersonalRelationshipRoleType')
    expect((await expand({ url, includeDefinition: 'true', count: '1' })).body.compose).toBeDefined()
  })

  test('a value set that is sent: include, exclude, filter, import; in Parameters, or as the body', async () => {
    const sent = valueSet(
      [
        { system: ROLE, filter: [{ property: 'concept', op: 'is-a', value: 'CHILD' }] },
        { valueSet: [`${HL7}link-type`] },
      ],
      { exclude: [{ system: ROLE, concept: [{ code: 'CHILD' }] }] },
    )
    const answer = await ask<ValueSet>('POST', '/ValueSet/$expand', parameters([{ name: 'valueSet', resource: sent }]))
    expect(answer.status).toBe(200)
    expect(codes(answer)).toEqual(expect.arrayContaining(['DAU', 'SON', 'replaced-by']))
    expect(codes(answer)).not.toContain('CHILD')
    const whole = await ask<ValueSet>('POST', '/ValueSet/$expand?filter=natural%20son', sent)
    expect(codes(whole)).toEqual(['SON'])
  })

  test('names the code system that is not loaded, and lists codes of it that the value set lists itself', async () => {
    const all = await ask('POST', '/ValueSet/$expand', valueSet([{ system: SNOMED }]))
    expect([all.status, issueKeys(all.body)]).toEqual([400, ['code-system-not-loaded']])
    expect(all.text).toContain(SNOMED)
    expect(all.text).not.toContain('invalid')
    const { body } = await ask<ValueSet>('GET', '/ValueSet/preferred-place/$expand')
    expect(body.expansion?.parameter).toContainEqual({ name: 'unchecked', valueUri: SNOMED })
    expect(body.expansion?.contains).toContainEqual({ system: SNOMED, code: '284546000', display: 'Hospice' })
  })

  test('more codes than a page holds are too costly, and told a page at a time', async () => {
    const url = `${HL7}c80-doc-typecodes`
    const refused = await expand({ url })
    expect([refused.status, issueKeys(refused.body)]).toEqual([400, ['expansion-too-large']])
    expect((refused.body as unknown as OperationOutcome).issue[0]?.code).toBe('too-costly')
    expect((await expand({ url, count: '5000' })).body.expansion?.contains).toHaveLength(1_000)
  })

  test.each([
    ['nothing named', {}, 400, 'parameter-missing'],
    ['an unknown value set', { url: `${HL7}none` }, 404, 'value-set-not-loaded'],
    ['a version that is not loaded', { url: `${HL7}link-type`, valueSetVersion: '3' }, 404, 'value-set-not-loaded'],
    ['a parameter that is not served', { url: `${HL7}link-type`, date: '2020' }, 400, 'parameter-unknown'],
    ['a count that is no number', { url: `${HL7}link-type`, count: 'x' }, 400, 'parameter-malformed'],
    ['a negative offset', { url: `${HL7}link-type`, offset: '-1' }, 400, 'parameter-malformed'],
    ['nested codes', { url: `${HL7}link-type`, excludeNested: 'false' }, 400, 'parameter-malformed'],
    ['another language', { url: `${HL7}link-type`, displayLanguage: 'cy' }, 400, 'language-not-loaded'],
  ])('%s is refused', async (_what, asked, status, key) => {
    const answer = await expand(asked as Record<string, string>)
    expect([answer.status, issueKeys(answer.body)]).toEqual([status, [key]])
  })

  test.each([
    ['without compose', { resourceType: 'ValueSet', status: 'active' }, 400, 'value-set-not-understood'],
    [
      'with concepts and filters',
      valueSet([
        { system: ROLE, concept: [{ code: 'DAU' }], filter: [{ property: 'concept', op: 'is-a', value: 'CHILD' }] },
      ]),
      400,
      'value-set-not-understood',
    ],
    [
      'with a modifier extension',
      { ...valueSet([{ system: ROLE }]), modifierExtension: [{ url: 'urn:x', valueBoolean: true }] },
      400,
      'value-set-not-understood',
    ],
    ['with a locked date', valueSet([{ system: ROLE }], { lockedDate: '2020-01-01' }), 400, 'value-set-not-understood'],
    [
      'in very many parts',
      valueSet(Array.from({ length: 51 }, () => ({ system: ROLE }))),
      400,
      'value-set-not-understood',
    ],
    [
      'with a costly expression',
      valueSet([{ system: ROLE, filter: [{ property: 'code', op: 'regex', value: '(a+)+$' }] }]),
      400,
      'value-set-not-understood',
    ],
    // Each part is within its limits; together they kept everybody waiting for seconds.
    [
      'of which every code is held against many expressions',
      valueSet([
        {
          system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode',
          filter: Array.from({ length: 40 }, () => ({ property: 'definition', op: 'regex', value: '.*.*' })),
        },
      ]),
      400,
      'terminology-too-costly',
    ],
    [
      'from which every code is taken again and again',
      {
        ...valueSet([]),
        compose: {
          include: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode' }],
          exclude: Array.from({ length: 24 }, () => ({
            system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode',
            filter: [{ property: 'display', op: 'regex', value: '.*.*~' }],
          })),
        },
      },
      400,
      'terminology-too-costly',
    ],
    ['that is not valid', valueSet([{ system: ROLE, unheard: 1 }]), 422, 'unknown-element'],
    ['of another type', { resourceType: 'Patient' }, 400, 'parameter-malformed'],
  ])('a value set that is sent %s is refused', async (_what, sent, status, key) => {
    const answer = await ask('POST', '/ValueSet/$expand', sent)
    expect([answer.status, issueKeys(answer.body)]).toEqual([status, [key]])
  })
})

describe('what a question about codes may take, for everybody waits meanwhile', () => {
  const ACT = valueSet([{ system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode' }])

  test('a filter of very many words is refused', async () => {
    const { status, body } = await ask(
      'POST',
      '/ValueSet/$expand',
      parameters([
        { name: 'valueSet', resource: ACT },
        { name: 'filter', valueString: 'a '.repeat(100_000) },
      ]),
    )
    expect([status, issueKeys(body)]).toEqual([400, ['terminology-too-costly']])
  })

  test('so are very many codes at once', async () => {
    const coding = Array.from({ length: 60_000 }, () => ({ system: 'urn:a', code: 'b' }))
    const { status, body } = await ask(
      'POST',
      '/ValueSet/$validate-code',
      parameters([
        { name: 'url', valueUri: `${HL7}administrative-gender` },
        { name: 'codeableConcept', valueCodeableConcept: { coding } },
      ]),
    )
    expect([status, issueKeys(body)]).toEqual([400, ['terminology-too-costly']])
  })
})

const told = ({ body }: { body: Parameters }): Record<string, unknown> =>
  Object.fromEntries((body.parameter ?? []).map(({ name, ...value }) => [name, Object.values(value)[0]]))

describe('ValueSet/$validate-code (valueset-operation-validate-code.html)', () => {
  const validate = (asked: Record<string, string>) => ask<Parameters>('GET', `/ValueSet/$validate-code?${query(asked)}`)
  const url = `${HL7}administrative-gender`

  test('true, with the display; false, with the reason', async () => {
    expect(told(await validate({ url, system: GENDER, code: 'male' }))).toEqual({ result: true, display: 'Male' })
    expect(told(await validate({ url, system: GENDER, code: 'robot' }))).toEqual({
      result: false,
      message: expect.stringContaining('is not in the value set'),
    })
    expect(told(await validate({ url, system: GENDER, code: 'male', display: 'Female' }))).toMatchObject({
      result: false,
      display: 'Male',
    })
    expect(told(await validate({ url, system: GENDER, code: 'male', display: ' MALE ' }))).toMatchObject({
      result: true,
    })
  })

  test('what only groups others is right only where that is allowed', async () => {
    const asked = { url: `${HL7}relatedperson-relationshiptype`, system: ROLE, code: '_PersonalRelationshipRoleType' }
    expect(told(await validate(asked))).toMatchObject({ result: false })
    expect(told(await validate({ ...asked, abstract: 'true' }))).toMatchObject({ result: true })
  })

  test('a code of what is not loaded cannot be checked, which is an error and not false', async () => {
    const asked = { url: `${HL7}clinical-findings`, system: SNOMED, code: '404684003' }
    const answer = await validate(asked)
    expect([answer.status, issueKeys(answer.body)]).toEqual([400, ['code-system-not-loaded']])
    expect(answer.text).toContain('cannot be checked')
    expect(answer.text).not.toContain('"result"')
  })

  test('of a CodeableConcept one right coding is enough, whatever the others need', async () => {
    const asked = (codings: object[]) =>
      ask<Parameters>(
        'POST',
        '/ValueSet/recommendation/$validate-code',
        parameters([{ name: 'codeableConcept', valueCodeableConcept: { coding: codings } }]),
      )
    const right = { system: `${KEYPLAN}/CodeSystem/recommendation`, code: 'recommended' }
    expect(told(await asked([{ system: SNOMED, code: '1' }, right]))).toMatchObject({ result: true })
    expect(told(await asked([{ system: SNOMED, code: '1' }]))).toMatchObject({ result: false })
    expect((await asked([{ code: '1' }])).status).toBe(400)
  })

  test.each([
    ['a code without its system', { url, code: 'male' }, 'parameter-missing'],
    ['no code', { url, system: GENDER }, 'parameter-missing'],
    ['no value set', { system: GENDER, code: 'male' }, 'parameter-missing'],
  ])('%s is refused', async (_what, asked, key) => {
    const answer = await validate(asked as Record<string, string>)
    expect([answer.status, issueKeys(answer.body)]).toEqual([400, [key]])
  })
})

describe('CodeSystem/$validate-code (codesystem-operation-validate-code.html)', () => {
  test('true, false, and what cannot be checked', async () => {
    const validate = (asked: Record<string, string>) =>
      ask<Parameters>('GET', `/CodeSystem/$validate-code?${query(asked)}`)
    expect(told(await validate({ url: ROLE, code: 'DAU' }))).toMatchObject({
      result: true,
      display: 'natural daughter',
    })
    expect(told(await validate({ url: ROLE, code: 'NOBODY' }))).toMatchObject({ result: false })
    expect(issueKeys((await validate({ url: SNOMED, code: '1' })).body)).toEqual(['code-system-not-loaded'])
    expect(issueKeys((await validate({ url: ROLE, version: '0', code: 'DAU' })).body)).toEqual([
      'code-system-not-loaded',
    ])
    expect(
      told(await ask<Parameters>('GET', '/CodeSystem/recommendation/$validate-code?code=recommended')),
    ).toMatchObject({ result: true })
  })

  test('a code that is not in the part of a code system that is published cannot be checked', async () => {
    const known = await ask<Parameters>('GET', '/CodeSystem/issue/$validate-code?code=RSP-1')
    expect(told(known)).toMatchObject({ result: true })
    const answer = await ask('GET', '/CodeSystem/issue/$validate-code?code=body-missing')
    expect(issueKeys(answer.body)).toEqual(['code-system-not-loaded'])
  })
})

describe('CodeSystem/$lookup (codesystem-operation-lookup.html)', () => {
  const lookup = (text: string) => ask<Parameters>('GET', `/CodeSystem/$lookup?${text}`)

  test('the display, the definition, what stands above and below', async () => {
    const { body, status } = await lookup(query({ system: ROLE, code: 'CHILD' }))
    expect(status).toBe(200)
    expect(told({ body })).toMatchObject({ name: 'v3.RoleCode', display: 'child' })
    const properties = (body.parameter ?? [])
      .filter(({ name }) => name === 'property')
      .map(({ part = [] }) => [part[0]?.valueCode, part[1]?.valueCode ?? part[1]?.valueString])
    expect(properties).toEqual(
      expect.arrayContaining([
        ['child', 'DAUC'],
        ['parent', 'FAMMEMB'],
      ]),
    )
    expect(properties.map(([name]) => name)).toContain('definition')
  })

  test('only the properties that are asked for; by POST as a Coding', async () => {
    const { body } = await ask<Parameters>(
      'POST',
      '/CodeSystem/$lookup',
      parameters([
        { name: 'coding', valueCoding: { system: ROLE, code: 'DAU' } },
        { name: 'property', valueCode: 'parent' },
        { name: 'property', valueCode: 'notSelectable' },
      ]),
    )
    const names = (body.parameter ?? []).flatMap(({ name, part }) =>
      name === 'property' ? (part?.[0]?.valueCode ?? '') : [],
    )
    expect(new Set(names)).toEqual(new Set(['parent']))
  })

  test('a property that the code system does not have is refused', async () => {
    const { status, body } = await lookup(`${query({ system: ROLE, code: 'DAU' })}&property=colour`)
    expect([status, issueKeys(body)]).toEqual([400, ['property-unknown']])
  })

  test('an unknown code is not found; one of what is not loaded cannot be told', async () => {
    const unknown = await lookup(query({ system: ROLE, code: 'NOBODY' }))
    expect([unknown.status, issueKeys(unknown.body)]).toEqual([404, ['code-unknown']])
    const other = await lookup(query({ system: SNOMED, code: '404684003' }))
    expect([other.status, issueKeys(other.body)]).toEqual([400, ['code-system-not-loaded']])
  })
})

test('terminology needs a token', async () => {
  const nobody = await service.fhir()
  expect((await nobody('GET', `/ValueSet/$expand?url=${HL7}link-type`)).status).toBe(401)
})
