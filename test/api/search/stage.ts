import { readFileSync } from 'node:fs'
import type { Bundle, FhirResource } from 'fhir/r4.js'
import { person } from '../../support/people.ts'
import { type Answer, type FhirRequest, startService, type TestService } from '../../support/service.ts'

export const read = <Content>(name: string): Content =>
  JSON.parse(readFileSync(new URL(name, import.meta.url), 'utf8')) as Content

/** Stores resources under the ids that they have, all or none. */
export const storeAll = (
  gp: FhirRequest,
  resources: readonly Readonly<{ resourceType: string; id?: string | undefined }>[],
): Promise<Answer<Bundle>> =>
  gp<Bundle>('POST', '', {
    resourceType: 'Bundle',
    type: 'transaction',
    entry: resources.map((resource) => ({
      resource,
      request: { method: 'PUT', url: `${resource.resourceType}/${resource.id}` },
    })),
  })

/** A service that holds two persons, p-one and p-two, and the resources of `records.json`. */
export const startStage = async (): Promise<Readonly<{ service: TestService; gp: FhirRequest }>> => {
  const service = await startService()
  const gp = await service.fhir('gp-practice')
  const stored = [
    patient('p-one', 'margaret', 'one'),
    patient('p-two', 'wales', 'two'),
    ...read<readonly FhirResource[]>('records.json'),
  ]
  const { status, text } = await storeAll(gp, stored)
  if (status !== 200) {
    await service.stop()
    throw new Error(`The records were not stored: ${status} ${text}`)
  }
  return { service, gp }
}

const patient = (id: string, name: string, value: string): FhirResource => {
  const { patient: found } = person(name)
  return { ...found, id, identifier: [...(found.identifier ?? []), { system: 'urn:test', value }] }
}

/** The ids of the resources of a page with this `search.mode`, in their order. */
export const idsOf = ({ entry = [] }: Bundle, mode = 'match'): string[] =>
  entry.filter(({ search }) => search?.mode === mode).map(({ resource }) => resource?.id ?? '')

/** What follows the base in the link of a page. */
export const linkOf = ({ link = [] }: Bundle, relation: string): string | undefined => {
  const url = link.find((one) => one.relation === relation)?.url
  return url === undefined ? undefined : url.slice(url.indexOf('/fhir') + '/fhir'.length)
}

/** Every page from this one on, by its next links. */
export const pagesFrom = async (
  gp: FhirRequest,
  path: string,
  between: () => Promise<void> = async () => {},
): Promise<Bundle[]> => {
  const pages: Bundle[] = []
  for (let next: string | undefined = path; next !== undefined; next = linkOf(pages.at(-1) as Bundle, 'next')) {
    const { status, body, text }: { status: number; body: Bundle; text: string } = await gp<Bundle>('GET', next)
    if (status !== 200) throw new Error(`A page was not answered: ${status} ${text}`)
    pages.push(body)
    await between()
  }
  return pages
}
