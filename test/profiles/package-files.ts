import { readdirSync, readFileSync } from 'node:fs'
import type { FhirResource } from 'fhir/r4.js'

/** The committed package. */
export const PACKAGE = new URL('../../profiles/package/', import.meta.url)

export const packageFiles = (folder: URL = PACKAGE): string[] => readdirSync(folder).sort()

const resources = packageFiles()
  .filter((name) => /^[A-Z]/.test(name))
  .map((name) => JSON.parse(readFileSync(new URL(name, PACKAGE), 'utf8')) as FhirResource)

/** All resources of one type in the package. */
export const allOf = <T extends FhirResource['resourceType']>(type: T): Extract<FhirResource, { resourceType: T }>[] =>
  resources.filter((resource) => resource.resourceType === type) as Extract<FhirResource, { resourceType: T }>[]

export const allResources = (): readonly FhirResource[] => resources
