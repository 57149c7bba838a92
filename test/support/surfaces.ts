import type { Bundle, Identifier } from 'fhir/r4.js'
import { SYSTEM } from '../../src/plan/codes.ts'
import { question } from './people.ts'
import type { FhirRequest } from './service.ts'

/** A token holds for five minutes: on a slow machine another is asked for before that. */
const FRESH_MS = 120_000

/** Requests of somebody who signs in anew (`open`) before their token is over. */
export const lasting = (open: () => Promise<FhirRequest>): FhirRequest => {
  let opened: Readonly<{ ask: FhirRequest; at: number }> | undefined
  return async (...request) => {
    if (opened === undefined || Date.now() - opened.at > FRESH_MS) opened = { ask: await open(), at: Date.now() }
    return opened.ask(...request)
  }
}

export type Surface = Readonly<{ method: string; path: string; body?: object; accept?: string }>

const got = (path: string, accept?: string): Surface => ({
  method: 'GET',
  path,
  ...(accept === undefined ? {} : { accept }),
})
const posted = (path: string, body: object): Surface => ({ method: 'POST', path, body })

/** Every way of asking for something of a person, or of all: `everybody` sees all that is stored of them. `plan`: id of the plan in force. */
export const surfacesOf = async (
  everybody: FhirRequest,
  { patient, plan, identifier }: Readonly<{ patient: string; plan: string; identifier: Identifier | undefined }>,
): Promise<readonly Surface[]> => {
  const { body } = await everybody<Bundle>('GET', `/Patient/${patient}/$everything`)
  const keys = (body.entry ?? []).flatMap(({ resource }) =>
    resource === undefined || resource.resourceType === 'OperationOutcome'
      ? []
      : `${resource.resourceType}/${resource.id}`,
  )
  const types = [...new Set(keys.map((key) => key.split('/')[0] as string))]
  return [
    ...keys.flatMap((key) => [got(`/${key}`), got(`/${key}/_history`)]),
    ...types.flatMap((type) => [
      got(`/${type}?_count=100&_include=*&_revinclude=*`),
      got(`/${type}/_history?_count=100`),
    ]),
    got(`/Patient?_has:Consent:patient:category=${SYSTEM.consentCategoryHl7}|dnr`),
    got(`/Patient/${patient}/Consent`),
    got(`/Patient/${patient}/$everything`),
    posted(`/Patient/${patient}/$everything`, { resourceType: 'Parameters' }),
    got(`/Patient/${patient}/$key-information-summary`),
    got(`/Patient/${patient}/$key-information-summary`, 'text/html'),
    got(`/Patient/${patient}/$respect-document`),
    got(`/Patient/${patient}/$respect-document`, 'text/html'),
    got(`/Patient/${patient}/$plan-conflicts`),
    got(`/Patient/${patient}/$explain-access`),
    got(`/Patient/${patient}/$sharing-status`),
    posted('/Patient/$emergency-view', question(identifier)),
    got(`/Composition/${patient}/$document`),
    got(`/Composition/${plan}/$document`),
    got(`/CarePlan/${plan}/$timeline`),
    got(`/CarePlan/${plan}/$completeness`),
    posted('', {
      resourceType: 'Bundle',
      type: 'batch',
      entry: keys.map((url) => ({ request: { method: 'GET', url } })),
    }),
  ]
}

/** What came back, by what was asked. Throws where something was not answered for another reason than that it may not be seen. */
export const answersOf = async (
  ask: FhirRequest,
  surfaces: readonly Surface[],
): Promise<ReadonlyMap<string, string>> => {
  const answers = new Map<string, string>()
  for (const { method, path, body, accept } of surfaces) {
    const { status, text } = await ask(method, path, body, accept === undefined ? {} : { Accept: accept })
    const asked = `${method} ${path} ${accept ?? ''}`
    if (![200, 403, 404].includes(status)) throw new Error(`${asked}: ${status} ${text}`)
    answers.set(asked, text)
  }
  return answers
}
