import { type ErrorRequestHandler, type RequestHandler, type Response, Router, text } from 'express'
import type { JWK } from 'jose'
import type { CertificateOf } from './client-certificate.ts'
import type { SmartConfiguration } from './smart-configuration.ts'
import type { TokenAnswer, TokenRequest } from './token-endpoint.ts'

/** What the router needs of `Auth`: plain functions that answer values. */
export type AuthEndpoints = Readonly<{
  answerToken(request: TokenRequest): Promise<TokenAnswer>
  certificateOf: CertificateOf
  jwks(): Promise<Readonly<{ keys: readonly JWK[] }>>
  smartConfiguration(): SmartConfiguration
}>

const FORM = 'application/x-www-form-urlencoded'

const respond = (response: Response, answer: TokenAnswer): void => {
  response.status(answer.status).set(answer.headers).json(answer.body)
}

/** RFC 6749 section 5.1: nothing between the service and the client may keep an answer of the token endpoint, errors included. */
const noStore: RequestHandler = (_request, response, next) => {
  response.set({ 'Cache-Control': 'no-store', Pragma: 'no-cache' })
  next()
}

const only =
  (methods: string): RequestHandler =>
  (_request, response) => {
    const body = { error: 'invalid_request', error_description: `The only method here is ${methods}.` }
    respond(response, { status: 405, headers: { Allow: methods }, body })
  }

/** A body that could not be read (too large, an unknown charset or encoding, cut off) is a bad request, in the words of OAuth. */
const unreadableBody: ErrorRequestHandler = (error: { status?: number }, _request, response, next) => {
  if (error.status === undefined || error.status < 400 || error.status > 499) return next(error)
  const body = {
    error: 'invalid_request',
    error_description: 'The body could not be read: expected a form of at most 16 kB in UTF-8.',
  }
  respond(response, { status: error.status, headers: {}, body })
}

/** `/auth/token`, `/auth/jwks` and the SMART configuration. To be mounted at the root, ahead of any other body parser. */
export const authRouter = (auth: AuthEndpoints): Router => {
  const router = Router()

  router
    .route('/auth/token')
    .all(noStore)
    .post(text({ type: FORM, limit: '16kb' }), async (request, response) => {
      const body = typeof request.body === 'string' ? request.body : undefined
      const authorization = request.headers.authorization !== undefined
      const certificate = auth.certificateOf(request)
      respond(response, await auth.answerToken({ body, authorization, certificate }))
    })
    .all(only('POST'))
  router.use('/auth/token', unreadableBody)

  router
    .route('/auth/jwks')
    .get(async (_request, response) => {
      response.set('Cache-Control', 'public, max-age=300').json(await auth.jwks())
    })
    .all(only('GET, HEAD'))

  router
    .route(['/.well-known/smart-configuration', '/fhir/.well-known/smart-configuration'])
    .get((_request, response) => {
      response.json(auth.smartConfiguration())
    })
    .all(only('GET, HEAD'))

  return router
}
