import type { Bundle, CarePlan, FhirResource, OperationOutcome, Parameters } from 'fhir/r4.js'
import { question } from '../people.ts'
import { clinician, findings, form, parts, type Registered, type Story, stored } from './story.ts'

/** A day after the conversation that is signed for, and before its review is due, whenever this is run. */
const SIGNED = '2026-03-16T12:00:00Z'

/** A contradiction is refused. */
export const showRules = async ({ write, show, seeded }: Story): Promise<void> => {
  write(
    '## Rules',
    '',
    'CPR is recommended and denied in one Consent (`fixtures/contradictions/type-deny-recommended.json`): nothing is stored.',
  )
  await show(422, {
    as: 'gp-practice',
    path: '/CarePlan/$submit',
    body: seeded('type-deny-recommended'),
    said: 'Bundle of the Patient, the CarePlan and what it is made of',
    pick: ((body: OperationOutcome) => findings(body).filter(({ severity }) => severity === 'error')) as never,
  })
}

/** Draft, signature, replacement; answers the plan that is in force then. */
export const showLifeCycle = async ({ write, show }: Story, margaret: Registered): Promise<CarePlan> => {
  write('## Life cycle', '', 'A completed form becomes a draft, if it is asked for so.')
  const bare = form('margaret', 1, margaret.id)
  const draft = stored(
    await show<Bundle<FhirResource>>(201, {
      as: 'gp-practice',
      path: '/CarePlan/$submit',
      body: { ...bare, parameter: [...(bare.parameter ?? []), { name: 'activate', valueBoolean: false }] },
      said: 'Parameters: resource (the QuestionnaireResponse of fixtures/people/margaret.json), activate = false',
      pick: ((body: Bundle<FhirResource>) => {
        const { id, meta, status } = stored(body)
        return { resourceType: 'CarePlan', id, versionId: meta?.versionId, status }
      }) as never,
    }),
  )
  write('A clinician signs the version that they read; with that it is in force.')
  await show(200, {
    as: 'gp-practice',
    path: `/CarePlan/${draft.id}/$sign`,
    headers: { 'If-Match': 'W/"1"' },
    body: clinician('Consultant in palliative medicine', [{ name: 'when', valueInstant: SIGNED }]),
    pick: (({ resourceType, target, agent }: { resourceType: string; target: unknown; agent: { who: unknown }[] }) => ({
      resourceType,
      target,
      who: agent.map(({ who }) => who),
    })) as never,
  })
  write(
    'A new plan takes its place in one commit; whoever replaces the same plan after that is told which is in force.',
  )
  const replacing = {
    as: 'gp-practice',
    path: '/CarePlan/$submit',
    body: form('margaret', 2, margaret.id, `CarePlan/${draft.id}`),
    said: `Parameters: resource (the next QuestionnaireResponse), replaces = CarePlan/${draft.id}`,
  } as const
  const plan = stored(
    await show<Bundle<FhirResource>>(201, {
      ...replacing,
      pick: ((body: Bundle<FhirResource>) =>
        body.entry
          ?.flatMap(({ resource }) => (resource?.resourceType === 'CarePlan' ? [resource] : []))
          .map(({ id, status, replaces }) => ({ id, status, replaces }))) as never,
    }),
  )
  await show(409, {
    ...replacing,
    pick: ((body: OperationOutcome) => findings(body).filter(({ severity }) => severity === 'error')) as never,
  })
  return plan
}

/** From the plan back to the form. */
export const showCapture = async ({ write, show }: Story, margaret: Registered): Promise<void> => {
  write('## Capture', '', 'What is known is filled into the form for the next conversation.')
  await show(200, {
    as: 'gp-practice',
    path: '/Questionnaire/respect-v3/$populate',
    body: {
      resourceType: 'Parameters',
      parameter: [{ name: 'subject', valueReference: { reference: `Patient/${margaret.id}` } }],
    },
    pick: ((body: Parameters) => {
      const response = body.parameter?.find(({ name }) => name === 'response')?.resource as unknown as {
        status: string
        item: { linkId: string; item?: unknown[] }[]
      }
      const cpr = response.item.find(({ linkId }) => linkId === 'cpr')?.item ?? []
      return { status: response.status, 'item (cpr)': cpr.slice(0, 3) }
    }) as never,
  })
}

/** The end of a plan. */
export const showWithdrawal = async ({ write, show }: Story, margaret: Registered, plan: CarePlan): Promise<void> => {
  write('## Withdrawal', '', 'The end of the plan from above. From the commit on nothing shows it as current.')
  await show(200, {
    as: 'gp-practice',
    path: `/CarePlan/${plan.id}/$revoke`,
    body: {
      resourceType: 'Parameters',
      parameter: [
        { name: 'reason', valueCode: 'withdrawn' },
        { name: 'text', valueString: 'She wants to think about it again.' },
      ],
    },
    pick: (({ status }: CarePlan) => ({ status })) as never,
  })
  await show(200, {
    as: 'ambulance',
    path: '/Patient/$emergency-view',
    body: question(margaret.patient.identifier?.[0]),
    pick: parts('outcome', 'message') as never,
  })
  await show(200, {
    as: 'gp-practice',
    path: `/CarePlan/${plan.id}/$timeline`,
    pick: ((body: Parameters) =>
      body.parameter?.map(({ part = [] }) =>
        Object.fromEntries(
          part.flatMap(({ name, valueCode, valueReference, valuePositiveInt }) =>
            ['act', 'plan', 'planVersion', 'reason', 'replacedBy'].includes(name)
              ? [[name, valueCode ?? valueReference?.reference ?? valuePositiveInt]]
              : [],
          ),
        ),
      )) as never,
  })
}
