import { writeFile } from 'node:fs/promises'
import { pathToFileURL } from 'node:url'
import type { Bundle, CarePlan, FhirResource, OperationOutcome, Parameters, Patient } from 'fhir/r4.js'
import { showAccess } from './example-access.ts'
import { showOperations } from './example-operations.ts'
import { createPage, type ExamplePage } from './example-page.ts'
import { showSharing } from './example-sharing.ts'
import { person, question, submission } from './people.ts'
import { fhirClient, startService } from './service.ts'
import { build } from './submissions/build.ts'
import { submissionCases } from './submissions/cases.ts'
import { createNumbers } from './submissions/numbers.ts'

export const EXAMPLES_PAGE = new URL('../../docs/examples.md', import.meta.url)

/** A day after the conversation that is signed for, and before its review is due, whenever this is run. */
const SIGNED = '2026-03-16T12:00:00Z'

/** Requests to a service that holds nothing yet. */
const showStory = async ({ write, showing }: ExamplePage, baseUrl: string): Promise<void> => {
  const numbers = createNumbers()
  const clients = {
    'gp-practice': await fhirClient(baseUrl, 'gp-practice'),
    ambulance: await fhirClient(baseUrl, 'ambulance'),
  }
  const show = showing(clients)

  const stored = ({ entry = [] }: Bundle<FhirResource>): CarePlan =>
    entry
      .map(({ resource }) => resource)
      .find((one) => one?.resourceType === 'CarePlan' && one.status !== 'revoked') as CarePlan
  const findings = ({ issue }: OperationOutcome) =>
    issue.map(({ severity, details, diagnostics, expression }) => ({
      severity,
      key: details?.coding?.[0]?.code,
      diagnostics,
      expression: expression?.[0],
    }))
  const parts =
    (...wanted: string[]) =>
    (body: Parameters) =>
      body.parameter?.filter(({ name }) => wanted.includes(name))

  const registered = async (name: string): Promise<{ patient: Patient; id: string }> => {
    const { patient } = person(name)
    const { id: _id, ...content } = { ...patient, identifier: numbers(patient) ?? [] }
    const { body } = await clients['gp-practice']<Patient>('POST', '/Patient', content)
    return { patient: body, id: body.id as string }
  }
  const form = (name: string, index: number, patient: string, replaces?: string): Parameters =>
    submission(patient, person(name).conversations[index] as never, replaces)
  const seeded = (file: string): Bundle<FhirResource> => {
    const found = submissionCases('contradictions').find((one) => one.file === file)
    if (found === undefined) throw new Error(`There is no ${file}.`)
    return build(found.submission, numbers, () => '').bundle
  }
  const clinician = (role: string, more: NonNullable<Parameters['parameter']> = []): Parameters => ({
    resourceType: 'Parameters',
    parameter: [
      {
        name: 'who',
        valueReference: {
          identifier: { system: 'https://fhir.hl7.org.uk/Id/gmc-number', value: '7654321' },
          display: 'Dr Robin Example',
        },
      },
      { name: 'role', valueString: role },
      ...more,
    ],
  })

  write(
    '# Worked examples',
    '',
    'Requests to a KeyPlan that holds nothing but synthetic people, and what it answered. This page is written by',
    '`node --import ./test/support/typescript.js test/support/examples.ts`; a test (`test/docs/examples.test.ts`) sends every request again and holds',
    'the page to the answers. Ids are named in the order in which they come (`ID-1`, …), moments of the run are `…`, long bodies are described. How to',
    'get a token stands in the [README](../README.md).',
    '',
    '| what | here | more |',
    '| --- | --- | --- |',
    '| rules | [a contradiction is refused](#rules) | [rules.md](rules.md) |',
    '| life cycle | [draft, signature, replacement, withdrawal](#life-cycle) | [signatures.md](signatures.md) |',
    '| capture | [from the plan to the form](#capture) | [forms.md](forms.md) |',
    '| contradictions | [reported, and which prevails](#contradictions) | [rules.md](rules.md) |',
    '| emergency view | [the outcomes](#emergency-view) | [decision record 7](decisions/0007-emergency-view.md) |',
    '| Key Information Summary, document, paper | [the summary, and whether paper is current](#key-information-summary) | [key-information-summary.md](key-information-summary.md) |',
    '| everything about a person | [a page of it](#everything-about-a-person) | `OperationDefinition/Patient-everything` |',
    '| REST | [search with `_include`, conditional create, patch, history, XML](#rest) | [search.md](search.md) |',
    '| other operations | [completeness, review, documents, codes, validation](#other-operations) | [decision record 18](decisions/0018-terminology.md) |',
    '| time | [what is over](#time) | [decision record 11](decisions/0011-time.md) |',
    '| sharing | [who holds what, and whether it is current](#sharing) | [operations.md](operations.md) |',
    '| access | [breaking the glass, who may see what](#access) | [access.md](access.md) |',
  )

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

  const margaret = await registered('margaret')
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

  const { body: held } = await clients['gp-practice']<CarePlan>('GET', `/CarePlan/${plan.id}`)
  await showOperations(show, write, {
    patient: margaret.id,
    plan: held,
    clinician: clinician('General practitioner'),
    response: {
      resourceType: 'Parameters',
      parameter: [
        { name: 'questionnaire-response', resource: form('margaret', 1, margaret.id).parameter?.[0]?.resource },
      ],
    },
  })

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

/**
 * `docs/examples.md`: requests to services of its own, which hold nothing yet, and what they answer. Throws where one is answered otherwise than
 * here. Needs the PostgreSQL of the tests.
 */
export const examplesPage = async (): Promise<string> => {
  const page = createPage()
  const service = await startService()
  try {
    await showStory(page, service.baseUrl)
  } finally {
    await service.stop()
  }
  await showSharing(page)
  await showAccess(page)
  return page.text()
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  // As jest.config.js does: they are of JavaScript, and have no types.
  const [begin, end] = await Promise.all(
    ['./setup.js', './teardown.js'].map(async (name): Promise<() => Promise<void>> => (await import(name)).default),
  )
  await begin?.()
  try {
    await writeFile(EXAMPLES_PAGE, await examplesPage())
  } finally {
    await end?.()
  }
}
