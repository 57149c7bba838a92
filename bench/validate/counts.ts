import { readFileSync } from 'node:fs'
import type { FhirResource } from 'fhir/r4.js'
import { BASE } from '../../src/definitions/base.ts'
import { isError } from '../../src/fhir/outcome.ts'
import type { Validator } from '../../src/validation/validator.ts'
import { population } from '../../test/validation/mutation/population.ts'
import { JUDGED_SETS, type Judged, judge } from '../../test/validation/reference/sets.ts'
import { medplumAccepts, profileOf } from './medplum.ts'

/** On the same resources: what a validator took for valid and is not, and the other way round. */
export type Counts = Readonly<{ of: string; cases: number; ours: Wrong; medplum: Wrong }>
type Wrong = { falseAccepts: number; falseRejects: number }

const none = (): Wrong => ({ falseAccepts: 0, falseRejects: 0 })

const count = (wrong: Wrong, isValid: boolean, accepted: boolean): void => {
  if (accepted && !isValid) wrong.falseAccepts++
  if (!accepted && isValid) wrong.falseRejects++
}

/** The official examples that have errors of their own, each with the reason. */
const NAMED: Readonly<Record<string, unknown>> = JSON.parse(
  readFileSync(new URL('../../test/validation/reference/official-examples.json', import.meta.url), 'utf8'),
)

type Group = Readonly<{ of: string; cases: readonly Judged[] }>

/** What others have judged; of the official examples, which are all meant to be valid, those by themselves that are known not to be. */
const groups = (): readonly Group[] =>
  JUDGED_SETS.filter(({ missing }) => missing === undefined).flatMap(({ name, cases }): Group[] => {
    const all = cases().filter(({ text }) => text.length < 100_000)
    if (name !== 'official-examples') return [{ of: name, cases: all }]
    const isNamed = ({ id }: Judged): boolean => Object.hasOwn(NAMED, id)
    const wrong = all.filter(isNamed).map((one) => ({ ...one, valid: false }))
    return [
      { of: name, cases: all.filter((one) => !isNamed(one)) },
      { of: 'those with an error that is named', cases: wrong },
    ]
  })

const ofGroup = ({ of, cases }: Group): Counts => {
  const [ours, medplum] = [none(), none()]
  for (const one of cases) {
    count(ours, one.valid, judge(one).valid)
    let resource: FhirResource | undefined
    try {
      resource = JSON.parse(one.text) as FhirResource
    } catch {
      // What is no JSON is refused before any validator sees it.
    }
    const asked = one.profiles[0] === undefined ? undefined : one.definitions().structure(one.profiles[0])
    count(
      medplum,
      one.valid,
      resource !== undefined && medplumAccepts(resource, asked ?? profileOf(resource, one.definitions())),
    )
  }
  return { of, cases: cases.length, ours, medplum }
}

/** Over what others have judged, and over resources with one rule broken. */
export const falseOnes = (validator: Validator): readonly Counts[] => {
  const accepts = (resource: unknown): boolean => !validator.validate(resource).findings.some(isError)
  const { mutants } = population(8)
  const [ours, medplum] = [none(), none()]
  for (const { resource } of mutants) {
    const mutant = resource as unknown as FhirResource
    count(ours, false, accepts(mutant))
    count(medplum, false, medplumAccepts(mutant, profileOf(mutant, BASE)))
  }
  return [...groups().map(ofGroup), { of: 'one rule broken', cases: mutants.length, ours, medplum }]
}
