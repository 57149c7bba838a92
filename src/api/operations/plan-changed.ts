import type { Committed } from '../../records/types.ts'
import { stored } from '../respond.ts'
import type { ApiResponse } from '../route.ts'

/** The plan as it now is. */
export const changedPlan = ({ changed }: Committed, id: string): ApiResponse => {
  const plan = changed.find(({ stored }) => stored.type === 'CarePlan' && stored.id === id)
  if (plan === undefined) throw new Error('an act on a plan that did not change it')
  return stored(200, plan.stored)
}
