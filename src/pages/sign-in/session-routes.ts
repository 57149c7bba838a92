import type { Request } from 'express'
import { CALLBACK, type People } from '../../auth/people/people.ts'
import { SIGN_IN_SECONDS } from '../../auth/people/sign-in.ts'
import { type PageAnswer, sessionOf, sessionOfForm } from './answer.ts'
import { mePage, signedOutPage, signingOutPage } from './views.ts'

/** Signing in, the page about oneself, and signing out. */
export const sessionRoutes = (people: People, base: string) => {
  const { cookies, provider } = people
  return {
    /** Sends the browser to the provider. */
    begin: async (request: Request): Promise<PageAnswer> => {
      const { location, browser } = await people.signIn.begin(String(request.query['return_to'] ?? ''))
      return { location, cookies: [cookies.signIn.set(browser, SIGN_IN_SECONDS)] }
    },

    /** The browser comes back from the provider. */
    finish: async (request: Request): Promise<PageAnswer> => {
      const { search } = new URL(request.originalUrl, 'http://localhost')
      const { session, returnTo } = await people.signIn.finish(
        new URL(`${base}${CALLBACK}${search}`),
        cookies.signIn.read(request.headers.cookie),
        cookies.session.read(request.headers.cookie),
      )
      return { location: `${base}${returnTo}`, cookies: [cookies.session.set(session), cookies.signIn.clear()] }
    },

    me: async (request: Request): Promise<PageAnswer> => {
      const session = await sessionOf(people, request)
      if (session === undefined) return { page: signedOutPage(base, provider.name) }
      const launched = [...people.apps.values()].filter(({ launchUri }) => launchUri !== undefined)
      return { page: mePage(base, session, launched) }
    },

    /** Ends the session here in any case, and then at the provider where that can be. */
    end: async (request: Request): Promise<PageAnswer> => {
      const session = await sessionOfForm(people, request, base)
      const idToken = await people.sessions.end(session)
      const elsewhere = idToken === undefined ? undefined : await provider.endSessionUrl(idToken).catch(() => undefined)
      const page =
        elsewhere === undefined ? signedOutPage(base, provider.name) : signingOutPage(provider.name, elsewhere.href)
      return { page, cookies: [cookies.session.clear()] }
    },

    ended: async (): Promise<PageAnswer> => ({ page: signedOutPage(base, provider.name) }),
  }
}
