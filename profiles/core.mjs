/**
 * The compiler's definitions with FHIR R4 core in them. Core comes from the npm package hl7.fhir.r4.examples, which despite its name holds
 * all definitions of R4 4.0.1, and is handed over in memory: nothing is fetched.
 */
import { readdirSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

const require = createRequire(import.meta.url)
export const sushi = require('fsh-sushi')
// The loader that the compiler itself uses, wherever npm has put it.
export const loader = createRequire(require.resolve('fsh-sushi'))('fhir-package-loader')

const core = dirname(require.resolve('hl7.fhir.r4.examples/package.json'))
const coreTypes = /^(StructureDefinition|ValueSet|CodeSystem|SearchParameter|OperationDefinition)-.*\.json$/
const refuse = () => Promise.reject(new Error('the network is not used'))

/** `packages` says where other packages come from, by name and version; none do unless told. */
export const definitionsWithCore = async (packages = {}) => {
  const definitions = await sushi.fhirdefs.createFHIRDefinitions({
    packageCache: packages.cache ?? { isPackageInCache: () => false, getPotentialResourcePaths: () => [] },
    registryClient: packages.registry ?? { resolveVersion: refuse, download: refuse },
    currentBuildClient: { downloadCurrentBuild: refuse, getCurrentBuildDate: refuse },
  })
  const files = readdirSync(core).filter((name) => coreTypes.test(name))
  await definitions.loadVirtualPackage(
    new loader.DiskBasedVirtualPackage(
      { name: 'hl7.fhir.r4.core', version: '4.0.1' },
      files.map((name) => join(core, name)),
    ),
  )
  return definitions
}
