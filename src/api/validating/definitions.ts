import type { FhirResource } from 'fhir/r4.js'
import { bringing } from '../../definitions/brought.ts'
import type { Definitions } from '../../definitions/definitions.ts'
import { type Finding, isMisshapen, sentencesOf } from '../../validation/findings/finding.ts'
import { validateStructure } from '../../validation/validate.ts'

/** A definition that came with a question, and where in it: `Parameters.parameter[2].resource`. */
export type BroughtOne = Readonly<{ resource: FhirResource; at: string }>

/** Why a definition cannot be read; undefined where it can. */
const misshapenBy = (definition: FhirResource): string | undefined => {
  const issue = validateStructure(definition).find(isMisshapen)
  return issue === undefined ? undefined : `${issue.expression ?? definition.resourceType}: ${sentencesOf(issue)}`
}

const urlOf = (definition: FhirResource): string | undefined => (definition as { url?: string }).url

const addressOf = (definition: FhirResource): string =>
  `${definition.resourceType} ${urlOf(definition)}|${(definition as { version?: string }).version ?? ''}`

/**
 * What is known where these definitions are, which go before all others of the same address, and in `faults` what of them cannot be used. Of
 * two with one address and version it cannot be told which is meant, so the second is said to be too many.
 */
export const definitionsFor = (
  known: Definitions,
  brought: readonly BroughtOne[],
): Readonly<{ definitions: Definitions; faults: readonly Finding[] }> => {
  const faults: Finding[] = []
  const usable: BroughtOne[] = []
  const addresses = new Set<string>()
  for (const one of brought) {
    const misshapen = misshapenBy(one.resource)
    const address = addressOf(one.resource)
    if (misshapen !== undefined) faults.push(unusable(one.at, misshapen))
    else if (addresses.has(address))
      faults.push(unusable(one.at, `Another before it is ${address} already. Send it once, or with another version.`))
    else usable.push(one)
    addresses.add(address)
  }
  const { definitions, faults: faultsOfSnapshots } = bringing(
    known,
    usable.map(({ resource }) => resource),
  )
  for (const { resource } of usable)
    if (resource.resourceType === 'StructureDefinition') definitions.structure(resource.url)
  for (const { profile, message } of faultsOfSnapshots()) {
    const one = usable.find(({ resource }) => urlOf(resource) === profile)
    faults.push(unusable(one?.at ?? 'Parameters.parameter', message))
  }
  return { definitions, faults }
}

const unusable = (expression: string, why: string): Finding => ({
  severity: 'error',
  code: 'invalid',
  key: 'definition-unusable',
  text: `A definition that came with the call cannot be used. ${why}`,
  expression,
})
