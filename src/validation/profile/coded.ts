import type { EngineCheck } from '../engine.ts'
import { checkPlanBundle, PLAN_BUNDLE } from '../safety/plan-bundle.ts'

/** What is asked of the resources of a profile and is no matter of elements, by the address of the profile. */
const CODED: ReadonlyMap<string, EngineCheck> = new Map([[PLAN_BUNDLE, checkPlanBundle]])

export const codedCheck = (url: string): EngineCheck | undefined => CODED.get(url)
