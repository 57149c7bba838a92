import { expect, test } from '@jest/globals'
import { startService } from '../support/service.ts'

test('a resource that comes to be while it is read is not found or found, and never deleted (http.html#read)', async () => {
  const service = await startService()
  try {
    const gp = await service.fhir('gp-practice')
    for (let round = 0; round < 40; round += 1) {
      const path = `/Organization/beside-${round}`
      const reading = Array.from({ length: 12 }, () => gp('GET', path))
      const [created, ...read] = await Promise.all([
        gp('PUT', path, { resourceType: 'Organization', id: `beside-${round}`, name: 'Test organisation' }),
        ...reading,
      ])
      expect(created.status).toBe(201)
      for (const { status } of read) expect([200, 404]).toContain(status)
    }
  } finally {
    await service.stop()
  }
})
