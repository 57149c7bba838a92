import type { StructureDefinition } from 'fhir/r4.js'
import { loadPackage } from '../package.ts'
import { type Kept, nameOf, resourcesOf } from './kept.ts'

/** A profile of resources (extensions and profiles of data types are none), and the package that it is of, as NAME#VERSION. */
export type KnownProfile = Readonly<{ url: string; title: string; type: string; package: string }>

/** The profiles of KeyPlan's own package and of those that were added, in this order, and in each in the order of their titles. */
export const knownProfiles = (kept: readonly Kept[]): readonly KnownProfile[] => [
  ...profilesAmong(ownProfiles(), (profile) => `keyplan.fhir.r4#${profile.version}`),
  ...kept.flatMap((one) => profilesAmong(resourcesOf([one]), () => nameOf(one.manifest))),
]

const ownProfiles = () => loadPackage().all('StructureDefinition')

const profilesAmong = (
  resources: readonly Readonly<{ resourceType: string }>[],
  packageOf: (profile: StructureDefinition) => string,
): readonly KnownProfile[] =>
  resources
    .filter((resource): resource is StructureDefinition => resource.resourceType === 'StructureDefinition')
    .filter(({ kind, derivation }) => kind === 'resource' && derivation === 'constraint')
    .map((profile) => ({
      url: profile.url,
      title: profile.title ?? profile.name,
      type: profile.type,
      package: packageOf(profile),
    }))
    .sort((one, other) => one.title.localeCompare(other.title, 'en'))
