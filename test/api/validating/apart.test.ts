import { expect, test } from '@jest/globals'
import { createValidating } from '../../../src/api/validating/validating.ts'
import { VALIDATION_PROCESS } from '../../support/service.ts'

const GOAL = JSON.stringify({
  resourceType: 'Goal',
  lifecycleStatus: 'proposed',
  description: { text: 'To see the sea.' },
  subject: { reference: 'Patient/1' },
})
const LARGE = `{"resourceType":"Bundle","type":"collection","entry":[${Array.from({ length: 2_000 }, () => `{"resource":${GOAL}}`).join(',')}]}`

const apart = async (limits: { seconds?: number; memory?: number }, ...texts: readonly string[]) => {
  const validating = createValidating({ packages: '/nowhere', module: VALIDATION_PROCESS, ...limits })
  const ask = (text: string) =>
    validating.examine(
      { submission: { text, format: 'json' }, profiles: [], mode: undefined },
      { asker: 'test', apart: true },
    )
  try {
    return (await Promise.all(texts.map(ask))).map(({ report }) => report)
  } finally {
    await validating.stop()
  }
}

test('who asks for much waits for it themself: another is served in between', async () => {
  const validating = createValidating({ packages: '/nowhere', module: VALIDATION_PROCESS })
  const served: string[] = []
  const ask = (asker: string): Promise<unknown> =>
    validating
      .examine({ submission: { text: GOAL, format: 'json' }, profiles: [], mode: undefined }, { asker, apart: true })
      .then(() => served.push(asker))
  try {
    const asked = ['much', 'much', 'much', 'much', 'little'].map(ask)
    await Promise.all(asked)
  } finally {
    await validating.stop()
  }
  expect(served).toEqual(['much', 'little', 'much', 'much', 'much'])
}, 120_000)

test('is ended where it takes too long', async () => {
  const [report] = await apart({ seconds: 0.001 }, LARGE)
  expect(report?.findings).toMatchObject([
    { severity: 'fatal', key: 'validation-too-costly', text: expect.stringContaining('0.001 s') },
  ])
}, 120_000)

test('is ended where it takes too much memory, and the service goes on: what comes next is looked at', async () => {
  const strings = Array.from({ length: 2_000_000 }, (_, index) => `"${index}"`)
  const huge = `{"resourceType":"Goal","note":[${strings.join(',')}]}`
  const [ended, next] = await apart({ memory: 64, seconds: 100 }, huge, GOAL)
  expect(ended?.findings).toMatchObject([
    { severity: 'fatal', key: 'validation-too-costly', text: expect.stringContaining('more memory than it may') },
  ])
  expect([next?.resourceType, next?.findings.filter(({ severity }) => severity === 'error')]).toEqual(['Goal', []])
}, 240_000)

test('is refused where it is nearly all brackets, before anything takes long', async () => {
  const [report] = await apart({}, `{"resourceType":"Goal","note":[${'{},'.repeat(6_000_000)}{}]}`)
  expect(report?.findings.map(({ key }) => key)).toEqual(['json-too-many-values'])
}, 120_000)
