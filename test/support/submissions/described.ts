import type { FhirResource, Patient } from 'fhir/r4.js'
import { change, expanded } from './changes.ts'
import { extracted } from './extracted.ts'
import { type Named, named } from './names.ts'
import { mapped } from './values.ts'

/** A plan of `fixtures/people` with changes (see `fixtures/README.md`, Submissions). */
export type Described = Readonly<{
  /** Person and conversation, counted from 0, e.g. `margaret/1`; or several conversations, of which the plans come together. */
  plan: string | readonly string[]
  /** Keeps the QuestionnaireResponse from which the plan was extracted; without it the Bundle is one of resources alone. */
  response?: boolean
  copy?: Readonly<Record<string, string>>
  add?: Readonly<Record<string, object>>
  change?: Readonly<Record<string, unknown>>
}>

/** The resources of a described submission by their names, the Patient first, with references as `#name`. */
export const describedResources = ({
  plan,
  response = false,
  copy = {},
  add = {},
  change: changes = {},
}: Described): Named => {
  const plans = [plan].flat().map((one) => extracted(one, response))
  const names: Named = new Map([['patient', structuredClone(plans[0]?.patient as Patient)]])
  for (const [index, { resources }] of plans.entries()) {
    const prefix = index === 0 ? '' : `${index + 1}:`
    for (const [name, resource] of named(resources)) {
      names.set(
        prefix + name,
        mapped(resource, (text) =>
          text.startsWith('#') && text !== '#patient' ? `#${prefix}${text.slice(1)}` : text,
        ) as FhirResource,
      )
    }
  }
  for (const [name, from] of Object.entries(copy)) {
    const original = names.get(from)
    if (original === undefined)
      throw new Error(`There is no ${from} to copy. There are: ${[...names.keys()].join(', ')}.`)
    names.set(name, structuredClone(original))
  }
  for (const [name, resource] of Object.entries(add)) names.set(name, expanded(resource) as FhirResource)
  for (const [address, value] of Object.entries(changes)) change(names, address, value)
  return names
}
