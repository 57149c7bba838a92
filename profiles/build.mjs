#!/usr/bin/env node
/**
 * Compiles the FHIR Shorthand in `profiles/input` into the FHIR package `profiles/package`, snapshots included.
 *
 *   node profiles/build.mjs [FOLDER]      FOLDER is where the package goes (default: profiles/package)
 *
 * Nothing is fetched: FHIR R4 core comes from the npm package hl7.fhir.r4.examples, which despite its name holds all
 * definitions of R4 4.0.1, and is handed to the compiler in memory. No FHIR package cache is read or written.
 * The same sources give the same bytes.
 */
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

const require = createRequire(import.meta.url)
const sushi = require('fsh-sushi')
const { loadPredefinedResources } = require('fsh-sushi/dist/ig')
// The loader that the compiler itself uses, wherever npm has put it.
const { DiskBasedVirtualPackage } = createRequire(require.resolve('fsh-sushi'))('fhir-package-loader')

const home = dirname(fileURLToPath(import.meta.url))
const core = dirname(require.resolve('hl7.fhir.r4.examples/package.json'))
const coreTypes = /^(StructureDefinition|ValueSet|CodeSystem|SearchParameter|OperationDefinition)-.*\.json$/

const loadDefinitions = async (config) => {
  const refuse = () => Promise.reject(new Error('the build of the profiles does not use the network'))
  const definitions = await sushi.fhirdefs.createFHIRDefinitions({
    packageCache: { isPackageInCache: () => false, getPotentialResourcePaths: () => [] },
    registryClient: { resolveVersion: refuse, download: refuse },
    currentBuildClient: { downloadCurrentBuild: refuse, getCurrentBuildDate: refuse },
  })
  const files = readdirSync(core).filter((name) => coreTypes.test(name))
  await definitions.loadVirtualPackage(
    new DiskBasedVirtualPackage(
      { name: 'hl7.fhir.r4.core', version: '4.0.1' },
      files.map((name) => join(core, name)),
    ),
  )
  await loadPredefinedResources(definitions, join(home, 'input'), home, config.parameters)
  definitions.optimize()
  return definitions
}

/** What the compiler leaves to a publisher: the version and publisher of each definition that does not name its own. */
const published = ({ resourceType, id, url, version, ...rest }, config) => ({
  resourceType,
  id,
  ...(url === undefined ? {} : { url, version: version ?? config.version, publisher: config.publisher }),
  ...rest,
})

/** Every resource of the package, with its file name, in the order of the names. */
const compile = async () => {
  sushi.utils.logger.level = 'warn'
  const config = sushi.utils.readConfig(home)
  const tank = sushi.utils.fillTank(sushi.utils.getRawFSHes(join(home, 'input', 'fsh')), config)
  tank.checkDuplicateNameEntities()
  const definitions = await loadDefinitions(config)
  const compiled = sushi.sushiExport.exportFHIR(tank, definitions)
  const { numError, numWarn } = sushi.utils.stats
  if (numError + numWarn > 0)
    throw new Error(`The profiles were not built: ${numError} errors, ${numWarn} warnings (above).`)
  const { profiles, extensions, valueSets, codeSystems, instances } = compiled
  const resources = [
    ...[...profiles, ...extensions, ...valueSets, ...codeSystems].map((artefact) => artefact.toJSON(true)),
    ...instances.filter((instance) => instance._instanceMeta.usage !== 'Inline').map((instance) => instance.toJSON()),
    ...definitions.allPredefinedResources(),
  ]
  return {
    config,
    files: resources
      .map((resource) => ({
        name: `${resource.resourceType}-${resource.id}.json`,
        resource: published(resource, config),
      }))
      .sort((a, b) => (a.name < b.name ? -1 : 1)),
  }
}

/** FHIR package index, version 2 (https://confluence.hl7.org/display/FHIR/NPM+Package+Specification). */
const index = (files) => ({
  'index-version': 2,
  files: files.map(({ name, resource }) => {
    const entry = { filename: name }
    for (const element of ['resourceType', 'id', 'url', 'version', 'kind', 'type', 'content', 'derivation']) {
      if (typeof resource[element] === 'string') entry[element] = resource[element]
    }
    return entry
  }),
})

const manifest = (config) => ({
  name: config.id,
  version: config.version,
  canonical: config.canonical,
  url: config.canonical,
  title: config.title,
  description: config.description,
  fhirVersions: config.fhirVersion,
  dependencies: { 'hl7.fhir.r4.core': '4.0.1' },
  author: config.publisher,
  type: 'IG',
})

const write = (folder, name, value) => writeFileSync(join(folder, name), `${JSON.stringify(value, null, 2)}\n`)

const target = resolve(process.argv[2] ?? join(home, 'package'))
const { config, files } = await compile()
rmSync(target, { recursive: true, force: true })
mkdirSync(target, { recursive: true })
for (const { name, resource } of files) write(target, name, resource)
write(target, '.index.json', index(files))
write(target, 'package.json', manifest(config))
console.log(`${files.length} resources in ${target}`)
