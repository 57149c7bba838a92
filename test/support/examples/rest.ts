import type { Bundle, FhirResource } from 'fhir/r4.js'
import type { Registered, Story } from './story.ts'

/** Search, conditional create, patch, history, XML. */
export const showRest = async ({ write, show }: Story, margaret: Registered): Promise<void> => {
  write(
    '## REST',
    '',
    'Searches, changes and versions are those of FHIR. Here the plan in force comes with the person and with those who signed it.',
  )
  await show(200, {
    as: 'ambulance',
    path: `/CarePlan?patient=${margaret.id}&status=active&_include=CarePlan:subject&_revinclude=Provenance:target`,
    pick: ((body: Bundle<FhirResource>) =>
      body.entry?.map(({ resource, search }) => ({
        resource: `${resource?.resourceType}/${resource?.id}`,
        search: search?.mode,
      }))) as never,
  })
  write('A create that may be sent twice: the second time nothing is created, and the answer is what there is.')
  const wish = {
    as: 'gp-practice',
    path: '/Goal',
    headers: { 'If-None-Exist': 'identifier=https://example.org/wishes|garden' },
    body: {
      resourceType: 'Goal',
      identifier: [{ system: 'https://example.org/wishes', value: 'garden' }],
      lifecycleStatus: 'proposed',
      description: { text: 'To sit in the garden' },
      subject: { reference: `Patient/${margaret.id}` },
    },
    pick: (({ id, meta }: FhirResource) => ({ id, versionId: meta?.versionId })) as never,
  } as const
  const { id: wishId } = await show(201, wish)
  await show(200, wish)
  write(
    'A patch, as JSON Patch or FHIRPath Patch, of the version that was read; with `If-Match` no change of another is lost.',
  )
  await show(200, {
    as: 'gp-practice',
    method: 'PATCH',
    path: `/Goal/${wishId}`,
    headers: { 'Content-Type': 'application/json-patch+json', 'If-Match': 'W/"1"' },
    body: [{ op: 'replace', path: '/description/text', value: 'To sit in the garden with her sister' }],
    pick: (({ meta, description }: { meta: { versionId: string }; description: unknown }) => ({
      versionId: meta.versionId,
      description,
    })) as never,
  })
  await show(200, {
    as: 'gp-practice',
    path: `/Goal/${wishId}/_history`,
    pick: ((body: Bundle<FhirResource>) =>
      body.entry?.map(({ resource, request, response }) => ({
        versionId: resource?.meta?.versionId,
        request,
        etag: response?.etag,
      }))) as never,
  })
  write('Whatever is read or sent as JSON can be read and sent as XML.')
  await show(200, {
    as: 'ambulance',
    path: `/Goal/${wishId}?_pretty=true`,
    headers: { Accept: 'application/fhir+xml' },
  })
}
