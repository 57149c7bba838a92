import { emergencyView } from './emergency-view.ts'
import { extract, extractStored } from './extract.ts'
import { keyInformationSummary } from './key-information-summary.ts'
import type { Operation } from './operation.ts'
import { respectDocument } from './respect-document.ts'
import { populate, populateForm } from './populate.ts'
import { revoke } from './revoke.ts'
import { sharingStatus } from './sharing-status.ts'
import { submit } from './submit.ts'
import { verifyCurrent } from './verify-current.ts'

/** The operations that KeyPlan serves. To add one: an OperationDefinition in `profiles/`, a file here, a line here. */
export const OPERATIONS: readonly Operation[] = [
  submit,
  revoke,
  extract,
  extractStored,
  populate,
  populateForm,
  emergencyView,
  keyInformationSummary,
  respectDocument,
  verifyCurrent,
  sharingStatus,
]
