import type { RequestListener } from 'node:http'
import express, { type ErrorRequestHandler, type RequestHandler } from 'express'
import helmet from 'helmet'
import { isFhirTarget } from './api/handler.ts'
import { checkForPage } from './api/validating/for-page.ts'
import { isLoopback } from './config.ts'
import { operationOutcome, problem } from './fhir/outcome.ts'
import { contractOf, contractText } from './pages/contract/document.ts'
import { CONTRACT_PAGE_POLICY, contractPage } from './pages/contract/page.ts'
import { guideRouter } from './pages/guide/router.ts'
import { HOME_POLICY, homePage } from './pages/home/page.ts'
import { validateRouter } from './pages/validate/router.ts'
import type { Services } from './services.ts'

/**
 * The whole service as one request listener. Everything under /fhir is answered ahead of Express, which would cost half of what an
 * emergency view takes (docs/decisions); the rest comes in the order in which it stands here.
 */
export const createApp = (services: Services): RequestListener => {
  const { fhir, auth, people } = services
  const app = express()
  app.disable('x-powered-by')
  app.disable('etag')
  app.use(observe(services))
  app.use(
    helmet({
      contentSecurityPolicy: {
        useDefaults: false,
        directives: { defaultSrc: ["'none'"], styleSrc: ["'unsafe-inline'"] },
      },
    }),
  )
  app.use(auth.router)
  if (people !== undefined) app.use(people.router)
  app.get('/health/live', live)
  app.get('/health/ready', ready(services))
  if (metricsAreHere(services)) app.get('/metrics', metrics(services))
  app.get('/openapi.yaml', openapiYaml)
  app.get('/openapi.json', openapiJson(services))
  app.get('/docs', docs(services))
  app.use(guideRouter())
  app.use(validateRouter(checkForPage(services.validating, services.config.packages)))
  app.get('/', home(services))
  app.use(notFound)
  app.use(failed(services))

  return (request, response) => {
    // RFC 9112 section 9.6: a connection that will not be kept is announced, so that its client opens a new one elsewhere.
    if (services.draining()) response.setHeader('Connection', 'close')
    if (isFhirTarget(request.url ?? '')) fhir(request, response)
    else app(request, response)
  }
}

/** Figures say much about a service: they share its port only where no other machine can ask. */
const metricsAreHere = ({ config }: Services): boolean => config.metricsPort === undefined && isLoopback(config.host)

/** The listener of METRICS_PORT. */
export const createMetricsApp = (services: Services): RequestListener => {
  const app = express()
  app.disable('x-powered-by')
  app.get('/metrics', metrics(services))
  app.use(notFound)
  app.use(failed(services))
  return app
}

const observe =
  ({ metrics }: Services): RequestHandler =>
  (request, response, next) => {
    const started = performance.now()
    response.once('close', () => {
      const path: unknown = request.route?.path
      const route = typeof path === 'string' ? path : Array.isArray(path) ? String(path[0]) : 'none'
      metrics.observeRequest({
        route,
        method: request.method,
        status: response.statusCode,
        seconds: (performance.now() - started) / 1_000,
      })
    })
    next()
  }

const live: RequestHandler = (_request, response) => {
  response.set('Cache-Control', 'no-store').json({ status: 'live' })
}

const ready =
  (services: Services): RequestHandler =>
  async (_request, response) => {
    const isReady = await services.ready()
    response
      .status(isReady ? 200 : 503)
      .set('Cache-Control', 'no-store')
      .json({ status: isReady ? 'ready' : 'not-ready' })
  }

const metrics =
  ({ metrics: all }: Services): RequestHandler =>
  async (_request, response) => {
    response
      .set('Content-Type', all.contentType)
      .set('Cache-Control', 'no-store')
      .end(await all.text())
  }

const openapiYaml: RequestHandler = (_request, response) => {
  response.type('application/yaml').send(contractText())
}

const openapiJson =
  ({ baseUrl }: Services): RequestHandler =>
  (_request, response) => {
    response.json(contractOf(baseUrl))
  }

const docs = ({ baseUrl }: Services): RequestHandler => {
  let page: string | undefined
  return (_request, response) => {
    page ??= contractPage(contractOf(baseUrl))
    response.set('Content-Security-Policy', CONTRACT_PAGE_POLICY).type('html').send(page)
  }
}

const home = (services: Services): RequestHandler => {
  const { baseUrl, people } = services
  const page = homePage({ baseUrl, people: people !== undefined, metrics: metricsAreHere(services) })
  return (_request, response) => {
    response.set('Content-Security-Policy', HOME_POLICY).type('html').send(page)
  }
}

const notFound: RequestHandler = (_request, response) => {
  const { issues } = problem(
    'not-found',
    'unknown-path',
    'There is nothing at this address. FHIR resources are below /fhir; the page / lists what else there is.',
  )
  response
    .status(404)
    .type('application/fhir+json')
    .send(JSON.stringify(operationOutcome(issues)))
}

/** What nobody foresaw: the cause goes to the log, the caller learns only that it failed. */
const failed =
  ({ log }: Services): ErrorRequestHandler =>
  (error: unknown, request, response, next) => {
    if (response.headersSent) return next(error)
    const status = clientStatus(error)
    if (status === undefined)
      log.error({ err: error, route: request.route?.path }, 'A request failed for a reason that nobody foresaw')
    const { issues } =
      status === undefined
        ? problem('internal', 'internal', 'Something failed inside KeyPlan. Try again, and report it if it stays.')
        : problem(
            'bad-request',
            'bad-request',
            'The request could not be understood. Check its address, headers and body.',
          )
    response
      .status(status ?? 500)
      .type('application/fhir+json')
      .send(JSON.stringify(operationOutcome(issues)))
  }

/** The status of an error that Express or a body parser blames on the request, e.g. a broken percent escape. */
const clientStatus = (error: unknown): number | undefined => {
  const status: unknown = typeof error === 'object' && error !== null && 'status' in error ? error.status : undefined
  return typeof status === 'number' && status >= 400 && status < 500 ? status : undefined
}
