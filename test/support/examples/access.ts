import type { OperationOutcome, Parameters } from 'fhir/r4.js'
import { MAPPING, STAFF } from '../../../src/cli/demo/identity/staff.ts'
import { EXTENSION, SYSTEM } from '../../../src/plan/codes.ts'
import { tokenFor } from '../../auth/people/app.ts'
import { type PeopleService, startPeople } from '../../auth/people/support.ts'
import { person, register, submit } from '../people.ts'
import { type FhirRequest, fhirClient } from '../service.ts'
import type { ExamplePage } from './page.ts'

const HOSPICE = 'ZZ950'
const PARTICIPATION = 'http://terminology.hl7.org/CodeSystem/v3-ParticipationType'

/** Requests of one who is signed in, by an app. */
const asking = async (
  { signIn, baseUrl }: PeopleService,
  account: string,
  scope = 'user/*.rs',
): Promise<FhirRequest> => {
  const token = await tokenFor(await signIn(account), baseUrl, scope)
  const ask = await fhirClient(baseUrl)
  return (method, path, body, headers) => ask(method, path, body, { ...headers, Authorization: `Bearer ${token}` })
}

/** The portal restriction by which somebody hides the CPR decision from themself. */
const hiding = (patient: string): object => {
  const person = { reference: `Patient/${patient}` }
  return {
    resourceType: 'Consent',
    status: 'active',
    scope: { coding: [{ system: SYSTEM.consentScope, code: 'patient-privacy' }] },
    category: [{ coding: [{ system: SYSTEM.consentCategory, code: 'portal-restriction' }] }],
    extension: [
      { url: EXTENSION.restrictionReason, valueString: 'I do not want to come upon it unprepared.' },
      { url: EXTENSION.reviewDate, valueDate: '2031-01-01' },
    ],
    patient: person,
    dateTime: '2026-01-01',
    performer: [person],
    policy: [{ uri: 'https://keyplan.example/fhir/policy/portal-restriction' }],
    provision: {
      provision: [
        {
          type: 'deny',
          code: [{ coding: [{ system: 'http://snomed.info/sct', code: '89666000' }] }],
          actor: [{ role: { coding: [{ system: PARTICIPATION, code: 'IRCP' }] }, reference: person }],
        },
      ],
    },
  }
}

/** Breaking the glass, and what somebody hides from themself, at a service where people sign in. */
export const showAccess = async ({ write, showing }: ExamplePage): Promise<void> => {
  const people = await startPeople({
    staff: [
      ...STAFF,
      { account: 'heather', name: 'Heather Synthetic', jobRole: 'hospice-nurse', organization: HOSPICE },
      { account: 'pat', name: 'Pat Synthetic', jobRole: 'privacy-officer', organization: HOSPICE },
    ],
    identity: { role: { ...MAPPING.role, values: { ...MAPPING.role.values, 'hospice-nurse': 'hospice' } } },
  })
  try {
    const gp = await people.service.fhir('gp-practice')
    const margaret = person('margaret')
    const patient = await register(gp, margaret)
    await submit(gp, patient, margaret.conversations[2])
    const themself = await asking(people, 'margaret', 'launch/patient patient/Consent.cru')
    const show = showing({
      'gp-practice': gp,
      'a hospice nurse': await asking(people, 'heather'),
      'a privacy officer of the hospice': await asking(people, 'pat'),
      'the person': themself,
    })

    write('## Access', '', 'A nurse of a hospice has signed in. Nothing connects her with the person.')
    const summary = { as: 'a hospice nurse', path: `/Patient/${patient}/$key-information-summary` } as const
    await show(403, {
      ...summary,
      pick: (({ issue }: OperationOutcome) =>
        issue.map(({ code, details, diagnostics }) => ({
          code,
          key: details?.coding?.[0]?.code,
          diagnostics,
        }))) as never,
    })
    write('She breaks the glass, and says why. For an hour she reads; that she did is known before she does.')
    await show(200, {
      as: 'a hospice nurse',
      path: `/Patient/${patient}/$break-glass`,
      body: {
        resourceType: 'Parameters',
        parameter: [{ name: 'reason', valueString: 'Found unconscious at home; her plan may say what to do.' }],
      },
    })
    await show(200, { ...summary, pick: (({ resourceType }: { resourceType: string }) => ({ resourceType })) as never })
    write('Who did so, why, what was seen, and how the review stands.')
    await show(200, {
      as: 'a privacy officer of the hospice',
      path: '/Patient/$break-glass-report',
      method: 'POST',
      pick: ((body: Parameters) =>
        JSON.parse(JSON.stringify(body).replaceAll(people.issuer, 'https://sign-in.hospice.example'))) as never,
    })
    write('Who may see what of the person, and why: here what holds for ambulance services.')
    await show(200, {
      as: 'gp-practice',
      path: `/Patient/${patient}/$explain-access`,
      pick: (({ parameter = [] }: Parameters) =>
        parameter.filter(
          ({ name, part = [] }) =>
            name !== 'access' || part.some((one) => one.name === 'role' && one.valueCode === 'ambulance'),
        )) as never,
    })
    write(
      'The person herself has signed in to an app. What was decided about CPR she has hidden from her own view, and now wants to see it again.',
      'The practice is told by a Task.',
    )
    const hidden = await themself('POST', '/Consent', hiding(patient))
    if (hidden.status !== 201) throw new Error(hidden.text)
    await show(200, { as: 'the person', path: '/Consent/$end-portal-restriction', method: 'POST' })
  } finally {
    await people.stop()
  }
}
