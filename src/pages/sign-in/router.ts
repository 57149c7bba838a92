import { type ErrorRequestHandler, type Request, type RequestHandler, Router, text, urlencoded } from 'express'
import { CALLBACK, type People, SIGNED_OUT } from '../../auth/people/people.ts'
import { Problem, STATUS } from '../../fhir/outcome.ts'
import type { Log } from '../../log.ts'
import type { Records } from '../../records/door.ts'
import { type PageAnswer, send } from './answer.ts'
import { appRoutes } from './app-routes.ts'
import { sessionRoutes } from './session-routes.ts'
import { failurePage } from './views.ts'

const FORM = 'application/x-www-form-urlencoded'
/** An authorization request travels in it; nobody types as much. */
const form = urlencoded({ extended: false, limit: '16kb', parameterLimit: 20 })

const answering =
  (route: (request: Request) => Promise<PageAnswer>): RequestHandler =>
  async (request, response) =>
    send(response, await route(request))

/** What a library of sign-in calls the failure, which is a code of its own or of OAuth; never other text, for that may name the person. */
const reasonOf = ({ cause }: Problem): string | undefined => {
  const { code, error } = (cause ?? {}) as { code?: unknown; error?: unknown }
  return [error, code].find((one): one is string => typeof one === 'string' && /^[A-Za-z_]{1,64}$/.test(one))
}

/** What went wrong, as a page for the person in front of it. What nobody foresaw is left to the service. */
const failed =
  (base: string, log: Pick<Log, 'warn'>): ErrorRequestHandler =>
  (error: unknown, request, response, next) => {
    if (!(error instanceof Problem)) return next(error)
    const [issue] = error.issues
    log.warn(
      { refused: issue?.key, reason: reasonOf(error), route: request.route?.path },
      'A page answered that something cannot be',
    )
    response.set(error.headers)
    send(response, { status: STATUS[error.kind].status, page: failurePage(base, issue?.text ?? '') })
  }

/** Everything that people see on the way to a session and to apps. To be mounted at the root. */
export const signInRouter = (
  people: People,
  { records, baseUrl: base, log }: Readonly<{ records: Records; baseUrl: string; log: Pick<Log, 'warn'> }>,
): Router => {
  const sessions = sessionRoutes(people, base)
  const apps = appRoutes(people, records, base)
  const router = Router()
  router.get('/sign-in', answering(sessions.begin))
  router.get(CALLBACK, answering(sessions.finish))
  router.get('/me', answering(sessions.me))
  router.post('/sign-out', form, answering(sessions.end))
  router.get(SIGNED_OUT, answering(sessions.ended))
  router.get('/launch/:app', answering(apps.launchForm))
  router.post('/launch/:app', form, answering(apps.launch))
  router.get('/auth/authorize', answering(apps.authorize))
  router.post('/auth/authorize', text({ type: FORM, limit: '16kb' }), answering(apps.authorizeByPost))
  router.post('/auth/consent', form, answering(apps.consent))
  router.get(
    ['/.well-known/openid-configuration', '/fhir/.well-known/openid-configuration'],
    (_request, response, next) => {
      const configuration = people.openidConfiguration()
      if (configuration === undefined) return next()
      response.json(configuration)
    },
  )
  router.use(failed(base, log))
  return router
}
