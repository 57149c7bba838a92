/** Whoever it is of, registered, deleted or never heard of: who may learn nothing of anybody gets one answer. */
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import type { Caller, Purpose } from '../../src/context.ts'
import { Problem } from '../../src/fhir/outcome.ts'
import { person, register } from '../support/people.ts'
import { startService, type TestService } from '../support/service.ts'
import { context, someone, system } from './world.ts'

let service: TestService
let registered: string
let deleted: string

beforeAll(async () => {
  service = await startService()
  const practice = await service.fhir('gp-practice')
  registered = await register(practice, person('margaret'))
  deleted = await register(practice, person('england'))
  expect((await practice('DELETE', `/Patient/${deleted}`)).status).toBe(204)
})
afterAll(() => service.stop())

const answer = async (caller: Caller, purpose: Purpose, id: string): Promise<unknown> => {
  const { records } = service.services
  const cx = context(caller, { purpose })
  const asked = purpose === 'sharing' ? records.sharingStatus(cx, id) : records.explainAccess(cx, id)
  const refused = await asked.then(
    () => 'answered',
    (error: unknown) => (error instanceof Problem ? { kind: error.kind, issues: error.issues } : String(error)),
  )
  return JSON.parse(JSON.stringify(refused).replaceAll(id, 'ID'))
}

const callers: [who: string, caller: Caller, purpose: Purpose, kind: string][] = [
  ['a patient', someone('', 'patient', { patient: 'another' }), 'administration', 'forbidden'],
  ['a patient', someone('', 'patient', { patient: 'another' }), 'sharing', 'forbidden'],
  ['who speaks for somebody', someone('', 'proxy'), 'administration', 'forbidden'],
  ['who speaks for somebody', someone('', 'proxy'), 'sharing', 'forbidden'],
  ['an auditor elsewhere', someone('ZZ990', 'auditor'), 'administration', 'not-found'],
  ['an auditor', someone('ZZ901', 'auditor'), 'sharing', 'forbidden'],
  ['a privacy officer elsewhere', someone('ZZ990', 'privacy-officer'), 'administration', 'not-found'],
  ['an integrator', system('ZZ990', 'integrator'), 'administration', 'forbidden'],
  ['an integrator', system('ZZ990', 'integrator'), 'sharing', 'forbidden'],
  ['a carer who is a stranger', someone('ZZ990', 'care-home'), 'administration', 'not-found'],
  ['a carer who is a stranger', someone('ZZ990', 'care-home'), 'sharing', 'not-found'],
]

test.each(callers)('%s learns nothing (%#)', async (_, caller, purpose, kind) => {
  const unknown = await answer(caller, purpose, 'nobody-known')
  expect(unknown).toMatchObject({ kind })
  expect(await answer(caller, purpose, registered)).toEqual(unknown)
  expect(await answer(caller, purpose, deleted)).toEqual(unknown)
})

test('who may know is answered', async () => {
  expect(await answer(system('ZZ901'), 'administration', registered)).toBe('answered')
  expect(await answer(system('ZZ901'), 'sharing', registered)).toBe('answered')
  expect(await answer(someone('ZZ901', 'auditor'), 'administration', registered)).toBe('answered')
})
