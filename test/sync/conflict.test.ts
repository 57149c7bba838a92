import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { person, register, submit } from '../support/people.ts'
import { recipientsFile } from '../support/recipients.ts'
import { type ScriptedRecipient, scriptedRecipient } from '../support/scripted-recipient.ts'
import { type FhirRequest, startService, type TestService } from '../support/service.ts'
import { until } from '../support/until.ts'

let recipient: ScriptedRecipient
let list: Awaited<ReturnType<typeof recipientsFile>>
let keyplan: TestService
let gp: FhirRequest

beforeAll(async () => {
  recipient = await scriptedRecipient()
  list = await recipientsFile([{ id: 'hospital', address: recipient.address, role: 'hospital' }])
  keyplan = await startService({ environment: { KEYPLAN_RECIPIENTS: list.file } })
  gp = await keyplan.fhir('gp-practice')
})

afterAll(async () => {
  await keyplan.stop()
  await recipient.stop()
  await list.remove()
})

describe('a recipient that says that it holds something else (lessons: 409 and 412 are used for the same)', () => {
  test.each([
    [409, 'england'],
    [412, 'wales'],
  ])('HTTP %i: it is asked what it holds, and brought to the newest state', async (status, name) => {
    const someone = person(name)
    const patient = await register(gp, someone)
    let refused = 0
    recipient.script(({ method, id }) => {
      if (method !== 'PUT' || id !== patient || refused > 0) return 'serve'
      refused += 1
      return { status }
    })
    await submit(gp, patient, someone.conversations[0])
    const outstanding = async (): Promise<boolean | undefined> => {
      const [row] = await keyplan.database.query<{ outstanding: boolean }>(
        'select outstanding from delivery where patient = $1',
        [patient],
      )
      return row?.outstanding
    }
    await until(outstanding, (is) => is === false, 60)
    const asked = recipient.asked.filter(({ id }) => id === patient).map(({ method }) => method)
    expect([refused, asked.slice(0, 3)]).toEqual([1, ['PUT', 'GET', 'PUT']])
    expect(recipient.held(patient)?.type).toBe('document')
  })
})
