import { describe, expect, test } from '@jest/globals'
import { keyplan } from '../support/command.ts'

const run = async (args: string[], environment: Record<string, string> = {}) => {
  const command = keyplan(args, environment)
  const code = await command.ended
  return { code, stdout: command.stdout(), stderr: command.stderr() }
}

describe('help', () => {
  test.each([[['--help']], [['-h']], [['help']]])('%j lists every command and exits 0', async (args) => {
    const { code, stdout } = await run(args)
    expect(code).toBe(0)
    for (const name of ['serve', 'demo', 'sharing', 'audit', 'migrate', 'reindex', 'keys', 'token'])
      expect(stdout).toMatch(new RegExp(`^ {2}${name} +\\S`, 'm'))
  })

  test.each(['serve', 'demo', 'sharing', 'audit', 'migrate', 'reindex', 'keys', 'token'])(
    'keyplan %s --help and keyplan help %s say the same',
    async (name) => {
      const [asked, named] = await Promise.all([run([name, '--help']), run(['help', name])])
      expect(asked).toMatchObject({ code: 0, stderr: '' })
      expect(asked.stdout).toMatch(new RegExp(`^keyplan ${name}`))
      expect(named).toEqual(asked)
    },
  )

  test('keyplan serve --help names every setting', async () => {
    const { stdout } = await run(['serve', '--help'])
    const settings = ['PORT', 'HOST', 'DATABASE_URL', 'METRICS_PORT', 'LOG_LEVEL']
    const ours = [
      'DATA',
      'CLIENTS',
      'SIGNING_KEYS',
      'TLS_CERTIFICATE',
      'TLS_KEY',
      'CLIENT_CERTIFICATE_HEADER',
      'AUDIT_KEY',
      'RECIPIENTS',
      'BASE_URL',
      'RATE_LIMIT',
      'EMERGENCY_RATE_LIMIT',
    ].map((name) => `KEYPLAN_${name}`)
    for (const name of [...settings, ...ours]) expect(stdout).toMatch(new RegExp(`^ {2}${name}\\s`, 'm'))
  })

  test('no command at all gets the list on standard error and exit code 2', async () => {
    const { code, stdout, stderr } = await run([])
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toContain('Usage: keyplan COMMAND')
  })

  test('--version says the version of package.json', async () => {
    expect(await run(['--version'])).toEqual({
      code: 0,
      stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/),
      stderr: '',
    })
  })
})

describe('what is not understood is refused with a hint and exit code 2', () => {
  test.each([
    [
      ['server'],
      'there is no command "server". There are serve, demo, validate, sharing, audit, migrate, reindex, keys, packages, token',
    ],
    [['help', 'server'], 'there is no command "server"'],
    [['serve', '--fast'], "Unknown option '--fast'. keyplan serve --help lists the options."],
    [['serve', 'now'], "Unexpected argument 'now'"],
    [['serve', '--once'], '--once goes with --demo'],
    [['migrate', '--down'], "Unknown option '--down'"],
    [['demo', '--once=yes'], '--once'],
  ])('keyplan %j', async (args, hint) => {
    const { code, stdout, stderr } = await run(args)
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toContain(hint)
  })

  test('settings, all of them at once', async () => {
    const { code, stderr } = await run(['serve'], { PORT: 'http', LOG_LEVEL: 'loud' })
    expect(code).toBe(2)
    expect(stderr).toContain('PORT: found "http"')
    expect(stderr).toContain('LOG_LEVEL: found "loud"')
  })
})
