/**
 * The Patient compartment of R4 (http://hl7.org/fhir/R4/compartmentdefinition-patient.html), as far as its types are stored here: the search
 * parameters of each by which a resource belongs to a person. The Patient itself belongs to it besides.
 */
export const PATIENT_COMPARTMENT: Readonly<Record<string, readonly string[]>> = {
  CarePlan: ['patient', 'performer'],
  CareTeam: ['patient', 'participant'],
  Consent: ['patient'],
  DocumentReference: ['subject', 'author'],
  Flag: ['patient'],
  Goal: ['patient'],
  MedicationRequest: ['subject'],
  Observation: ['subject', 'performer'],
  Patient: ['link'],
  Provenance: ['patient'],
  QuestionnaireResponse: ['subject', 'author'],
  RelatedPerson: ['patient'],
}
