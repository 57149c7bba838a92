import { createWriteStream } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import type { Parameters } from 'fhir/r4.js'
import { readConfig } from '../config.ts'
import { createLog } from '../log.ts'
import type { Command } from './command.ts'
import { STAFF } from './demo/identity/staff.ts'
import type { SyntheticPerson } from './demo/people.ts'
import { toldToStop } from './stop.ts'

const help = `keyplan demo [--once]

Starts KeyPlan with four recipient systems (GP practice, ambulance, out-of-hours, hospital), each a FHIR server with a database of its own,
and an identity service with synthetic staff; takes synthetic people's plans through them, signs somebody in, and checks each step over HTTP;
then keeps serving. People are files in fixtures/people.

  --once   end after that: exit code 0 only where every step was verified

Settings are those of keyplan serve (PORT, KEYPLAN_DATA, DATABASE_URL …). The recipients and the identity service listen on the five ports
after PORT, or on others where those are taken, and keep their data below KEYPLAN_DATA.
`

export const demo: Command = {
  name: 'demo',
  summary: 'Show the whole way of a plan, with synthetic people (serve --demo)',
  help,
  async run(args) {
    const { values } = parseArgs({ args, options: { once: { type: 'boolean' } } })
    const stopSignal = toldToStop()
    const config = readConfig(process.env)
    const [
      { startEmbeddedPostgres },
      { startServer },
      { createDisplay },
      { connect },
      { loadPeople },
      { prepareSystems },
      { createSharingView },
      { showPerson, showWholeWay },
      { startDemoIdentity },
      { signInAs },
    ] = await Promise.all([
      import('../store/embedded/embedded.ts'),
      import('../server.ts'),
      import('./demo/display.ts'),
      import('./demo/fhir.ts'),
      import('./demo/people.ts'),
      import('./demo/systems.ts'),
      import('./demo/sharing-view.ts'),
      import('./demo/journey.ts'),
      import('./demo/identity/process.ts'),
      import('./demo/identity/sign-in.ts'),
    ])
    const display = createDisplay()
    const closing: (() => Promise<unknown>)[] = []
    const close = async (): Promise<void> => {
      for (const end of closing.reverse()) await end()
    }

    const play = async (): Promise<Played> => {
      display.heading('KeyPlan and four systems that must hold the current summary')
      const postgres = await display.step(
        'PostgreSQL is started',
        () => startEmbeddedPostgres({ folder: config.dataFolder }),
        ({ directory }) => directory,
      )
      closing.push(() => postgres.stop())
      const { systems, recipientsFile } = await prepareSystems(postgres, config.dataFolder, config.port)
      closing.push(() => Promise.all(systems.map((system) => system.stop())))
      await display.step('GP practice, ambulance, out-of-hours and hospital systems are started', () =>
        Promise.all(systems.map((system) => system.start())),
      )
      display.lines(systems.map(({ name, base }) => `${name.padEnd(13)} ${base}`))
      const identity =
        config.identity === undefined
          ? await display.step(
              'An identity service with synthetic staff is started',
              () => startDemoIdentity(config.dataFolder, config.port === 0 ? 0 : config.port + systems.length + 1),
              ({ issuer }) => issuer,
            )
          : undefined
      closing.push(async () => identity?.stop())
      const log = createLog(
        config.logLevel,
        createWriteStream(join(config.dataFolder, 'keyplan.jsonl'), { flags: 'a' }),
      )
      const server = await display.step(
        'KeyPlan is started',
        () =>
          startServer(
            {
              ...config,
              databaseUrl: config.databaseUrl ?? postgres.databaseUrl,
              recipients: recipientsFile,
              identity: config.identity ?? identity?.file,
            },
            log,
          ),
        ({ baseUrl }) => `${baseUrl}/fhir`,
      )
      closing.push(() => server.stop())
      await identity?.serve(server.baseUrl)
      const view = createSharingView(server.services, systems, display)
      closing.push(() => view.stop())
      const endLive = display.live(view.line)
      closing.push(async () => endLive())

      const base = `${server.baseUrl}/fhir`
      const scene = { display, gp: connect(base, 'gp-practice'), crew: connect(base, 'ambulance'), systems }
      const [first, ...others] = await loadPeople()
      if (first !== undefined) await showWholeWay(scene, first)
      const shown: Played['shown'] = []
      for (const person of others) shown.push({ person, patient: await showPerson(scene, person) })
      if (identity !== undefined) {
        display.heading('A person signs in')
        await display.step(
          `${STAFF[0].name} signs in, and sees who they are to KeyPlan`,
          () => signInAs(server.baseUrl, STAFF[0].account, STAFF[0].name),
          (url) => url,
        )
      }
      view.announce()
      return { baseUrl: server.baseUrl, shown }
    }

    try {
      const played = await Promise.race([play(), stopSignal.then(() => undefined)])
      if (played === undefined) return 130
      if (values.once === true) {
        display.heading('Every step was verified.')
        return 0
      }
      display.heading('KeyPlan keeps serving. Things to try, in another terminal:')
      display.lines(hints(played, process.env['KEYPLAN_DATA']))
      await stopSignal
      return 0
    } catch (error) {
      process.stderr.write(`\nkeyplan demo: ${error instanceof Error ? error.message : String(error)}\n`)
      return 1
    } finally {
      await Promise.race([close(), wait(30_000)])
    }
  },
}

type Played = Readonly<{ baseUrl: string; shown: { person: SyntheticPerson; patient: string }[] }>

/**
 * What to try next: tokens, and requests about a person whose plan is active, and about who holds it. `folder`: where the demo was told to keep its
 * data, which another terminal has to be told as well.
 */
const hints = ({ baseUrl, shown: [first] }: Played, folder: string | undefined): string[] => {
  const url = baseUrl === 'http://localhost:8080' ? '' : ` --url ${baseUrl}`
  const [identifier] = first?.person.patient.identifier ?? []
  const question: Parameters = {
    resourceType: 'Parameters',
    parameter: [
      { name: 'identifier', valueIdentifier: { system: identifier?.system ?? '', value: identifier?.value ?? '' } },
    ],
  }
  const curl = `curl -s -H "Authorization: Bearer $TOKEN"`
  return [
    `TOKEN=$(npx keyplan token --client ambulance${url})`,
    `curl -s ${baseUrl}/fhir/metadata`,
    `${curl} '${baseUrl}/fhir/CarePlan?status=active'`,
    `${curl} -H 'Content-Type: application/fhir+json' '${baseUrl}/fhir/Patient/$emergency-view' -d '${JSON.stringify(question)}'`,
    `${curl} '${baseUrl}/fhir/Patient/${first?.patient ?? ''}/$sharing-status'`,
    `curl -s -H "Authorization: Bearer $(npx keyplan token --client integrator${url})" '${baseUrl}/fhir/Endpoint/ambulance/$sharing-status'`,
    `${folder === undefined ? '' : `KEYPLAN_DATA=${folder} `}npx keyplan sharing status`,
    '',
    `Sign in as ${STAFF.map(({ name }) => name).join(', ')}: ${baseUrl}/me`,
    '',
    'Ctrl-C ends it. What was stored stays in the data folder; the next start goes on from there.',
  ]
}
