import { describe, expect, test } from '@jest/globals'
import { type Admit, createRateLimit } from '../../src/api/rate-limit.ts'
import type { PersonCaller, PersonRole, Purpose, SystemCaller, SystemRole } from '../../src/context.ts'
import { Problem } from '../../src/fhir/outcome.ts'

const caller = (clientId: string, role: SystemRole): SystemCaller => ({
  kind: 'system',
  clientId,
  role,
  organization: 'Z1',
  scopes: [],
})
const at = (clientId: string, user: string, role: PersonRole): PersonCaller => ({
  kind: 'person',
  clientId,
  user: { system: 'https://identity.example', value: user },
  role,
  assurance: 'high',
  organization: 'Z1',
  scopes: [],
})
const gp = caller('gp', 'gp-practice')
const crew = caller('crew', 'ambulance')

/** How many of so many requests at one instant are admitted, and what the others are told to wait. */
const burst = (admit: Admit, who: SystemCaller | PersonCaller, purpose: Purpose, requests: number) => {
  let admitted = 0
  let wait: string | undefined
  for (let each = 0; each < requests; each++) {
    try {
      admit(who, purpose)
      admitted++
    } catch (error) {
      if (!(error instanceof Problem) || error.kind !== 'too-many-requests') throw error
      wait = error.headers['Retry-After']
    }
  }
  return { admitted, wait }
}

describe('how much a client may ask (http.html#Status-Codes: 429; RFC 6585 section 4)', () => {
  test('five seconds’ worth at once, then so many a second', () => {
    let now = 0
    const admit = createRateLimit({ general: 10, emergency: 1 }, () => now)
    expect(burst(admit, gp, 'care', 60)).toEqual({ admitted: 50, wait: '1' })
    now += 1_000
    expect(burst(admit, gp, 'care', 60)).toEqual({ admitted: 10, wait: '1' })
    now += 3_600_000
    expect(burst(admit, gp, 'care', 60)).toEqual({ admitted: 50, wait: '1' })
  })

  test('whoever waits as long as they were told is served', () => {
    let now = 0
    const admit = createRateLimit({ general: 1, emergency: 1 }, () => now)
    const { wait } = burst(admit, gp, 'care', 6)
    now += Number(wait) * 1_000
    expect(burst(admit, gp, 'care', 1)).toEqual({ admitted: 1, wait: undefined })
  })

  test('one client does not take from another', () => {
    const admit = createRateLimit({ general: 1, emergency: 1 }, () => 0)
    burst(admit, gp, 'care', 100)
    expect(burst(admit, caller('other', 'gp-practice'), 'care', 5).admitted).toBe(5)
  })
})

describe('people at an application', () => {
  test('each have a share of their own, at each application', () => {
    const admit = createRateLimit({ general: 1, emergency: 1 }, () => 0)
    expect(burst(admit, at('viewer', 'ailsa', 'gp-practice'), 'care', 100).admitted).toBe(5)
    expect(burst(admit, at('viewer', 'nadia', 'gp-practice'), 'care', 100).admitted).toBe(5)
    expect(burst(admit, at('board', 'ailsa', 'gp-practice'), 'care', 100).admitted).toBe(5)
    expect(burst(admit, caller('viewer', 'gp-practice'), 'care', 100).admitted).toBe(5)
    expect(burst(admit, at('viewer', 'ailsa', 'gp-practice'), 'care', 1).admitted).toBe(0)
  })

  test('in a role of emergencies keep their emergency views whatever else they, or others at the application, do', () => {
    const admit = createRateLimit({ general: 1, emergency: 20 }, () => 0)
    burst(admit, at('viewer', 'rory', 'ambulance'), 'care', 100)
    burst(admit, at('viewer', 'nadia', 'out-of-hours'), 'emergency', 1_000)
    expect(burst(admit, at('viewer', 'rory', 'ambulance'), 'emergency', 101)).toEqual({ admitted: 100, wait: '1' })
    expect(burst(admit, at('viewer', 'mo', 'ambulance-control'), 'emergency', 101).admitted).toBe(100)
  })

  test('are forgotten where they have been quiet so long that it makes no difference, and others not', () => {
    let now = 0
    const admit = createRateLimit({ general: 1, emergency: 1 }, () => now)
    burst(admit, gp, 'care', 5)
    now += 4_000
    for (let each = 0; each < 1_000; each++) burst(admit, at('viewer', `person-${each}`, 'gp-practice'), 'care', 5)
    expect(burst(admit, gp, 'care', 10).admitted).toBe(4)
    now += 4_999
    for (let each = 0; each < 1_000; each++)
      expect(burst(admit, at('viewer', `person-${each}`, 'gp-practice'), 'care', 10).admitted).toBe(4)
  })
})

describe('the share of emergency roles', () => {
  test('nothing else that a crew’s client does takes from its emergency views', () => {
    const admit = createRateLimit({ general: 1, emergency: 20 }, () => 0)
    expect(burst(admit, crew, 'care', 100).admitted).toBe(5)
    expect(burst(admit, crew, 'emergency', 101)).toEqual({ admitted: 100, wait: '1' })
  })

  test('its emergency views take nothing from what else it does', () => {
    const admit = createRateLimit({ general: 1, emergency: 1 }, () => 0)
    burst(admit, crew, 'emergency', 100)
    expect(burst(admit, crew, 'care', 5).admitted).toBe(5)
  })

  test.each<[SystemRole, number]>([
    ['ambulance', 50],
    ['out-of-hours', 50],
    ['hospital', 50],
    ['gp-practice', 5],
    ['social-care', 5],
    ['integrator', 5],
  ])('%s: %i emergency views at once', (role, most) => {
    const admit = createRateLimit({ general: 1, emergency: 10 }, () => 0)
    expect(burst(admit, caller('x', role), 'emergency', 100).admitted).toBe(most)
  })
})
