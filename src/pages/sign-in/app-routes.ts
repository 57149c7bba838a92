import type { Request } from 'express'
import type { App } from '../../auth/people/apps.ts'
import { type AuthorizationRequest, denial } from '../../auth/people/authorization-request.ts'
import type { People } from '../../auth/people/people.ts'
import { callerAtPages, type Session } from '../../auth/people/sessions.ts'
import { Problem, problem } from '../../fhir/outcome.ts'
import type { Records } from '../../records/door.ts'
import { field, type PageAnswer, sessionOf, sessionOfForm } from './answer.ts'
import { fhirUserOf } from './fhir-user.ts'
import { type Asked, findPatients, patientOf } from './patients.ts'
import { choosePage, consentPage } from './views.ts'

const askedOf = (request: Request): Asked => ({
  number: field(request, 'number'),
  name: field(request, 'name'),
  birthDate: field(request, 'birthDate'),
})

/** Opening apps, and asking people what apps may do (SMART App Launch 2.2). */
export const appRoutes = (people: People, records: Pick<Records, 'read' | 'search' | 'transact'>, base: string) => {
  /** The page to choose a person on, with what a search found. */
  const found = async (
    session: Session,
    request: Request,
    to: Readonly<{
      title: string
      action: string
      fields: Readonly<Record<string, string>>
      leadsTo?: readonly string[]
    }>,
  ): Promise<PageAnswer> => {
    const { title, leadsTo, ...choosing } = to
    const asked = askedOf(request)
    try {
      const patients = await findPatients(records, callerAtPages(session), asked)
      return { page: choosePage(title, { ...choosing, asked, found: patients }, leadsTo) }
    } catch (error) {
      if (!(error instanceof Problem) || error.kind !== 'bad-request') throw error
      return {
        page: choosePage(title, { ...choosing, asked, wrong: error.issues[0]?.text ?? '' }, leadsTo),
        status: 400,
      }
    }
  }

  const launchedApp = (request: Request): App & { launchUri: string } => {
    const app = people.apps.get(String(request.params['app']))
    if (app?.launchUri === undefined)
      throw problem('not-found', 'app-unknown', 'There is no app of this name that can be opened from here.')
    return { ...app, launchUri: app.launchUri }
  }
  const launching = (app: App & { launchUri: string }, { csrf }: Session) => ({
    title: `${app.name}: for whom?`,
    action: `${base}/launch/${app.clientId}`,
    fields: { csrf },
    leadsTo: [app.launchUri],
  })

  const choosing = (asked: AuthorizationRequest, { csrf }: Session, parameters: string) => ({
    title: `${asked.app.name}: for whom?`,
    action: `${base}/auth/consent`,
    fields: { csrf, request: parameters },
  })

  /** What comes next of a request that stands: a choice of a person, or the question itself. */
  const ask = async (session: Session, asked: AuthorizationRequest, parameters: string): Promise<PageAnswer> => {
    if (asked.launch === undefined && asked.needsPatient) {
      // Of patients there is nothing to choose: it is themself.
      const { ownRecord } = session.person
      if (ownRecord !== undefined) return consent(session, asked, parameters, ownRecord)
      const { title, ...to } = choosing(asked, session, parameters)
      return { page: choosePage(title, to) }
    }
    const patient = asked.launch === undefined ? undefined : await people.grants.launchedFor(session, asked)
    return consent(session, asked, parameters, patient)
  }

  const consent = async (
    session: Session,
    asked: AuthorizationRequest,
    parameters: string,
    patient: string | undefined,
  ): Promise<PageAnswer> => {
    const shown = patient === undefined ? undefined : await patientOf(records, callerAtPages(session), patient)
    return { page: consentPage(base, session, asked, shown, parameters) }
  }

  const allow = async (session: Session, asked: AuthorizationRequest, chosen: string): Promise<PageAnswer> => {
    const patient = asked.needsPatient && asked.launch === undefined ? chosen : undefined
    // What a form says can be anything: it has to be somebody whom this person may see.
    if (patient !== undefined) await patientOf(records, callerAtPages(session), patient)
    const fhirUser = asked.scopes.includes('fhirUser') ? await fhirUserOf(records, session.person) : undefined
    return { location: await people.grants.allow(session, asked, { patient, fhirUser }) }
  }

  return {
    /** A search for the person for whom an app is to be opened. */
    launchForm: async (request: Request): Promise<PageAnswer> => {
      const app = launchedApp(request)
      const session = await sessionOf(people, request)
      if (session === undefined) return { location: `${base}/sign-in?return_to=/launch/${app.clientId}` }
      const { title, leadsTo, ...to } = launching(app, session)
      return { page: choosePage(title, to, leadsTo) }
    },

    /** Opens an app for the person who was chosen (EHR launch). */
    launch: async (request: Request): Promise<PageAnswer> => {
      const app = launchedApp(request)
      const session = await sessionOfForm(people, request, base)
      if (field(request, 'action') !== 'choose') return found(session, request, launching(app, session))
      const patient = await patientOf(records, callerAtPages(session), field(request, 'patient'))
      return { location: await people.grants.launch(session, app, patient.id) }
    },

    /** The authorization endpoint: checks what an app asks, has the person sign in, and asks them. */
    authorize: async (request: Request): Promise<PageAnswer> => {
      const { searchParams: parameters } = new URL(request.originalUrl, 'http://localhost')
      const read = people.readRequest(parameters)
      if (read.refused !== undefined) return { location: read.refused }
      const session = await sessionOf(people, request)
      if (session !== undefined) return ask(session, read.request, parameters.toString())
      const returnTo = new URLSearchParams({ return_to: `/auth/authorize?${parameters}` })
      return { location: `${base}/sign-in?${returnTo}` }
    },

    /** The same by POST. From another site it comes without the session's cookie, so the browser comes again by itself. */
    authorizeByPost: async (request: Request): Promise<PageAnswer> => {
      const body: unknown = request.body
      return { location: `${base}/auth/authorize?${typeof body === 'string' ? new URLSearchParams(body) : ''}` }
    },

    /** What the person did on the page that asks: looked for somebody, chose, allowed or refused. */
    consent: async (request: Request): Promise<PageAnswer> => {
      const session = await sessionOfForm(people, request, base)
      const parameters = field(request, 'request')
      const read = people.readRequest(new URLSearchParams(parameters))
      if (read.refused !== undefined) return { location: read.refused }
      const patient = field(request, 'patient')
      switch (field(request, 'action')) {
        case 'find':
          return found(session, request, choosing(read.request, session, parameters))
        case 'choose':
          return consent(session, read.request, parameters, patient)
        case 'allow':
          return allow(session, read.request, patient)
        case 'deny':
          return { location: denial(read.request, base) }
        default:
          throw problem('bad-request', 'form-unknown', 'This form was not sent whole. Begin again in the app.')
      }
    },
  }
}
