/** Operations that the story of `docs/examples.md` has no place for, each run once: the guide shows them beside their definitions. */
import type { Bundle, CarePlan, FhirResource, OperationOutcome, Parameters, ValueSet } from 'fhir/r4.js'
import type { Show } from './page.ts'

const OURS = 'https://keyplan.example/fhir'
const RECOMMENDATIONS = encodeURIComponent(`${OURS}/ValueSet/recommendation`)
const RECOMMENDATION = encodeURIComponent(`${OURS}/CodeSystem/recommendation`)

const TAG = { system: 'https://practice.example/tags', code: 'to-ring', display: 'To ring' }

type Known = Readonly<{
  patient: string
  /** The plan in force, as it is stored. */
  plan: CarePlan
  clinician: Parameters
  response: object
}>

const typesIn = ({ type, entry = [] }: Bundle<FhirResource>) => ({
  type,
  entries: entry.map(({ resource }) => resource?.resourceType),
})

export const showOperations = async (
  show: Show<'gp-practice'>,
  write: (...text: string[]) => void,
  { patient, plan, clinician, response }: Known,
): Promise<void> => {
  const as = 'gp-practice'
  write('## Other operations', '', 'How complete the plan is, and what is missing.')
  await show(200, {
    as,
    path: `/CarePlan/${plan.id}/$completeness`,
    pick: ((body: Parameters) => body.parameter?.slice(0, 4)) as never,
  })
  write('A clinician confirms that the plan still holds. Its content does not change.')
  await show(200, {
    as,
    path: `/CarePlan/${plan.id}/$confirm-review`,
    body: clinician,
    headers: { 'If-Match': `W/"${plan.meta?.versionId}"` },
    pick: (({ status, meta }: CarePlan) => ({ status, versionId: meta?.versionId })) as never,
  })
  write('What a completed form says, as resources. Nothing is stored.')
  await show(200, {
    as,
    path: '/QuestionnaireResponse/$extract',
    body: response,
    said: 'Parameters: questionnaire-response (that of fixtures/people/margaret.json)',
    pick: typesIn as never,
  })
  write('The emergency care plan as a document, and the same by the Composition that is in it.')
  const document = await show<Bundle<FhirResource>>(200, {
    as,
    path: `/Patient/${patient}/$respect-document`,
    pick: typesIn as never,
  })
  await show(200, { as, path: `/Composition/${document.entry?.[0]?.resource?.id}/$document`, pick: typesIn as never })
  write('Which recipients are to hold the summary of the person, and which do. This KeyPlan has none.')
  await show(200, { as, path: `/Patient/${patient}/$sharing-status` })
  write('The codes of a value set, whether a code is one of them, and what a code means.')
  await show(200, {
    as,
    path: `/ValueSet/$expand?url=${RECOMMENDATIONS}`,
    pick: (({ expansion }: ValueSet) => expansion?.contains?.map(({ code, display }) => ({ code, display }))) as never,
  })
  await show(200, { as, path: `/ValueSet/$validate-code?url=${RECOMMENDATIONS}&system=${RECOMMENDATION}&code=dnacpr` })
  await show(200, { as, path: `/CodeSystem/$validate-code?url=${RECOMMENDATION}&code=not-recommended` })
  await show(200, {
    as,
    path: `/CodeSystem/$lookup?system=${RECOMMENDATION}&code=not-discussed`,
    pick: ((body: Parameters) =>
      body.parameter?.filter(({ name }) => ['name', 'display', 'definition'].includes(name))) as never,
  })
  write('A tag is put on a resource, and taken off again.')
  const tag = { resourceType: 'Parameters', parameter: [{ name: 'meta', valueMeta: { tag: [TAG] } }] }
  const tags = ((body: Parameters) =>
    body.parameter?.map(({ name, valueMeta }) => ({ name, tag: valueMeta?.tag }))) as never
  await show(200, {
    as,
    path: `/Patient/${patient}/$meta-add`,
    headers: { 'If-Match': 'W/"1"' },
    body: tag,
    pick: tags,
  })
  await show(200, { as, path: `/Patient/${patient}/$meta`, pick: tags })
  await show(200, {
    as,
    path: `/Patient/${patient}/$meta-delete`,
    headers: { 'If-Match': 'W/"2"' },
    body: tag,
    pick: tags,
  })
  write('What is wrong with a resource, before it is sent.')
  await show(200, {
    as,
    path: '/Goal/$validate',
    body: { resourceType: 'Goal', lifecycleStatus: 'wanted', subject: { reference: `Patient/${patient}` } },
    pick: (({ issue }: OperationOutcome) =>
      issue.flatMap(({ severity, expression }) =>
        severity === 'error' ? [{ severity, expression: expression?.[0] }] : [],
      )) as never,
  })
}
