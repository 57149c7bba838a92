import type { Route } from '../route.ts'
import { asynchronous } from './asynchronous.ts'
import { bundle } from './bundle.ts'
import { capabilities } from './capabilities.ts'
import { create } from './create.ts'
import { definitions } from './definitions.ts'
import { conditionalDeletion, deletion } from './delete.ts'
import { historyInstance, historySystem, historyType } from './history.ts'
import { conditionalPatch, patch } from './patch.ts'
import { read } from './read.ts'
import { searchCompartment } from './search-compartment.ts'
import { searchSystemByGet, searchSystemByPost } from './search-system.ts'
import { searchByGet, searchByPost } from './search-type.ts'
import { conditionalUpdate, update } from './update.ts'
import { vread } from './vread.ts'

/** The interactions of FHIR REST that KeyPlan serves (http://hl7.org/fhir/R4/http.html#summary). */
export const INTERACTIONS: readonly Route[] = [
  capabilities,
  bundle,
  read,
  vread,
  historyInstance,
  historyType,
  historySystem,
  create,
  update,
  conditionalUpdate,
  patch,
  conditionalPatch,
  deletion,
  conditionalDeletion,
  searchByGet,
  searchByPost,
  searchSystemByGet,
  searchSystemByPost,
  searchCompartment,
  ...asynchronous,
  ...definitions,
]
