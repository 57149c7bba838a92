import { problem } from '../../fhir/outcome.ts'
import type { PeopleStore } from '../../store/access/people.ts'
import type { App } from './apps.ts'
import { type AuthorizationRequest, answerTo } from './authorization-request.ts'
import { hashed, isSecret, newSecret } from './secret.ts'
import type { Session } from './sessions.ts'

/** RFC 6749 section 4.1.2 allows ten minutes; an app asks at once. */
const CODE_SECONDS = 60
const LAUNCH_SECONDS = 300
/** As long as that of a system. */
export const APP_TOKEN_SECONDS = 300

/** What people let apps do. */
export type Grants = Readonly<{
  /** Where to send the browser so that this app opens for this patient (SMART App Launch 2.2, "Launch App: EHR Launch"). */
  launch(session: Session, app: App, patient: string): Promise<string>
  /** The patient for whom this session launched the app that asks. Throws a Problem where it is not this session's launch, used, or too old. */
  launchedFor(session: Session, request: AuthorizationRequest): Promise<string>
  /**
   * Gives the app its code: where to send the browser. `patient` is the one whom the person chose, where the app did not come from a launch;
   * `fhirUser` the Practitioner that stands for the person, where the app is to know.
   */
  allow(
    session: Session,
    request: AuthorizationRequest,
    about: Readonly<{ patient: string | undefined; fhirUser: string | undefined }>,
  ): Promise<string>
}>

const notLaunched = () =>
  problem(
    'forbidden',
    'launch-unknown',
    'The app was not opened from here for a person, or too long ago, or it has asked already. Open it again from your page.',
  )

export const createGrants = (options: {
  store: Pick<PeopleStore, 'launches' | 'grants'>
  baseUrl: () => string
  /** Milliseconds since 1970. */
  now: () => number
}): Grants => {
  const { store, baseUrl, now } = options
  const launchOf = async (
    session: Session,
    { launch, app }: AuthorizationRequest,
    look: PeopleStore['launches']['find'],
  ): Promise<string> => {
    const patient = isSecret(launch)
      ? await look(hashed(launch), session.key, app.clientId, new Date(now()))
      : undefined
    if (patient === undefined) throw notLaunched()
    return patient
  }
  return {
    launch: async (session, app, patient) => {
      if (app.launchUri === undefined)
        throw problem('bad-request', 'app-not-launched', `${app.name} cannot be opened from here.`)
      const launch = newSecret()
      const at = now()
      await store.launches.begin(
        hashed(launch),
        { session: session.key, client: app.clientId, patient },
        new Date(at),
        new Date(at + LAUNCH_SECONDS * 1_000),
      )
      const location = new URL(app.launchUri)
      location.searchParams.append('iss', `${baseUrl()}/fhir`)
      location.searchParams.append('launch', launch)
      return location.href
    },

    launchedFor: (session, request) => launchOf(session, request, store.launches.find),

    allow: async (session, request, { patient: chosen, fhirUser }) => {
      const patient = request.launch === undefined ? chosen : await launchOf(session, request, store.launches.take)
      if (request.needsPatient && patient === undefined)
        throw problem('bad-request', 'patient-missing', 'The app asks for one person: choose whom.')
      const code = newSecret()
      const at = now()
      const codeEnds = at + CODE_SECONDS * 1_000
      const isBegun = await store.grants.begin(
        hashed(code),
        session.key,
        {
          client: request.app.clientId,
          redirectUri: request.redirectUri,
          challenge: request.challenge,
          scope: request.scopes.join(' '),
          patient: patient ?? null,
          nonce: request.nonce ?? null,
          fhirUser: fhirUser ?? null,
        },
        new Date(at),
        { codeEnds: new Date(codeEnds), ends: new Date(codeEnds + APP_TOKEN_SECONDS * 1_000) },
      )
      if (!isBegun) throw problem('forbidden', 'session-over', 'You have been signed out. Sign in again.')
      return answerTo(request, baseUrl(), { code })
    },
  }
}
