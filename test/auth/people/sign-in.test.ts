import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { type PeopleService, startPeople } from './support.ts'

let people: PeopleService
beforeAll(async () => {
  people = await startPeople()
}, 120_000)
afterAll(async () => {
  await people?.stop()
})

describe('signing in (OpenID Connect Core 1.0, section 3.1)', () => {
  test('ends at the page about oneself, with the role, the organisation and the assurance that the mapping gives', async () => {
    const browser = await people.signIn('rory')
    const me = await browser.get(`${people.baseUrl}/me`)
    expect(me.status).toBe(200)
    for (const said of ['Rory Synthetic', 'Ambulance crew', 'Z00002', 'high']) expect(me.text).toContain(said)
  })
})
