import type { CarePlan, Provenance } from 'fhir/r4.js'
import { IDENTIFIER_SYSTEM, identifierValue } from '../../fhir/identifier.ts'
import { EXTENSION, PLAN_CATEGORY, type PlanType, SYSTEM } from '../codes.ts'
import { codeIn, extension, extensions, type PersonRecord, planType } from '../person.ts'
import { activePlans, provenancesOf } from './content.ts'
import { shownDay } from './dates.ts'
import { type Markup, paragraph, strong } from './narrative.ts'
import { shownWho } from './people.ts'
import { sentence, shownText } from './plain-text.ts'
import { PLAN_WORDING } from './wording.ts'

/** One act on a plan that its Provenances record. */
export type ReadAct = Readonly<{ part: 'signer' | 'transcriber' | 'reviewer'; by: string | undefined; on: string }>

export type ReadPlan = Readonly<{
  plan: CarePlan
  type: PlanType
  title: string
  planId: string | undefined
  version: number | undefined
  madeOn: string | undefined
  reviewDate: string | undefined
  reviewTriggers: readonly string[]
  /** Oldest first. */
  acts: readonly ReadAct[]
}>

const PARTS: readonly string[] = ['signer', 'transcriber', 'reviewer'] satisfies ReadAct['part'][]

/** The active plans, the emergency-care plan first, each with who signed, transcribed and reviewed it. */
export const readPlans = (person: PersonRecord): ReadPlan[] =>
  activePlans(person).map((plan) => {
    const type = planType(plan) as PlanType
    return {
      plan,
      type,
      title: `${PLAN_WORDING[type]} (${PLAN_CATEGORY[type].display})`,
      planId: shownText(identifierValue(plan.identifier, IDENTIFIER_SYSTEM.planId)),
      version: extension(plan, EXTENSION.planVersion)?.valuePositiveInt,
      madeOn: plan.created ?? plan.period?.start,
      reviewDate: extension(plan, EXTENSION.reviewDate)?.valueDate,
      reviewTriggers: extensions(plan, EXTENSION.reviewTrigger).flatMap(
        ({ valueString }) => shownText(valueString) ?? [],
      ),
      acts: provenancesOf(person, plan).flatMap((provenance) => actsOf(person, provenance)),
    }
  })

const actsOf = (person: PersonRecord, provenance: Provenance): ReadAct[] =>
  provenance.agent.flatMap(({ type, who }) => {
    const part = codeIn(type, SYSTEM.provenanceAgent)
    if (part === undefined || !PARTS.includes(part)) return []
    return [
      {
        part: part as ReadAct['part'],
        by: shownWho(person, who),
        on: provenance.signature?.[0]?.when ?? provenance.occurredDateTime ?? provenance.recorded,
      },
    ]
  })

export const signaturesOf = ({ acts }: ReadPlan): ReadAct[] => acts.filter(({ part }) => part === 'signer')

const ACT_WORDING: Record<ReadAct['part'], string> = {
  signer: 'Signed',
  transcriber: 'Copied from paper',
  reviewer: 'Reviewed and confirmed',
}

const actText = ({ part, by, on }: ReadAct): string =>
  sentence(
    `${ACT_WORDING[part]} ${shownDay(on) ?? 'on a date that is not recorded'} by ${by ?? 'someone who is not recorded'}`,
  )

export const plansNarrative = (plans: readonly ReadPlan[]): Markup[] =>
  plans.flatMap((read) => [
    paragraph([
      strong(read.title),
      `. Version ${read.version ?? 'not recorded'}. Plan id ${read.planId ?? 'not recorded'}. `,
      `Made ${shownDay(read.madeOn) ?? 'on a date that is not recorded'}. `,
      `Review by: ${shownDay(read.reviewDate) ?? 'no date set'}.`,
    ]),
    ...(read.reviewTriggers.length === 0
      ? []
      : [paragraph(`Review sooner if: ${sentence(read.reviewTriggers.join('; '))}`)]),
    paragraph(read.acts.length === 0 ? 'No signature is recorded.' : read.acts.map(actText).join(' '), 'source'),
  ])
