import type { Bundle, FhirResource, OperationOutcome, Parameters, Patient } from 'fhir/r4.js'
import { question } from '../people.ts'
import { findings, type Story, stored } from './story.ts'

/** A contradiction that is stored and reported. */
export const showContradictions = async ({ write, show, seeded }: Story): Promise<void> => {
  write(
    '## Contradictions',
    '',
    'A plan for a person in England recommends antibiotics under conditions, and they refused them in advance (`fixtures/contradictions/refusal-binding-against-recommendation.json`). It is stored, for both can be right, and is reported: with the submission, and to whoever asks.',
  )
  const refused = stored(
    await show<Bundle<FhirResource>>(201, {
      as: 'gp-practice',
      path: '/CarePlan/$submit',
      body: seeded('refusal-binding-against-recommendation'),
      said: 'Bundle of the Patient, the CarePlan and what it is made of',
      pick: ((body: Bundle<FhirResource>) =>
        body.entry
          ?.flatMap(({ resource, response }) => [resource, response?.outcome])
          .flatMap((one) => (one?.resourceType === 'OperationOutcome' ? findings(one as OperationOutcome) : []))
          .filter(({ key }) => key === 'refusal-contradicted')) as never,
    }),
  )
  await show(200, { as: 'ambulance', path: `/${refused.subject.reference}/$plan-conflicts` })
}

/** What is over is shown no more. */
export const showTime = async ({ write, show, clients, seeded }: Story): Promise<void> => {
  write(
    '## Time',
    '',
    'An advance refusal with an end holds to the end of its last day, in the time of London. Then KeyPlan derives the person anew by itself: the refusal is not shown any more, a mark says that it is over, and recipients are to hold that.',
  )
  const timed = seeded('refusal-binding-against-recommendation')
  const submitUntil = async (seconds: number): Promise<number> => {
    const end = new Date(Date.now() + seconds * 1_000).toISOString()
    for (const { resource } of timed.entry ?? []) {
      if (resource?.resourceType === 'Consent' && JSON.stringify(resource.category).includes('advance-refusal'))
        resource.provision = { ...resource.provision, period: { end } }
    }
    return (await clients['gp-practice']('POST', '/CarePlan/$submit', timed)).status
  }
  // Refused where the end has come before the plan has, as on a slow machine: then with more time.
  if ((await submitUntil(4)) !== 201 && (await submitUntil(60)) !== 201) throw new Error('The plan was not stored.')
  const who = timed.entry
    ?.map(({ resource }) => resource)
    .find((one): one is Patient => one?.resourceType === 'Patient')
  for (;;) {
    const { body } = await clients.ambulance<Parameters>(
      'POST',
      '/Patient/$emergency-view',
      question(who?.identifier?.[0]),
    )
    if (body.parameter?.every(({ name }) => name !== 'refusal') === true) break
    await new Promise((resolve) => setTimeout(resolve, 200))
  }
  await show(200, {
    as: 'ambulance',
    path: '/Patient/$emergency-view',
    body: question(who?.identifier?.[0]),
    pick: ((body: Parameters) => ({
      refusals: body.parameter?.filter(({ name }) => name === 'refusal').length,
      sequence: body.parameter?.find(({ name }) => name === 'sequence')?.valueUnsignedInt,
      mark: body.parameter
        ?.flatMap(({ part = [] }) =>
          part.flatMap(({ name, valueString = '' }) => (name === 'display' ? [valueString] : [])),
        )
        .find((text) => text.includes('is over'))
        ?.replaceAll(/since \d+ \w+ \d{4}/g, 'since …'),
    })) as never,
  })
}
