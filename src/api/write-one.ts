import type { Effect } from '../records/types.ts'
import type { Route } from './route.ts'
import { written } from './written.ts'

type Write = Omit<Route, 'handle'> & Required<Pick<Route, 'change'>>

/** A route that commits the one change that is asked for, and answers with what became of it. */
export const writeOne = (route: Write): Route => ({
  ...route,
  handle: async (request, { records }) => {
    const change = route.change(request)
    const { changed, issues } = await records.transact(request.cx, [change], change.do)
    return written(changed[0] as Effect, issues, request.prefer)
  },
})
