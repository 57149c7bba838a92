import type { Request, Response } from 'express'
import { isSameOrigin } from '../../auth/people/cross-site.ts'
import type { People } from '../../auth/people/people.ts'
import { isCsrf, type Session } from '../../auth/people/sessions.ts'
import { problem } from '../../fhir/outcome.ts'
import { documentOf, type Page, policyOf } from './layout.ts'

/** What a route of these pages answers: a page, or where the browser is to go. */
export type PageAnswer = Readonly<
  ({ page: Page; status?: number; location?: never } | { location: string; page?: never }) & {
    cookies?: readonly string[]
  }
>

/** Headers of every answer: nothing of it is kept, shown in a frame, or told to the next site. */
export const send = (response: Response, answer: PageAnswer): void => {
  response.set({
    'Cache-Control': 'no-store',
    'X-Frame-Options': 'DENY',
    // With `no-referrer` a browser would not say where a form was sent from.
    'Referrer-Policy': 'same-origin',
  })
  for (const cookie of answer.cookies ?? []) response.append('Set-Cookie', cookie)
  if (answer.page === undefined) {
    response.status(303).set('Location', answer.location).end()
    return
  }
  response
    .status(answer.status ?? 200)
    .set('Content-Security-Policy', policyOf(answer.page))
    .type('html')
    .send(documentOf(answer.page))
}

/** A field of a form that was sent once; empty where it was not. */
export const field = (request: Request, name: string): string => {
  const value: unknown = (request.body as Record<string, unknown> | undefined)?.[name]
  return typeof value === 'string' ? value : ''
}

export const sessionOf = (people: People, request: Request): Promise<Session | undefined> =>
  people.sessions.find(people.cookies.session.read(request.headers.cookie))

/**
 * The session of whoever sent a form that changes something: from a page of ours, with what only such a page knows. Throws a Problem `forbidden`
 * otherwise, always in the same words.
 */
export const sessionOfForm = async (people: People, request: Request, base: string): Promise<Session> => {
  const session = await sessionOf(people, request)
  if (session !== undefined && isSameOrigin(request.headers, base) && isCsrf(session, field(request, 'csrf')))
    return session
  throw problem(
    'forbidden',
    'cross-site',
    'You are not signed in any more, or this form was not sent from a page of KeyPlan. Open your page and try again.',
  )
}
