import { SYSTEM } from './codes.ts'

/**
 * What the Key Information Summary and the ePCS extract ask for and no other resource holds: each an Observation of the plan with a code
 * of CodeSystem plan-observation, in the order in which it is shown. The displays are those of the code system.
 */
export const KEY_INFORMATION = {
  medicines: [
    { code: 'allergies', display: 'Allergies and adverse reactions' },
    { code: 'current-medicines', display: 'Current and repeat medicines' },
    { code: 'syringe-driver', display: 'Syringe driver at home' },
  ],
  'home-care': [
    { code: 'care-arrangements', display: 'Care arrangements' },
    { code: 'other-agencies', display: 'Other agencies involved' },
    { code: 'continence-products', display: 'Catheter and continence products at home' },
    { code: 'moving-handling', display: 'Moving and handling equipment at home' },
    { code: 'home-oxygen', display: 'Oxygen at home' },
  ],
  'out-of-hours': [
    { code: 'contact-own-gp', display: 'Contact own GP out of hours' },
    { code: 'gp-will-certify', display: 'GP will certify death in expected circumstances' },
    { code: 'out-of-hours-information', display: 'Other information for out of hours' },
  ],
  clinical: [
    { code: 'main-diagnoses', display: 'Main diagnoses' },
    { code: 'relevant-history', display: 'Other relevant history' },
    { code: 'baseline-function', display: 'Usual function' },
    { code: 'deterioration-triggers', display: 'Signs that the person is deteriorating' },
    { code: 'palliative-treatment', display: 'Radiotherapy, chemotherapy and other palliative treatment' },
    { code: 'palliative-register', display: 'On the palliative care register' },
    { code: 'person-aware-diagnosis', display: 'What the person understands of the diagnosis' },
    { code: 'person-aware-prognosis', display: 'What the person understands of the prognosis' },
    { code: 'carer-aware-diagnosis', display: 'What the carer understands of the diagnosis' },
    { code: 'carer-aware-prognosis', display: 'What the carer understands of the prognosis' },
  ],
  'other-documents': [
    { code: 'incapacity-certificate', display: 'Certificate of incapacity for treatment' },
    { code: 'shared-assessment', display: 'Single shared assessment' },
    { code: 'self-management-plan', display: 'Self-management plan' },
    { code: 'other-planning-documents', display: 'Other care planning documents and where they are' },
  ],
} as const satisfies Record<string, readonly Readonly<{ code: string; display: string }>[]>

/** A section of the summary that is made of such Observations. */
export type KeyInformationSection = keyof typeof KEY_INFORMATION

export type KeyInformationItem = Readonly<{ code: string; display: string }>

/** The coding of an Observation that holds this item. */
export const itemCoding = ({ code, display }: KeyInformationItem) => ({ system: SYSTEM.observation, code, display })
