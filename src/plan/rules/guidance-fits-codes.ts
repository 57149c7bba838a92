import type { CarePlan } from 'fhir/r4.js'
import { issue } from '../../fhir/outcome.ts'
import type { Resource } from '../../fhir/resource.ts'
import { EXTENSION, type Intervention, type Recommendation } from '../codes.ts'
import { at, atExtension } from '../expression.ts'
import { extension, interventionOf, type PersonRecord, recommendationOf } from '../person.ts'
import { recommendationsOf } from './content.ts'
import { EMERGENCY, type PlanRule } from './rule.ts'

/** A way of speaking that says the opposite of a coded recommendation. Lists of words, not of meanings: it can only make a person look. */
type Phrase = Readonly<{
  words: RegExp
  contradicts: readonly (readonly [Intervention, readonly Recommendation[]])[]
}>

const PHRASES: readonly Phrase[] = [
  {
    words: /(?<!\b(?:not|no) (?:for )?)\bfull (?:active )?(?:escalation|treatment)\b/i,
    contradicts: [
      ['hospital-admission', ['not-recommended']],
      ['intensive-care', ['not-recommended']],
      ['ventilation', ['not-recommended']],
    ],
  },
  {
    words: /(?<!\bno )\b(?:DNA ?CPR|DNAR|DNR)\b|\bnot for (?:attempted )?(?:CPR|(?:cardiopulmonary )?resuscitation)\b/i,
    contradicts: [['cpr', ['recommended', 'conditional']]],
  },
  {
    words: /(?<!\bnot )\bfor (?:attempted |full )?(?:CPR|(?:cardiopulmonary )?resuscitation)\b/i,
    contradicts: [['cpr', ['not-recommended']]],
  },
  {
    words: /\bnot for (?:hospital )?admission\b|\bno hospital admissions?\b|\bnot to be admitted\b/i,
    contradicts: [['hospital-admission', ['recommended']]],
  },
  {
    words: /\bnot for (?:ICU|ITU|intensive care)\b/i,
    contradicts: [['intensive-care', ['recommended']]],
  },
]

type Text = Readonly<{ resource: Resource; expression: string; text: string }>

/** The written guidance of a plan, with where each text stands. */
const textsOf = (plan: CarePlan, person: PersonRecord): Text[] => {
  const texts: (Omit<Text, 'text'> & { text: string | undefined })[] = [
    { resource: plan, expression: at(plan, 'description'), text: plan.description },
    {
      resource: plan,
      expression: atExtension(plan, EXTENSION.sharedUnderstanding),
      text: extension(plan, EXTENSION.sharedUnderstanding)?.valueString,
    },
    ...(plan.note ?? []).map(({ text }, index) => ({
      resource: plan,
      expression: at(plan, `note[${index}].text`),
      text,
    })),
    ...recommendationsOf(plan, person).flatMap((consent) => [
      {
        resource: consent,
        expression: atExtension(consent, EXTENSION.rationale),
        text: extension(extension(consent, EXTENSION.rationale), 'text')?.valueString,
      },
      {
        resource: consent,
        expression: atExtension(consent, EXTENSION.condition),
        text: extension(consent, EXTENSION.condition)?.valueString,
      },
    ]),
  ]
  return texts.filter((found): found is Text => found.text !== undefined)
}

/** Each text of a plan that says the opposite of coded recommendations, and about what. */
export const contradictedByWords = (
  plan: CarePlan,
  person: PersonRecord,
): { expression: string; interventions: readonly Intervention[] }[] => {
  const coded = recommendationsOf(plan, person).map((consent) => [interventionOf(consent), recommendationOf(consent)])
  return textsOf(plan, person).flatMap(({ expression, text }) => {
    const contradicted = PHRASES.filter(({ words }) => words.test(text))
      .flatMap(({ contradicts }) => contradicts)
      .filter(([intervention, values]) =>
        coded.some(([name, value]) => name === intervention && values.includes(value as Recommendation)),
      )
      .map(([intervention]) => intervention)
    return contradicted.length === 0 ? [] : [{ expression, interventions: [...new Set(contradicted)] }]
  })
}

/** RSP-13. A warning only: words can be read wrongly, codes are what was signed. */
export const guidanceFitsCodes: PlanRule = {
  key: 'RSP-13',
  title: 'Written guidance does not contradict the coded recommendations',
  severity: 'warning',
  source: 'Domain reference 2.3 and 9.3',
  plans: EMERGENCY,
  check: (plan, person) =>
    contradictedByWords(plan, person).map(({ expression, interventions }) =>
      issue(
        'RSP-13',
        expression,
        `This text seems to say the opposite of the coded recommendation about ${interventions.join(', ')}. Read both and correct the one that is wrong.`,
        { severity: 'warning' },
      ),
    ),
}
