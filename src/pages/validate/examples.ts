import type { Bundle, CarePlan, Consent, FhirResource, Goal, Patient } from 'fhir/r4.js'
import { examples } from '../guide/library.ts'

/** What a newcomer may try: a text, and the profile to hold it against. */
export type Example = Readonly<{ text: string; profile: string }>

const PLAN_BUNDLE = 'https://keyplan.example/fhir/StructureDefinition/plan-bundle'

/** The plan that the guide shows: not for CPR, agreed with her daughter. */
const plan = (): Bundle => structuredClone(examples().get('Bundle-margaret-not-for-cpr')) as Bundle

const exampleOf = (bundle: Bundle): Example => ({ text: JSON.stringify(bundle, null, 2), profile: PLAN_BUNDLE })

const ofType = <T extends FhirResource>({ entry = [] }: Bundle, type: T['resourceType']): T =>
  entry.find(({ resource }) => resource?.resourceType === type)?.resource as T

/** With mistakes that people make: a code that there is not, a check digit, an element that is missing, one recommendation that contradicts another. */
const broken = (): Bundle => {
  const bundle = plan()
  const { entry = [] } = bundle
  ofType<CarePlan>(bundle, 'CarePlan').status = 'activ' as CarePlan['status']
  for (const identifier of ofType<Patient>(bundle, 'Patient').identifier ?? [])
    identifier.value = identifier.value?.replace(/\d$/, (digit) => String((Number(digit) + 1) % 10))
  const goal = ofType<Goal>(bundle, 'Goal') as Partial<Goal>
  delete goal.lifecycleStatus
  const other = structuredClone(ofType<Consent>(bundle, 'Consent'))
  entry.push({ fullUrl: 'urn:uuid:3f0c2c1e-5d7a-4f57-9a55-1b0a52a1b3c4', resource: { ...other, id: 'another' } })
  return bundle
}

/** Each by the value of its button. */
export const EXAMPLES: Readonly<Record<'valid' | 'broken', () => Example>> = {
  valid: () => exampleOf(plan()),
  broken: () => exampleOf(broken()),
}
