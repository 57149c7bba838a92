import type { CarePlan } from 'fhir/r4.js'
import { PLAN_CATEGORY, type PlanType, PROFILE, SYSTEM } from '../codes.ts'
import type { Captured } from './entry.ts'

const TITLE: Readonly<Record<PlanType, string>> = {
  'what-matters': 'What matters to me',
  'emergency-care': 'Emergency care plan',
}

/** What every plan is made with before its content: a draft, since only the rules make a plan active. */
export const draftPlan = ({ subject }: Captured, type: PlanType, created: string | undefined): CarePlan => ({
  resourceType: 'CarePlan',
  meta: { profile: [PROFILE.carePlan] },
  status: 'draft',
  intent: 'plan',
  category: [
    { coding: [{ system: SYSTEM.planType, code: type, display: TITLE[type] }] },
    { coding: [PLAN_CATEGORY[type]] },
  ],
  title: TITLE[type],
  subject,
  created,
})
