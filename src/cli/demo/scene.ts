import type { Display } from './display.ts'
import type { FhirSystem } from './fhir.ts'
import type { RecipientSystem } from './systems.ts'

/** Who takes part in the demo, and where what happens is shown. */
export type Scene = Readonly<{
  display: Display
  /** KeyPlan as the GP practice's system sees it, and as an ambulance crew's does. */
  gp: FhirSystem
  crew: FhirSystem
  systems: readonly RecipientSystem[]
}>
