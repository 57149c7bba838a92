import { type Request, type Response, Router, raw } from 'express'
import { Problem } from '../../fhir/outcome.ts'
import { EXAMPLES } from './examples.ts'
import { type Asked, type Choice, VALIDATE_PAGE_POLICY, validatePage } from './page.ts'
import type { Checked } from './result.ts'

/** Bytes of what the page may be sent: enough for any single resource. */
const MOST_BYTES = 1_000_000

export type ValidatePageOptions = Readonly<{
  /** Profiles to choose from. */
  profiles: () => readonly Choice[]
  /** What is found in a text; throws a Problem while too much is asked. */
  check: (asked: Asked) => Promise<Checked>
}>

/** The page `/validate`, for whoever comes by: it needs nobody's data, stores nothing, and what it may be sent is bounded. */
export const validateRouter = ({ profiles, check }: ValidatePageOptions): Router => {
  const router = Router()
  const show = (response: Response, status: number, asked?: Asked, result?: Checked | { refused: string }): void => {
    response
      .status(status)
      .set('Content-Security-Policy', VALIDATE_PAGE_POLICY)
      .set('Cache-Control', 'no-store')
      .type('html')
      .send(validatePage(profiles(), asked, result))
  }

  router.get('/validate', (_request, response) => show(response, 200))
  router.post('/validate', raw({ type: 'multipart/form-data', limit: MOST_BYTES }), async (request, response) => {
    const asked = await askedBy(request)
    try {
      if (asked === undefined || asked.text.trim() === '')
        show(response, 400, asked ?? NOTHING, {
          refused: 'There is nothing to check. Paste a resource, or choose a file.',
        })
      else show(response, 200, asked, await check({ ...asked, profile: addressOf(asked.profile, profiles()) }))
    } catch (error) {
      if (!(error instanceof Problem)) throw error
      response.set(error.headers)
      show(response, error.status, asked ?? NOTHING, { refused: error.message })
    }
  })
  router.use(
    '/validate',
    (error: { type?: string }, _request: Request, response: Response, next: (error: unknown) => void) => {
      if (error.type !== 'entity.too.large') next(error)
      else
        show(response, 413, NOTHING, {
          refused: 'This is larger than 1 MB. Use POST fhir/$validate or keyplan validate for it.',
        })
    },
  )
  return router
}

/** The address of a profile that may have been called by its title. */
const addressOf = (profile: string, known: readonly Choice[]): string =>
  known.find(({ title }) => title.toLowerCase() === profile.toLowerCase())?.url ?? profile

/** Characters of an address that are read. */
const LONGEST_PROFILE = 500

const NOTHING: Asked = { text: '', profile: '' }

/** What the form holds, the file in place of the text where one was chosen; undefined where it is no such form. */
const askedBy = async (request: Request): Promise<Asked | undefined> => {
  const { body } = request as { body?: unknown }
  if (!Buffer.isBuffer(body)) return undefined
  try {
    const form = await new globalThis.Response(body, {
      headers: { 'Content-Type': request.headers['content-type'] ?? '' },
    }).formData()
    const example = Object.entries(EXAMPLES).find(([name]) => name === form.get('example'))
    if (example !== undefined) return example[1]()
    const file = form.get('file')
    const text = form.get('text')
    const profile = form.get('profile')
    const isChosen = typeof file === 'object' && file !== null && file.size > 0
    return {
      text: isChosen ? await file.text() : typeof text === 'string' ? text : '',
      profile: typeof profile === 'string' ? profile.trim().slice(0, LONGEST_PROFILE) : '',
    }
  } catch {
    return undefined
  }
}
