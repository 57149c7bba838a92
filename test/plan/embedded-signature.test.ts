import { generateKeyPairSync, type KeyObject } from 'node:crypto'
import { describe, expect, test } from '@jest/globals'
import type { CarePlan, Provenance, Signature } from 'fhir/r4.js'
import { CompactSign, exportJWK } from 'jose'
import { embeddedSignature } from '../../src/plan/embedded-signature.ts'
import { jurisdictionOf } from '../../src/plan/jurisdiction.ts'
import type { PersonRecord } from '../../src/plan/person.ts'
import { signatureCoversPlan } from '../../src/plan/rules/signature-covers-plan.ts'
import { canonicalPlan } from '../../src/plan/signed-content.ts'
import { recordOf } from './support/form.ts'
import { changed } from './support/set.ts'

const TEXT = '{"plan":"Ää"}'
const base64 = (jws: string): string => Buffer.from(jws, 'latin1').toString('base64')
const asSignature = (data: string, sigFormat = 'application/jose'): Signature => ({
  type: [],
  when: '2024-05-01T10:00:00Z',
  who: { display: 'A clinician' },
  sigFormat,
  data,
})

const keyOf = (alg: string): { publicKey: KeyObject; privateKey: KeyObject } => {
  if (alg.startsWith('ES')) {
    const namedCurve = { ES256: 'P-256', ES384: 'P-384', ES512: 'P-521' }[alg] as string
    return generateKeyPairSync('ec', { namedCurve })
  }
  return alg.startsWith('Ed') ? generateKeyPairSync('ed25519') : generateKeyPairSync('rsa', { modulusLength: 2048 })
}

const signed = async (text: string, alg = 'ES256', more: object = {}): Promise<string> => {
  const { publicKey, privateKey } = keyOf(alg)
  const jws = await new CompactSign(new TextEncoder().encode(text))
    .setProtectedHeader({ alg, jwk: await exportJWK(publicKey), ...more })
    .sign(privateKey)
  const [header, , signature] = jws.split('.')
  return `${header}..${signature}`
}

describe('a digital signature that brings its key (RFC 7515, Appendix F)', () => {
  test.each(['ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519', 'PS256', 'PS384', 'PS512', 'RS256', 'RS384', 'RS512'])(
    '%s: good of its own text, and of no other',
    async (alg) => {
      const one = asSignature(base64(await signed(TEXT, alg)))
      expect(embeddedSignature(one, TEXT)).toBe('good')
      expect(embeddedSignature(one, `${TEXT} `)).toBe('bad')
    },
  )

  test('what is no detached JWS, has another key than its algorithm, or none, is bad', async () => {
    const jws = await signed(TEXT)
    const [, signature] = jws.split('..')
    const header = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
    const { jwk } = JSON.parse(Buffer.from(jws.split('..')[0] as string, 'base64url').toString())
    for (const data of [
      'x',
      'a..b',
      `${header(null)}..${signature}`,
      `${header({ alg: 'none', jwk })}..${signature}`,
      `${header({ alg: 'HS256', jwk })}..${signature}`,
      `${header({ alg: 'RS256', jwk })}..${signature}`,
      `${header({ alg: 'ES256' })}..${signature}`,
      `${header({ alg: 'ES256', jwk: {} })}..${signature}`,
      `${header({ alg: 'ES256', jwk, crit: ['b64'] })}..${signature}`,
    ]) {
      expect([data, embeddedSignature(asSignature(base64(data)), TEXT)]).toEqual([data, 'bad'])
    }
  })

  test('one that names its key is for those who have the published keys, and a picture is none', () => {
    const named = `${Buffer.from('{"alg":"ES384","kid":"one"}').toString('base64url')}..c2ln`
    expect(embeddedSignature(asSignature(base64(named)), TEXT)).toBe('unchecked')
    expect(embeddedSignature(asSignature('iVBORw0KGgo=', 'image/png'), TEXT)).toBe('none')
  })
})

describe('INV-1: the digital signature of an active plan is over what the plan says', () => {
  const check = (person: PersonRecord) =>
    signatureCoversPlan
      .check(person.resources.get('CarePlan/plan') as CarePlan, person, {
        before: undefined,
        now: new Date('2024-06-01T12:00:00Z'),
        jurisdiction: jurisdictionOf(person.patient),
      })
      .map(({ key, expression }) => `${key} ${expression}`)

  test('good of the plan as it stands, and no more once a word of it has changed', async () => {
    const person = recordOf()
    const text = canonicalPlan(person, person.resources.get('CarePlan/plan') as CarePlan)
    const provenance = person.resources.get('Provenance/signature-0') as Provenance
    const withSignature = changed(person, {
      'Provenance/signature-0': { ...provenance, signature: [asSignature(base64(await signed(text)))] },
    })
    expect(check(withSignature)).toEqual([])
    const other = changed(withSignature, { 'Goal/goal-0 description.text': 'My cat' })
    expect(check(other)).toEqual(["INV-1 Provenance.where(id='signature-0').signature[0].data"])
  })
})
