import { type RequestHandler, type Response, Router } from 'express'
import { loadPackage } from '../../definitions/package.ts'
import { packageArchive, packageFileName, schemaOf } from '../../definitions/packages/pack.ts'
import { definitionPage, examplePage } from './definitions.ts'
import { homePage } from './home.ts'
import { GUIDE_POLICY } from './layout.ts'
import type { Definition } from './library.ts'
import { sayingPage } from './say.ts'

const send = (response: Response, html: string): void => {
  response.set('Content-Security-Policy', GUIDE_POLICY).type('html').send(html)
}

/** An hour: it changes with a release of the service, and never otherwise. */
const KEPT = 'public, max-age=3600'

const home: RequestHandler = ({ query }, response) => {
  const { q } = query
  send(response, homePage(typeof q === 'string' ? q.trim().slice(0, 200) : ''))
}

let packed: Promise<Buffer> | undefined

const archive: RequestHandler = async (_request, response) => {
  packed ??= packageArchive()
  response
    .set({
      'Cache-Control': KEPT,
      'Content-Type': 'application/gzip',
      'Content-Disposition': `attachment; filename="${await packageFileName()}"`,
    })
    .send(await packed)
}

/** Every page is the same until the service is started anew. */
const pages = new Map<string, string>()
const schemas = new Map<string, string>()

const remembered = (known: Map<string, string>, key: string, make: () => string | undefined): string | undefined => {
  const found = known.get(key) ?? make()
  if (found !== undefined) known.set(key, found)
  return found
}

const schema: RequestHandler = ({ params }, response, next) => {
  const name = String(params['name'])
  const found = remembered(schemas, name, () => {
    const made = schemaOf(name)
    return made === undefined ? undefined : JSON.stringify(made)
  })
  if (found === undefined) return next()
  response.set('Cache-Control', KEPT).type('application/schema+json').send(found)
}

const pageOf = (type: string, name: string): string | undefined => {
  if (type === 'say') return sayingPage(name)
  if (type === 'example') return examplePage(name)
  const found = loadPackage().resource(type, name) as unknown as Definition | undefined
  return found === undefined ? undefined : definitionPage(found)
}

const definition: RequestHandler = ({ params }, response, next) => {
  const found = loadPackage().resource(String(params['type']), String(params['name']))
  if (found === undefined) return next()
  response.set('Cache-Control', KEPT).json(found)
}

const page: RequestHandler = ({ params }, response, next) => {
  const [type, name] = [String(params['type']), String(params['name'])]
  const found = remembered(pages, `${type}/${name}`, () => pageOf(type, name))
  if (found === undefined) return next()
  send(response, found)
}

/** `/guide`: what a plan looks like, to read and to load. Needs no token, and shows no record. */
export const guideRouter = (): Router => {
  const router = Router()
  router.get('/guide', home)
  router.get('/guide/package.tgz', archive)
  router.get('/guide/schema/:name.schema.json', schema)
  router.get('/guide/:type/:name.json', definition)
  router.get('/guide/:type/:name', page)
  return router
}
