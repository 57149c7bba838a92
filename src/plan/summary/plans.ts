import type { CarePlan, Provenance, Reference } from 'fhir/r4.js'
import { IDENTIFIER_SYSTEM, identifierValue } from '../../fhir/identifier.ts'
import { EXTENSION, PLAN_CATEGORY, type PlanType, SYSTEM } from '../codes.ts'
import { type PlanEdition, planEdition } from '../edition.ts'
import { codeIn, extension, extensions, type PersonRecord, planType } from '../person.ts'
import { isConfirmedByAClinician } from '../rules/content.ts'
import { actText } from './attribution.ts'
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
  /** Undefined for a draft. */
  edition: PlanEdition | undefined
  madeOn: string | undefined
  reviewDate: string | undefined
  reviewTriggers: readonly string[]
  /** Copied from paper, and no registered clinician has confirmed the copy: the paper form is the original. */
  transcribed: boolean
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
      edition: planEdition(person, plan),
      madeOn: plan.created ?? plan.period?.start,
      reviewDate: extension(plan, EXTENSION.reviewDate)?.valueDate,
      reviewTriggers: extensions(plan, EXTENSION.reviewTrigger).flatMap(
        ({ valueString }) => shownText(valueString) ?? [],
      ),
      transcribed:
        extension(plan, EXTENSION.recordSource)?.valueCode === 'transcribed' && !isConfirmedByAClinician(plan, person),
      acts: provenancesOf(person, plan).flatMap((provenance) => actsOf(person, provenance)),
    }
  })

const actsOf = (person: PersonRecord, provenance: Provenance): ReadAct[] =>
  provenance.agent.flatMap(({ type, who }) => {
    const part = codeIn(type, SYSTEM.provenanceAgent)
    if (part === undefined || !PARTS.includes(part)) return []
    const signed = part === 'signer' ? provenance.signature?.find((signature) => isSame(signature.who, who)) : undefined
    return [
      {
        part: part as ReadAct['part'],
        by: shownWho(person, who),
        on: signed?.when ?? provenance.occurredDateTime ?? provenance.recorded,
      },
    ]
  })

const isSame = (one: Reference, other: Reference): boolean =>
  one.reference === other.reference &&
  one.identifier?.system === other.identifier?.system &&
  one.identifier?.value === other.identifier?.value

export const signaturesOf = ({ acts }: ReadPlan): ReadAct[] => acts.filter(({ part }) => part === 'signer')

const ACT_WORDING: Record<ReadAct['part'], string> = {
  signer: 'Signed',
  transcriber: 'Copied from paper',
  reviewer: 'Reviewed and confirmed',
}

export const plansNarrative = (plans: readonly ReadPlan[]): Markup[] =>
  plans.flatMap((read) => [
    paragraph([
      strong(read.title),
      `. Version ${read.version ?? 'not recorded'}. Plan id ${read.planId ?? 'not recorded'}. `,
      `Made ${shownDay(read.madeOn) ?? 'on a date that is not recorded'}. `,
      `Review by: ${shownDay(read.reviewDate) ?? 'no date set'}.`,
      read.transcribed ? ' Copied from a paper form, which is the original.' : undefined,
    ]),
    ...(read.reviewTriggers.length === 0
      ? []
      : [paragraph(`Review sooner if: ${sentence(read.reviewTriggers.join('; '))}`)]),
    ...actsNarrative(read),
  ])

/** An emergency-care plan without a signature says so; what matters to the person needs none. */
const actsNarrative = ({ type, acts }: ReadPlan): Markup[] =>
  acts.length === 0
    ? type === 'emergency-care'
      ? [paragraph('No signature is recorded.')]
      : []
    : [paragraph(acts.map(({ part, by, on }) => actText(ACT_WORDING[part], on, by)).join(' '), 'source')]
