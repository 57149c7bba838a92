import { breakGlass } from './break-glass.ts'
import { breakGlassReport } from './break-glass-report.ts'
import { completeness } from './completeness.ts'
import { compositionDocument } from './composition-document.ts'
import { confirmReview } from './confirm-review.ts'
import { emergencyView } from './emergency-view.ts'
import { endPortalRestriction } from './end-portal-restriction.ts'
import { everything } from './everything.ts'
import { expand, expandPublished } from './expand.ts'
import { explainAccess } from './explain-access.ts'
import { extract, extractStored } from './extract.ts'
import { heldSummaries } from './held-summaries.ts'
import { keyInformationSummary } from './key-information-summary.ts'
import { lookup } from './lookup.ts'
import { meta } from './meta.ts'
import { metaAdd } from './meta-add.ts'
import { metaDelete } from './meta-delete.ts'
import type { Operation } from './operation.ts'
import { planConflicts } from './plan-conflicts.ts'
import { populate, populateForm } from './populate.ts'
import { recipientStatus } from './recipient-status.ts'
import { respectDocument } from './respect-document.ts'
import { reviewDue } from './review-due.ts'
import { revoke } from './revoke.ts'
import { sharingAcknowledgement } from './sharing-acknowledgement.ts'
import { sharingHealth } from './sharing-health.ts'
import { sharingHeartbeat } from './sharing-heartbeat.ts'
import { sharingStatus } from './sharing-status.ts'
import { sign } from './sign.ts'
import { submit } from './submit.ts'
import { timeline } from './timeline.ts'
import { validate } from './validate.ts'
import { validateCode } from './validate-code.ts'
import { verifyCurrent } from './verify-current.ts'

/** The operations that KeyPlan serves. To add one: an OperationDefinition in `profiles/`, a file here, a line here. */
export const OPERATIONS: readonly Operation[] = [
  submit,
  sign,
  confirmReview,
  revoke,
  timeline,
  reviewDue,
  completeness,
  extract,
  extractStored,
  populate,
  populateForm,
  emergencyView,
  planConflicts,
  everything,
  keyInformationSummary,
  respectDocument,
  compositionDocument,
  verifyCurrent,
  breakGlass,
  breakGlassReport,
  explainAccess,
  endPortalRestriction,
  sharingStatus,
  sharingHeartbeat,
  heldSummaries,
  sharingHealth,
  recipientStatus,
  sharingAcknowledgement,
  expand,
  expandPublished,
  ...validateCode,
  lookup,
  ...validate,
  ...meta,
  metaAdd,
  metaDelete,
]
