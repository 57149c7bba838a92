import type { OperationOutcome, Parameters } from 'fhir/r4.js'
import { MAPPING, STAFF } from '../../../src/cli/demo/identity/staff.ts'
import { tokenFor } from '../../auth/people/app.ts'
import { type PeopleService, startPeople } from '../../auth/people/support.ts'
import { person, register, submit } from '../people.ts'
import { type FhirRequest, fhirClient } from '../service.ts'
import type { ExamplePage } from './page.ts'

const HOSPICE = 'ZZ950'

/** Requests of one who is signed in, by an app. */
const asking = async ({ signIn, baseUrl }: PeopleService, account: string): Promise<FhirRequest> => {
  const token = await tokenFor(await signIn(account), baseUrl, 'user/*.rs')
  const ask = await fhirClient(baseUrl)
  return (method, path, body, headers) => ask(method, path, body, { ...headers, Authorization: `Bearer ${token}` })
}

/** Breaking the glass, at a service where people sign in. */
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
    const show = showing({
      'gp-practice': gp,
      'a hospice nurse': await asking(people, 'heather'),
      'a privacy officer of the hospice': await asking(people, 'pat'),
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
  } finally {
    await people.stop()
  }
}
