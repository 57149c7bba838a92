import { writeFile } from 'node:fs/promises'
import { pathToFileURL } from 'node:url'
import type { CarePlan } from 'fhir/r4.js'
import { showAccess } from './examples/access.ts'
import { showCapture, showLifeCycle, showRules, showWithdrawal } from './examples/life-cycle.ts'
import { showOperations } from './examples/operations.ts'
import { createPage, type ExamplePage } from './examples/page.ts'
import { showEmergencyView, showEverything, showSummary } from './examples/reading.ts'
import { showContradictions, showTime } from './examples/reported.ts'
import { showRest } from './examples/rest.ts'
import { showSharing } from './examples/sharing.ts'
import { clinician, createStory, form } from './examples/story.ts'
import { startService } from './service.ts'

export const EXAMPLES_PAGE = new URL('../../docs/examples.md', import.meta.url)

/** Requests to a service that holds nothing yet. */
const showStory = async (page: ExamplePage, baseUrl: string): Promise<void> => {
  const story = await createStory(page, baseUrl)
  const { write, show } = story
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

  await showRules(story)
  const margaret = await story.registered('margaret')
  const plan = await showLifeCycle(story, margaret)
  await showCapture(story, margaret)
  await showEmergencyView(story, margaret)
  await showSummary(story, margaret, plan)
  await showEverything(story, margaret)
  await showRest(story, margaret)
  await showContradictions(story)
  await showTime(story)

  const { body: held } = await story.clients['gp-practice']<CarePlan>('GET', `/CarePlan/${plan.id}`)
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
  await showWithdrawal(story, margaret, plan)
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
