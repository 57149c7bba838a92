/**
 * Compiles a small guide of somebody else that depends on the package in a .tgz, with a package cache of its own, and prints how many errors and
 * warnings the compiler had, and what it made.
 *
 *   node test/profiles/foreign-guide.mjs PACKAGE.tgz CACHE-FOLDER
 */
import { createReadStream } from 'node:fs'
import { definitionsWithCore, loader, sushi } from '../../profiles/core.mjs'

const [archive, cacheFolder] = process.argv.slice(2)

const FSH = `
Alias: $plan = https://keyplan.example/fhir/StructureDefinition/anticipatory-care-plan
Alias: $recommendation = https://keyplan.example/fhir/CodeSystem/recommendation

Profile: CareHomePlan
Parent: $plan
Description: "A plan of somebody who lives in a care home."
* author 1..

ValueSet: ClearRecommendation
Title: "Clear recommendations"
Description: "Those that say what to do."
* $recommendation#recommended
* $recommendation#not-recommended

Profile: ClearDecision
Parent: https://keyplan.example/fhir/StructureDefinition/emergency-recommendation
Description: "A recommendation that says what to do."
* extension[recommendation].valueCode from ClearRecommendation (required)

Extension: CareHomeRoom
Description: "The room in which somebody lives."
Context: https://keyplan.example/fhir/StructureDefinition/plan-patient
* value[x] only string
`

const config = {
  canonical: 'https://care-homes.example/fhir',
  id: 'care-homes.example',
  name: 'CareHomes',
  fhirVersion: ['4.0.1'],
  status: 'draft',
  version: '1.0.0',
  dependencies: [{ packageId: 'keyplan.fhir.r4', version: '0.1.0' }],
}

sushi.utils.logger.level = 'warn'
const definitions = await definitionsWithCore({
  cache: new loader.DiskBasedPackageCache(cacheFolder),
  registry: {
    resolveVersion: async (_name, version) => version,
    download: async (name) => {
      if (name !== 'keyplan.fhir.r4') throw new Error(`${name} is not needed here`)
      return createReadStream(archive)
    },
  },
})
const status = await definitions.loadPackage('keyplan.fhir.r4', '0.1.0')
definitions.optimize()
const tank = sushi.utils.fillTank([new sushi.sushiImport.RawFSH(FSH, 'guide.fsh')], config)
const { profiles, extensions, valueSets } = sushi.sushiExport.exportFHIR(tank, definitions)
const { numError, numWarn } = sushi.utils.stats
process.stdout.write(
  JSON.stringify({
    status,
    numError,
    numWarn,
    made: [...profiles, ...extensions, ...valueSets].map((one) => one.toJSON(true)),
  }),
)
