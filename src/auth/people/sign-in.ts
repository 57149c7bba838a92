import { Problem, problem } from '../../fhir/outcome.ts'
import type { Log } from '../../log.ts'
import type { PeopleStore } from '../../store/access/people.ts'
import { type NoteSignIn, noteRefusal } from '../note.ts'
import type { Identity } from './identity.ts'
import { personOf } from './person.ts'
import type { Provider } from './provider.ts'
import { hashed, isSecret, newSecret } from './secret.ts'
import { OWN_PAGES, type Sessions } from './sessions.ts'

/** How long somebody may take at the provider. */
export const SIGN_IN_SECONDS = 600

export type SignIn = Readonly<{
  /** Where to send the browser, and the secret that it must show when it comes back. `returnTo` is a path of ours. */
  begin(returnTo: string): Promise<Readonly<{ location: string; browser: string }>>
  /** Ends a sign-in that this browser began: the secret of the new session, and where the person wanted to go. Throws a Problem. */
  finish(
    returned: URL,
    browser: string | undefined,
    before: string | undefined,
  ): Promise<Readonly<{ session: string; returnTo: string }>>
}>

/**
 * The path itself, if it is one of ours; otherwise the page about oneself: a sign-in must not end at an address that somebody else chose.
 * Browsers read a backslash as a slash, and `//` as another host.
 */
export const ownPath = (path: unknown): string =>
  typeof path === 'string' && /^\/(?![/\\])[\x21-\x5b\x5d-\x7e]{0,4000}$/.test(path) ? path : '/me'

const notBegun = () =>
  problem(
    'forbidden',
    'sign-in-not-begun',
    'This browser has not begun the sign-in that it came back from, or began it too long ago. Begin again from the sign-in page.',
  )

export const createSignIn = (options: {
  identity: Identity
  provider: Provider
  sessions: Sessions
  store: PeopleStore['signIns']
  note: NoteSignIn
  log: Pick<Log, 'error'>
  /** Milliseconds since 1970. */
  now: () => number
}): SignIn => {
  const { identity, provider, sessions, store, note, log, now } = options
  const finish: SignIn['finish'] = async (returned, browser, before) => {
    const state = returned.searchParams.get('state')
    if (!isSecret(state) || !isSecret(browser)) throw notBegun()
    const pending = await store.take({ state: hashed(state), browser: hashed(browser) }, new Date(now()))
    if (pending === undefined) throw notBegun()
    const { nonce, verifier, returnTo } = pending
    const { claims, idToken } = await provider.finish(returned, { state, nonce, verifier })
    const person = personOf(identity, claims)
    return { session: await sessions.begin(person, idToken, before), returnTo }
  }
  return {
    begin: async (returnTo) => {
      const [state, browser, nonce, verifier] = [newSecret(), newSecret(), newSecret(), newSecret()]
      const location = await provider.authorizationUrl({ state, nonce, verifier })
      const at = now()
      await store.begin(
        { state: hashed(state), browser: hashed(browser) },
        { nonce, verifier, returnTo: ownPath(returnTo) },
        new Date(at),
        new Date(at + SIGN_IN_SECONDS * 1_000),
      )
      return { location: location.href, browser }
    },
    finish: async (returned, browser, before) => {
      try {
        return await finish(returned, browser, before)
      } catch (error) {
        // A provider that cannot be asked has refused nobody.
        if (error instanceof Problem && error.kind !== 'unavailable')
          await noteRefusal(note, log, {
            interaction: 'sign-in',
            caller: OWN_PAGES,
            refused: error.issues[0]?.key ?? error.kind,
          })
        throw error
      }
    },
  }
}
