import type { Change, Effect, Records } from '../records/types.ts'
import type { ApiRequest, ApiResponse } from './route.ts'
import { written } from './written.ts'

/** Commits one change and answers with what became of it. */
export const writeOne = async (records: Records, { cx, prefer }: ApiRequest, change: Change): Promise<ApiResponse> => {
  const { changed, issues } = await records.transact(cx, [change], change.do)
  return written(changed[0] as Effect, issues, prefer)
}
