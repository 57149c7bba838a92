import { describe, expect, test } from '@jest/globals'
import { parseFhirJson, stringifyFhirJson } from '../../src/fhir/json.ts'
import type { Resource } from '../../src/fhir/resource.ts'
import { renameLinks } from '../../src/records/writing/links.ts'

const LINK = 'urn:uuid:6f1c5a3e-3b0e-4b5c-9c55-2f3d0a7d1e11'
const renamed = (resource: object): unknown =>
  renameLinks(resource as Resource, (link) => (link === LINK ? 'Goal/1' : undefined))

describe('links between the entries of a transaction (http.html#trules)', () => {
  test.each([
    ['a reference', { resourceType: 'CareTeam', subject: { reference: LINK } }],
    ['a url', { resourceType: 'DocumentReference', content: [{ attachment: { url: LINK } }] }],
    ['a uri', { resourceType: 'CarePlan', instantiatesUri: [LINK, LINK] }],
    ['a choice of type uri', { resourceType: 'Goal', extension: [{ url: 'urn:x', valueUri: LINK }] }],
    [
      'a choice of type Reference',
      { resourceType: 'Goal', extension: [{ url: 'urn:x', valueReference: { reference: LINK } }] },
    ],
    [
      'what stands beside a primitive',
      { resourceType: 'Goal', _startDate: { extension: [{ url: 'urn:x', valueUrl: LINK }] } },
    ],
    [
      'a contained resource',
      { resourceType: 'Goal', contained: [{ resourceType: 'CareTeam', subject: { reference: LINK } }] },
    ],
    ['a backbone element', { resourceType: 'CarePlan', activity: [{ reference: { reference: LINK } }] }],
    [
      'a narrative',
      { resourceType: 'Goal', text: { div: `<div><a class="x" href="${LINK}">see</a> <img src="${LINK}"/></div>` } },
    ],
  ])('%s is renamed', (_where, resource) => {
    expect(renamed(resource)).toEqual(JSON.parse(JSON.stringify(resource).replaceAll(LINK, 'Goal/1')))
  })

  test.each([
    ['a text', { resourceType: 'Goal', description: { text: LINK } }],
    ['the value of an identifier', { resourceType: 'Goal', identifier: [{ value: LINK }] }],
    ['a canonical', { resourceType: 'QuestionnaireResponse', questionnaire: LINK }],
    ['words of a narrative', { resourceType: 'Goal', text: { div: `<div>${LINK} <p title="${LINK}">x</p></div>` } }],
    [
      'a document',
      {
        resourceType: 'Bundle',
        entry: [{ fullUrl: LINK, resource: { resourceType: 'Goal', subject: { reference: LINK } } }],
      },
    ],
    ['what R4 does not know', { resourceType: 'Nonsense', subject: { reference: LINK } }],
    ['an element that R4 does not know', { resourceType: 'Goal', wish: { reference: LINK } }],
    [
      'contained nonsense',
      { resourceType: 'Goal', contained: [{ resourceType: 'Nonsense', reference: LINK }, 1, null] },
    ],
  ])('%s stays as it is', (_where, resource) => {
    expect(renamed(resource)).toEqual(resource)
  })

  test.each(['valueOid', 'valueUuid'])('%s cannot hold what the link becomes, and is refused', (name) => {
    const resource = { resourceType: 'Goal', extension: [{ url: 'urn:x', [name]: LINK }] }
    expect(() => renamed(resource)).toThrow('cannot hold the address')
    const other = { resourceType: 'Goal', extension: [{ url: 'urn:x', [name]: LINK.replace('6f', '7f') }] }
    expect(renamed(other)).toEqual(other)
  })

  test('a narrative with a million tags that never end takes no longer than it takes to read', () => {
    const resource = { resourceType: 'Goal', text: { div: `<div>${'<a '.repeat(1_000_000)}` } }
    expect(renamed(resource)).toEqual(resource)
  })

  test('another link, and the text of a decimal, stay as they are', () => {
    const text = '{"resourceType":"Observation","subject":{"reference":"Patient/2"},"valueQuantity":{"value":1.00}}'
    expect(stringifyFhirJson(renamed(parseFhirJson(text)) as Resource)).toBe(text)
  })
})
