import { describe, expect, test } from '@jest/globals'
import type { Bundle } from 'fhir/r4.js'
import { derive } from '../../../src/plan/derive.ts'
import { readHeld, type Sent } from '../../../src/sync/channels/named.ts'
import { AT, example } from '../../plan/summary/example.ts'

const at = { ...AT, epoch: 2, sequence: 7 }
const { summary, tombstone } = derive(example().person, at)
const patient = example().person.patient.id as string
const sent: Sent = { patient, state: 'current', epoch: 2, sequence: 7 }
const document = Buffer.from(JSON.stringify(summary))

const held = (bundle: unknown, of: Sent = sent, text = document) =>
  readHeld(Buffer.from(typeof bundle === 'string' ? bundle : JSON.stringify(bundle)), of, text)

/** The summary of another edition. */
const edition = (epoch: number, sequence: number): Bundle =>
  derive(example().person, { ...at, epoch, sequence }).summary as Bundle

const withMeta = (bundle: Bundle | undefined, meta: object): Bundle =>
  ({ ...bundle, meta: { ...bundle?.meta, ...meta } }) as Bundle

describe('what an answer names', () => {
  test('the document as it was sent, with a version or without', () => {
    expect(held(summary)).toEqual({ held: 'sent', version: '' })
    expect(held(withMeta(summary, { versionId: '12', lastUpdated: '2026-01-05T10:00:00Z' }))).toEqual({
      held: 'sent',
      version: '12',
    })
  })

  test('the same whatever order, spaces or narrative of another server', () => {
    const { identifier, entry, ...rest } = withMeta(summary, { versionId: '3' })
    expect(held(JSON.stringify({ entry, ...rest, identifier }, undefined, 2))).toEqual({ held: 'sent', version: '3' })
    const [first, ...others] = entry ?? []
    const shorter = { ...rest, identifier, entry: [first, ...others.slice(2)] }
    expect(held(shorter).held).toBe('sent')
  })

  test.each<[string, unknown, string]>([
    ['an earlier sequence', edition(2, 6), 'other'],
    ['a later sequence', edition(2, 8), 'newer'],
    ['an earlier epoch', edition(1, 900), 'other'],
    ['a later epoch', edition(3, 1), 'newer'],
    ['of the same edition the withdrawal', tombstone, 'newer'],
    ['the right content under the tag of a withdrawal', withMeta(summary, { tag: tombstone.meta?.tag }), 'newer'],
    ['the right content without a tag', withMeta(summary, { tag: [] }), 'other'],
    ['tags that are none', withMeta(summary, { tag: [null] }), 'other'],
    ['another person', { ...summary, identifier: { ...summary?.identifier, value: 'somebody/2/7' } }, 'other'],
    ['no identifier', { ...summary, identifier: undefined }, 'other'],
    ['another resource', { resourceType: 'OperationOutcome', issue: [] }, 'other'],
    ['nothing', '{}', 'other'],
    ['no JSON', '<html>', 'unreadable'],
    ['a list', '[]', 'other'],
    ['null', 'null', 'unreadable'],
    ['no text', '', 'unreadable'],
    ['the end of the document alone', document.subarray(200).toString(), 'unreadable'],
    ['the document after something else', `{"a":1}${document.toString()}`, 'unreadable'],
  ])('%s', (_what, answer, expected) => {
    expect(held(answer).held).toBe(expected)
  })

  test('a summary where its withdrawal was sent, of one edition, is not what was sent', () => {
    const withdrawal = Buffer.from(JSON.stringify(tombstone))
    expect(held(summary, { ...sent, state: 'withdrawn' }, withdrawal).held).toBe('other')
    expect(held(tombstone, { ...sent, state: 'withdrawn' }, withdrawal).held).toBe('sent')
  })

  test.each(['9'.repeat(65), 'a b', 7, null])('a version that is no id is none: %s', (versionId) => {
    expect(held(withMeta(summary, { versionId }))).toEqual({ held: 'sent', version: '' })
  })

  test('where the answer goes on as the document does, it is compared and not parsed', () => {
    const broken = Buffer.from(`${document.toString()} and so on`)
    expect(held(broken.toString(), sent, broken)).toEqual({ held: 'sent', version: '' })
    expect(held(broken.toString(), sent, document).held).toBe('unreadable')
  })
})
