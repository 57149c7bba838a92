import { readFileSync } from 'node:fs'
import { describe, expect, test } from '@jest/globals'
import { propertiesOfElement } from '../../src/definitions/tables.ts'
import { parseFhirJson, parseJson, stringifyFhirJson } from '../../src/fhir/json.ts'
import { Problem } from '../../src/fhir/outcome.ts'
import { readFhirPathPatch } from '../../src/fhir/patch/fhirpath-patch.ts'
import { readJsonPatch } from '../../src/fhir/patch/json-patch.ts'
import { applyPatch, type Patch } from '../../src/fhir/patch/patch.ts'
import type { ElementModel } from '../../src/fhir/patch/place.ts'
import type { Resource } from '../../src/fhir/resource.ts'

const model: ElementModel = (type, name) =>
  propertiesOfElement(type, name).map(({ property, type, element: { max = '1' } }) => ({
    property,
    type: type.code,
    repeats: max !== '1',
  }))

/** The result as JSON text, or the status and key of the refusal. */
const applied = (resource: object, read: () => Patch): string => {
  try {
    return stringifyFhirJson(applyPatch(resource as Resource, read(), model))
  } catch (error) {
    if (error instanceof Problem) return `${error.status} ${error.issues[0]?.key}`
    throw error
  }
}

const json = (document: unknown) => (): Patch => ({ format: 'json', operations: readJsonPatch(document) })
const fhirPath = (parameters: object) => (): Patch => ({
  format: 'fhirpath',
  operations: readFhirPathPatch(parameters as Resource),
})

type Case = Readonly<{ title: string; before: object; patch: unknown; after?: object; refused?: string }>

const cases = (name: string): Case[] => JSON.parse(readFileSync(new URL(name, import.meta.url), 'utf8'))

describe('JSON Patch (RFC 6902; http://hl7.org/fhir/R4/http.html#patch)', () => {
  test.each(cases('./json-patch-cases.json'))('$title', ({ before, patch, after, refused }) => {
    const given = { resourceType: 'Basic', id: '1', ...before }
    const unchanged = JSON.stringify(given)
    const expected = after === undefined ? refused : JSON.stringify({ resourceType: 'Basic', id: '1', ...after })
    expect(applied(given, json(patch))).toBe(expected)
    expect(JSON.stringify(given)).toBe(unchanged)
  })

  test('a decimal keeps its text where it is not touched, where it moves, and where it is put', () => {
    const before = parseFhirJson('{"resourceType":"Basic","id":"1","a":{"x":1.00,"y":2.50},"list":[0.10]}')
    const patched = (patch: string) => applied(before, json(parseJson(patch)))
    expect(patched('[{"op":"move","from":"/a/x","path":"/z"}]')).toBe(
      '{"resourceType":"Basic","id":"1","a":{"y":2.50},"list":[0.10],"z":1.00}',
    )
    expect(patched('[{"op":"replace","path":"/a/x","value":1.0}]')).toContain('"x":1.0,')
    expect(patched('[{"op":"replace","path":"/a/x","value":1}]')).toContain('"x":1,')
    expect(patched('[{"op":"add","path":"/list/0","value":1e1}]')).toContain('"list":[1e1,0.10]')
    expect(patched('[{"op":"copy","from":"/a","path":"/list/-"}]')).toContain('"list":[0.10,{"x":1.00,"y":2.50}]')
    expect(patched('[{"op":"test","path":"/a","value":{"y":2.5,"x":1}}]')).toContain('"x":1.00')
  })

  test('copies of copies are refused before they fill the memory, and so is what grows ever deeper', () => {
    const doubled = Array.from({ length: 60 }, (_, index) => ({ op: 'copy', from: '/a', path: `/a/${index}` }))
    expect(applied({ resourceType: 'Basic', id: '1', a: {} }, json(doubled))).toBe('400 patch-malformed')
    const deep = Array.from({ length: 40 }, () => [
      { op: 'move', from: '/a', path: '/b' },
      { op: 'add', path: '/a', value: { c: { d: {} } } },
      { op: 'move', from: '/b', path: '/a/c/d/e' },
    ])
    expect(applied({ resourceType: 'Basic', id: '1', a: {} }, json(deep.flat()))).toMatch(/^4\d\d /)
  })

  test('what is moved again and again is refused before others wait for it', () => {
    const move = [
      { op: 'move', from: '/a', path: '/b' },
      { op: 'move', from: '/b', path: '/a' },
    ]
    const zeros = { op: 'add', path: '/a', value: new Array(10_000).fill(0) }
    const basic = { resourceType: 'Basic', id: '1' }
    const whole = JSON.stringify({ ...basic, a: zeros.value })
    expect(applied(basic, json([zeros, ...move])) === whole).toBe(true)
    expect(applied(basic, json([zeros, ...new Array(400).fill(move).flat()])).slice(0, 30)).toBe('400 patch-malformed')
  })

  test('what would keep others waiting, or grow without end, is refused', () => {
    const large = { resourceType: 'Basic', id: '1', a: 'x'.repeat(1_000_000) }
    const many = Array.from({ length: 100 }, () => ({ op: 'test', path: '/id', value: '1' }))
    expect(applied(large, json(many))).toBe('413 patch-too-large')
    expect(applied(large, json(many.slice(0, 10)))).toBe(JSON.stringify(large))
    const growing = Array.from({ length: 5 }, (_, index) => ({ op: 'add', path: `/b${index}`, value: large.a }))
    expect(applied(large, json(growing))).toBe('413 patch-too-large')
  })
})

describe('FHIRPath Patch (http://hl7.org/fhir/R4/fhirpatch.html)', () => {
  test.each(cases('./fhirpath-patch-cases.json'))('$title', ({ before, patch, after, refused }) => {
    const given = { resourceType: 'Patient', id: '1', ...before }
    const unchanged = JSON.stringify(given)
    const parameters = {
      resourceType: 'Parameters',
      parameter: (patch as object[][]).map((part) => ({ name: 'operation', part })),
    }
    const expected = after === undefined ? refused : JSON.stringify({ resourceType: 'Patient', id: '1', ...after })
    expect(applied(given, fhirPath(parameters))).toBe(expected)
    expect(JSON.stringify(given)).toBe(unchanged)
  })

  test('a decimal keeps its text', () => {
    const before = parseFhirJson('{"resourceType":"Observation","id":"1","valueQuantity":{"value":1.00,"unit":"kg"}}')
    const operation = (part: string) =>
      parseFhirJson(`{"resourceType":"Parameters","parameter":[{"name":"operation","part":[${part}]}]}`)
    const replace = operation(
      '{"name":"type","valueCode":"replace"},{"name":"path","valueString":"Observation.value.value"},{"name":"value","valueDecimal":2.50}',
    )
    expect(applied(before, fhirPath(replace))).toContain('"valueQuantity":{"value":2.50,"unit":"kg"}')
    const unit = operation(
      '{"name":"type","valueCode":"delete"},{"name":"path","valueString":"Observation.value.unit"}',
    )
    expect(applied(before, fhirPath(unit))).toContain('"valueQuantity":{"value":1.00}')
  })

  test('a path without end is refused before it is read', () => {
    const part = [
      { name: 'type', valueCode: 'delete' },
      { name: 'path', valueString: `${'('.repeat(100_000)}Patient` },
    ]
    const parameters = { resourceType: 'Parameters', parameter: [{ name: 'operation', part }] }
    expect(applied({ resourceType: 'Patient', id: '1' }, fhirPath(parameters))).toBe('400 patch-path-not-supported')
  })

  test('what its operations would have to look through again and again is refused', () => {
    const operation = (...part: object[]) => ({ name: 'operation', part })
    const telecoms = Array.from({ length: 2_000 }, () => ({
      name: 'telecom',
      part: [{ name: 'value', valueString: '1' }],
    }))
    const added = operation(
      { name: 'type', valueCode: 'add' },
      { name: 'path', valueString: 'Patient' },
      { name: 'name', valueString: 'contact' },
      { name: 'value', part: telecoms },
    )
    const moved = operation(
      { name: 'type', valueCode: 'move' },
      { name: 'path', valueString: 'Patient.contact.telecom' },
      { name: 'source', valueInteger: 0 },
      { name: 'destination', valueInteger: 1 },
    )
    const patch = (times: number) =>
      fhirPath({ resourceType: 'Parameters', parameter: [added, ...new Array(times).fill(moved)] })
    expect(applied({ resourceType: 'Patient', id: '1' }, patch(2))).toContain('"telecom":[{"value":"1"},')
    expect(applied({ resourceType: 'Patient', id: '1' }, patch(999))).toBe('413 patch-too-large')
  })

  test('a Parameters that is no patch is refused', () => {
    const before = { resourceType: 'Patient', id: '1' }
    expect(applied(before, fhirPath({ resourceType: 'Bundle' }))).toBe('400 patch-malformed')
    expect(applied(before, fhirPath({ resourceType: 'Parameters', parameter: [{ name: 'x' }] }))).toBe(
      '400 patch-malformed',
    )
  })
})
