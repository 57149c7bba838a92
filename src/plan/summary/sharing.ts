import type { Consent } from 'fhir/r4.js'
import { EXTENSION, type SharingDecision } from '../codes.ts'
import type { Jurisdiction } from '../derived.ts'
import { POLICY, sharingDecisionCode, sharingPolicyOf } from '../jurisdiction.ts'
import { extension, type PersonRecord } from '../person.ts'
import { sharingDecisionsInForce, sharingOf } from '../sharing.ts'
import { recordedText } from './attribution.ts'
import { decidedBy } from './consents.ts'
import { type Markup, paragraph, strong } from './narrative.ts'
import { sentence, shownText } from './plain-text.ts'
import { SHARING_WORDING } from './wording.ts'

export type ReadSharing = Readonly<{
  state: 'permitted' | 'withheld'
  /** The decisions in force, the latest first. More than one only where they do not settle each other. */
  decisions: readonly Readonly<{
    consent: Consent
    decision: SharingDecision | undefined
    lawfulBasis: string | undefined
    recordedOn: string | undefined
    recordedBy: string | undefined
  }>[]
  /** What the law and policy of the person's nation say, in words. */
  policy: string
}>

export const readSharing = (person: PersonRecord, jurisdiction: Jurisdiction, now: Date): ReadSharing => ({
  state: sharingOf(person, jurisdiction, now),
  decisions: sharingDecisionsInForce(person, now).map((consent) => ({
    consent,
    decision: sharingDecisionCode(consent) as SharingDecision | undefined,
    lawfulBasis: shownText(extension(consent, EXTENSION.lawfulBasis)?.valueString),
    recordedOn: consent.dateTime,
    recordedBy: decidedBy(person, consent),
  })),
  policy: policyText(jurisdiction),
})

const policyText = (jurisdiction: Jurisdiction): string => {
  const { name } = POLICY[jurisdiction]
  return sharingPolicyOf(jurisdiction) === 'direct-care'
    ? `In ${name} plans are shared for direct care unless the person objects.`
    : `${POLICY[jurisdiction].sharing === 'direct-care' ? 'Here' : `In ${name}`} plans are shared only once the person has expressly agreed.`
}

/** What an advance refusal is in the person's nation, as one sentence. */
export const refusalForce = (jurisdiction: Jurisdiction): string => {
  const { name, refusal } = POLICY[jurisdiction]
  return refusal.force === 'persuasive'
    ? `In ${name} an advance refusal is not binding by statute; it is persuasive and must be taken into account (${refusal.law}).`
    : `In ${name} an advance refusal is legally binding if it is valid and applicable (${refusal.law}).`
}

export const sharingText = (decision: SharingDecision | undefined): string =>
  decision !== undefined && Object.hasOwn(SHARING_WORDING, decision)
    ? SHARING_WORDING[decision]
    : 'A sharing decision is recorded whose code is not known'

export const sharingNarrative = ({ state, decisions, policy }: ReadSharing): Markup[] => [
  ...(state === 'withheld'
    ? [
        paragraph(
          [strong('Sharing is WITHHELD: '), 'only the custodian of this record may read it.'],
          'decision withheld',
        ),
      ]
    : []),
  ...(decisions.length === 0 ? [paragraph(`No sharing decision is in force. ${policy}`)] : []),
  ...decisions.flatMap(({ decision, lawfulBasis, recordedOn, recordedBy }) => [
    paragraph([
      sentence(sharingText(decision)),
      lawfulBasis === undefined ? undefined : ` Lawful basis: ${sentence(lawfulBasis)}`,
    ]),
    paragraph(recordedText(recordedOn, recordedBy), 'source'),
  ]),
]
