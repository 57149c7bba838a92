import type { Bundle, CarePlan, FhirResource } from 'fhir/r4.js'
import { question } from '../people.ts'
import { parts, type Registered, type Story } from './story.ts'

/** The outcomes of the emergency view. */
export const showEmergencyView = async (
  { write, show, numbers, registered }: Story,
  margaret: Registered,
): Promise<void> => {
  write(
    '## Emergency view',
    '',
    'A crew asks by number; `Accept: application/json` gives the same as a flat object, `text/html` as a page for a phone.',
  )
  await show(200, {
    as: 'ambulance',
    path: '/Patient/$emergency-view',
    body: question(margaret.patient.identifier?.[0]),
    pick: parts('outcome', 'sequence', 'cpr', 'overall-focus') as never,
  })
  const wales = await registered('wales')
  write('In Wales nothing is shared until the person has agreed; and a number that nobody has is not "no plan".')
  await show(200, {
    as: 'ambulance',
    path: '/Patient/$emergency-view',
    body: question(wales.patient.identifier?.[0]),
    pick: parts('outcome', 'sharing', 'policy', 'message') as never,
  })
  await show(200, {
    as: 'ambulance',
    path: '/Patient/$emergency-view',
    body: question(numbers(wales.patient)?.[0]),
    pick: parts('outcome', 'message') as never,
  })
}

/** The Key Information Summary, and whether paper is current. */
export const showSummary = async ({ write, show }: Story, margaret: Registered, plan: CarePlan): Promise<void> => {
  write(
    '## Key Information Summary',
    '',
    'A document Bundle; `Accept: text/html` and `application/pdf` give it to read and to print.',
  )
  await show(200, {
    as: 'ambulance',
    path: `/Patient/${margaret.id}/$key-information-summary`,
    pick: ((body: Bundle<FhirResource>) => {
      const composition = body.entry?.[0]?.resource as {
        title: string
        section: { title: string; text: { div: string } }[]
      }
      return {
        type: body.type,
        title: composition.title,
        section: composition.section.map(({ title }) => title),
        [composition.section[1]?.title ?? '']: composition.section[1]?.text.div
          .replaceAll(/<[^>]+>/g, ' ')
          .replaceAll(/\s+/g, ' ')
          .trim(),
      }
    }) as never,
  })
  write(
    'Whether a plan on paper is in force is asked with what stands on it, or in its QR code; the answer names nobody.',
  )
  const planId = plan.identifier?.[0]?.value
  const paper = (version: number) => ({
    as: 'ambulance' as const,
    path: '/CarePlan/$verify-current',
    body: {
      resourceType: 'Parameters',
      parameter: [
        { name: 'planId', valueString: planId },
        { name: 'version', valuePositiveInt: version },
      ],
    },
  })
  await show(200, paper(1))
  await show(200, paper(2))
}

export const showEverything = async ({ write, show }: Story, margaret: Registered): Promise<void> => {
  write('## Everything about a person', '', 'Also what has ended, with the status that it has.')
  await show(200, {
    as: 'ambulance',
    path: `/Patient/${margaret.id}/$everything?_type=Patient,CarePlan&_count=2`,
    pick: ((body: Bundle<FhirResource>) => ({
      entry: body.entry?.map(({ resource, search }) => ({
        resource: resource?.resourceType,
        ...(resource?.resourceType === 'CarePlan' ? { status: resource.status } : {}),
        search,
      })),
      link: body.link,
    })) as never,
  })
}
