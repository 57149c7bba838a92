import { escapeText } from '../../plan/summary/narrative.ts'
import { BASE_STYLE, pagePolicy } from '../style.ts'

const STYLE = `${BASE_STYLE}
main { max-width: 62rem; margin: 0 auto; padding: 2rem 1.5rem; }
h2 { margin: 2rem 0 .5rem; font-size: 1.125rem; }
ul { list-style: none; margin: 0; padding: 0; display: grid; gap: .75rem; }
li { padding: .75rem 1rem; background: var(--card); border: 1px solid var(--line); border-radius: .5rem; }
li a { font-weight: 700; }
li p { margin: .1rem 0 0; }
:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
@media (min-width: 40rem) { ul { grid-template-columns: 1fr 1fr; } }
`

export const HOME_POLICY = pagePolicy(STYLE)

export type HomeOptions = Readonly<{
  baseUrl: string
  /** True where people can sign in here. */
  people: boolean
  /** True where the figures for Prometheus are at this address. */
  metrics: boolean
}>

type Place = readonly [path: string, name: string, about: string]

const forPeople = ({ people }: HomeOptions): readonly Place[] => [
  [
    '/guide',
    'The guide',
    'What a plan looks like in FHIR: how to say it, profiles, codes, operations, worked examples',
  ],
  ['/validate', 'Check a resource', 'Paste it or try an example, and see what is wrong and where'],
  ['/docs', 'The HTTP contract', 'Every request and every answer, to read'],
  ...(people ? ([['/me', 'Who is signed in', 'And what may be asked for here']] as const) : []),
]

const forPrograms = ({ metrics }: HomeOptions): readonly Place[] => [
  ['/fhir/metadata', 'CapabilityStatement', 'What is served'],
  ['/.well-known/smart-configuration', 'SMART configuration', 'Where to get a token'],
  ['/openapi.json', 'OpenAPI', 'The HTTP contract, as /openapi.yaml too'],
  ['/health/ready', 'Health', 'Whether the service can answer'],
  ...(metrics ? ([['/metrics', 'Metrics', 'Figures for Prometheus']] as const) : []),
]

const list = (places: readonly Place[]): string =>
  `<ul>
${places.map(([path, name, about]) => `<li><a href=".${path}">${name}</a> <code>${path}</code><p>${about}</p></li>`).join('\n')}
</ul>`

/** The first page of a service: which places it has, for people and for programs. */
export const homePage = (options: HomeOptions): string => `<!DOCTYPE html>
<html lang="en-GB">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>KeyPlan</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<h1>KeyPlan</h1>
<p>Anticipatory care plans as FHIR R4, and their current summaries for whoever may have to act on them.</p>
<p>The FHIR base address is <code>${escapeText(options.baseUrl)}/fhir</code>.</p>
<h2>To read and to try</h2>
${list(forPeople(options))}
<h2>For programs</h2>
${list(forPrograms(options))}
</main>
</body>
</html>
`
