#!/usr/bin/env node
/**
 * Compiles the FHIR Shorthand in `profiles/input` into the FHIR package `profiles/package`, snapshots included.
 *
 *   node profiles/build.mjs [FOLDER]      FOLDER is where the package goes (default: profiles/package)
 *
 * Nothing is fetched, and no FHIR package cache is read or written (core.mjs).
 * The same sources give the same bytes.
 */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { definitionsWithCore, sushi } from './core.mjs'

const { loadPredefinedResources } = createRequire(import.meta.url)('fsh-sushi/dist/ig')
const home = dirname(fileURLToPath(import.meta.url))

const loadDefinitions = async (config) => {
  const definitions = await definitionsWithCore()
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

/** The guide itself: what is in the package, by title. */
const guide = (resources, config) => ({
  resourceType: 'ImplementationGuide',
  id: config.id,
  url: `${config.canonical}/ImplementationGuide/${config.id}`,
  version: config.version,
  name: config.name,
  title: config.title,
  status: config.status,
  publisher: config.publisher,
  description: config.description,
  packageId: config.id,
  fhirVersion: config.fhirVersion,
  definition: {
    resource: resources
      .map(({ resourceType, id, title, name }) => ({
        reference: { reference: `${resourceType}/${id}` },
        name: title ?? name ?? id,
        exampleBoolean: false,
      }))
      .sort((a, b) => (a.reference.reference < b.reference.reference ? -1 : 1)),
  },
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
  const complete = resources.map((resource) => published(resource, config))
  return {
    config,
    files: [...complete, guide(complete, config)]
      .map((resource) => ({ name: `${resource.resourceType}-${resource.id}.json`, resource }))
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
