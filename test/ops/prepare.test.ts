import { execFile } from 'node:child_process'
import { cp, mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { beforeEach, describe, expect, test } from '@jest/globals'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))

let checkout: string

const main = (says: string): string =>
  `export const main = async (args: readonly string[]): Promise<number> => {\n  process.stdout.write('${says} ' + args.join(','))\n  return 3\n}\n`

/** A checkout with a command line of one line, and with the packages of this one. */
beforeEach(async () => {
  checkout = await mkdtemp(join(tmpdir(), 'checkout-'))
  await cp(join(ROOT, 'bin'), join(checkout, 'bin'), { recursive: true })
  for (const file of ['tsconfig.json', 'tsconfig.build.json']) await cp(join(ROOT, file), join(checkout, file))
  const lock = JSON.stringify({ packages: { '': {}, 'node_modules/typescript': { version: '7' } } })
  await mkdir(join(checkout, 'node_modules'))
  await mkdir(join(checkout, 'src'))
  for (const name of ['typescript', '@types'])
    await symlink(join(ROOT, 'node_modules', name), join(checkout, 'node_modules', name))
  await writeFile(join(checkout, 'package.json'), JSON.stringify({ type: 'module' }))
  await writeFile(join(checkout, 'package-lock.json'), lock)
  await writeFile(join(checkout, 'node_modules', '.package-lock.json'), lock)
  await writeFile(join(checkout, 'src', 'main.ts'), main('one'))
})

const run = (...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> =>
  new Promise((settle) => {
    const environment = { PATH: join(checkout, 'no-npm') }
    execFile(
      process.execPath,
      [join(checkout, 'bin', 'keyplan.js'), ...args],
      { env: environment },
      (error, stdout, stderr) => settle({ code: error === null ? 0 : Number(error.code), stdout, stderr }),
    )
  })

describe('bin/keyplan.js in a checkout', () => {
  test('builds what is not built, says so in one line on standard error, and runs it with the arguments and the exit code', async () => {
    expect(await run('a', 'b')).toEqual({ code: 3, stdout: 'one a,b', stderr: 'Building …\n' })
    expect(await run()).toEqual({ code: 3, stdout: 'one ', stderr: '' })
  })

  test('builds again when a source has changed, is new, or is gone', async () => {
    await run()
    await writeFile(join(checkout, 'src', 'other.ts'), 'export const other = 1\n')
    await writeFile(join(checkout, 'src', 'main.ts'), main('another'))
    expect(await run()).toEqual({ code: 3, stdout: 'another ', stderr: 'Building …\n' })
    expect(await readdir(join(checkout, 'dist'))).toContain('other.js')
    await rm(join(checkout, 'src', 'other.ts'))
    expect((await run()).stderr).toBe('Building …\n')
    expect(await readdir(join(checkout, 'dist'))).not.toContain('other.js')
  })

  test('shows what the compiler says and ends with 1 where the sources are wrong; what was built before stays', async () => {
    await run()
    await writeFile(join(checkout, 'src', 'main.ts'), 'export const main = (): number => "text"\n')
    const { code, stdout, stderr } = await run()
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    expect(stderr).toContain('src/main.ts')
    expect(stderr).toContain('TS2322')
    await writeFile(join(checkout, 'src', 'main.ts'), main('mended'))
    expect((await run()).stdout).toBe('mended ')
  })

  test('four started at once build once and all run', async () => {
    const all = await Promise.all([run('1'), run('2'), run('3'), run('4')])
    expect(all.map(({ stdout }) => stdout)).toEqual(['one 1', 'one 2', 'one 3', 'one 4'])
    expect(all.filter(({ stderr }) => stderr.includes('Building'))).toHaveLength(1)
  })

  test('a lock that a killed process left does not hold it up for long', async () => {
    await mkdir(join(checkout, '.keyplan-prepare'))
    await writeFile(join(checkout, '.keyplan-prepare', 'owner.json'), JSON.stringify({ pid: 2 ** 22 + 1 }))
    expect((await run()).stdout).toBe('one ')
  })

  test('wants to install when a package is missing, and says so where it cannot', async () => {
    const lock = {
      packages: { '': {}, 'node_modules/typescript': { version: '7' }, 'node_modules/missing': { version: '1.0.0' } },
    }
    await writeFile(join(checkout, 'package-lock.json'), JSON.stringify(lock))
    const { code, stderr } = await run()
    expect(code).toBe(1)
    expect(stderr).toMatch(/^Installing packages …\n/)
  })

  test('does not want to install what is only for tests, or for other machines', async () => {
    const lock = {
      packages: {
        '': {},
        'node_modules/typescript': { version: '7' },
        'node_modules/for-tests': { version: '1.0.0', dev: true },
        'node_modules/for-elsewhere': { version: '1.0.0', optional: true, os: ['aix'] },
      },
    }
    await writeFile(join(checkout, 'package-lock.json'), JSON.stringify(lock))
    expect(await run()).toMatchObject({ code: 3, stdout: 'one ' })
  })

  test('leaves an image alone, which holds dist and no sources', async () => {
    await run()
    await rm(join(checkout, 'src'), { recursive: true })
    await rm(join(checkout, 'tsconfig.build.json'))
    await rm(join(checkout, 'node_modules'), { recursive: true })
    expect(await run()).toEqual({ code: 3, stdout: 'one ', stderr: '' })
  })
})
