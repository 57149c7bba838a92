import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import type { OperationOutcome, ValueSet } from 'fhir/r4.js'
import { keyplan } from '../support/command.ts'
import { startService } from '../support/service.ts'

const NOTED = 'https://other.example/StructureDefinition/noted-goal'
const EXPAND = '/ValueSet/$expand?url=https://other.example/ValueSet/colours'

let home: string
beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), 'keyplan-packages-'))
  const status = 'active'
  const system = 'https://other.example/CodeSystem/colours'
  const files = {
    'package.json': { name: 'other.example.colours', version: '1.0.0', fhirVersions: ['4.0.1'] },
    'CodeSystem-colours.json': {
      resourceType: 'CodeSystem',
      url: system,
      status,
      content: 'complete',
      concept: [{ code: 'red', display: 'Red' }],
    },
    'ValueSet-colours.json': {
      resourceType: 'ValueSet',
      url: 'https://other.example/ValueSet/colours',
      status,
      compose: { include: [{ system }] },
    },
    'StructureDefinition-noted.json': {
      resourceType: 'StructureDefinition',
      url: NOTED,
      name: 'NotedGoal',
      status,
      kind: 'resource',
      abstract: false,
      type: 'Goal',
      baseDefinition: 'http://hl7.org/fhir/StructureDefinition/Goal',
      derivation: 'constraint',
      differential: { element: [{ id: 'Goal.note', path: 'Goal.note', min: 1 }] },
    },
    'ValueSet-wrong.json': { resourceType: 'ValueSet', url: 'https://other.example/ValueSet/wrong', status: 'new' },
  }
  for (const [name, content] of Object.entries(files)) writeFileSync(join(home, name), JSON.stringify(content))
})
afterAll(() => rmSync(home, { recursive: true }))

const run = (...args: string[]) => keyplanHere('packages', ...args)

const keyplanHere = async (...args: string[]): Promise<{ code: unknown; out: string; err: string }> => {
  const command = keyplan(args, { KEYPLAN_PACKAGES: join(home, 'kept') })
  const code = await command.ended
  return { code, out: command.stdout(), err: command.stderr() }
}

const expandHere = async (): Promise<{
  body: Partial<Pick<ValueSet, 'expansion'> & Pick<OperationOutcome, 'issue'>>
}> => {
  const service = await startService({ environment: { KEYPLAN_PACKAGES: join(home, 'kept') } })
  try {
    const request = await service.fhir('gp-practice')
    return await request<Partial<Pick<ValueSet, 'expansion'> & Pick<OperationOutcome, 'issue'>>>('GET', EXPAND)
  } finally {
    await service.stop()
  }
}

test('keyplan packages: what was added is told with what was not, looked up by the service, listed and removed', async () => {
  expect(await run('list')).toMatchObject({ code: 0, out: expect.stringContaining('No package was added') })
  const added = await run('add', home)
  expect(added).toMatchObject({ code: 0, err: '' })
  expect(added.out).toMatch(
    /^other\.example\.colours#1\.0\.0\n {2}taken +1 CodeSystem, 1 StructureDefinition, 1 ValueSet\n {13}snapshots made: 1\n {2}not taken +ValueSet-wrong\.json: not valid by FHIR R4: .*status/,
  )
  expect((await run('list')).out).toBe('other.example.colours#1.0.0  1 CodeSystem, 1 StructureDefinition, 1 ValueSet\n')
  expect(await run('add', home)).toMatchObject({ code: 1, err: expect.stringContaining('is there already') })

  const goal = join(home, 'goal.json')
  const subject = { reference: 'Patient/1' }
  writeFileSync(
    goal,
    JSON.stringify({
      resourceType: 'Goal',
      meta: { profile: [NOTED] },
      lifecycleStatus: 'active',
      description: { text: 'To walk' },
      subject,
    }),
  )
  const validated = await keyplanHere('validate', goal)
  expect([validated.code, validated.out]).toEqual([1, expect.stringContaining('Goal.note')])
  expect(await keyplanHere('validate', goal, '--package', 'other.example.colours')).toMatchObject({ code: 1, err: '' })
  expect(await keyplanHere('validate', goal, '--package', 'other.example.colour')).toMatchObject({
    code: 2,
    err: expect.stringContaining('added were other.example.colours#1.0.0'),
  })
  expect(await run('list', 'other.example.colours')).toMatchObject({ code: 0, out: `${NOTED}  NotedGoal (Goal)\n` })
  expect((await run('list', 'keyplan.fhir.r4')).out).toContain('/plan-bundle  ')
  expect(await run('list', 'other.example.none')).toMatchObject({ code: 1 })

  const known = await expandHere()
  expect(known.body.expansion?.contains).toEqual([
    { system: 'https://other.example/CodeSystem/colours', code: 'red', display: 'Red' },
  ])

  expect(await run('remove', 'other.example.none')).toMatchObject({
    code: 1,
    err: expect.stringContaining('was not added'),
  })
  expect(await run('remove', 'other.example.colours')).toMatchObject({
    code: 0,
    out: 'Removed other.example.colours#1.0.0.\n',
  })
  expect(await run('remove')).toMatchObject({ code: 2 })
  expect(await run('add')).toMatchObject({ code: 2 })

  const unknown = await expandHere()
  expect(unknown.body.issue?.[0]?.details?.text).toContain('keyplan packages')
}, 240_000)
