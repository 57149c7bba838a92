/** Types whose values can be bound to codes (http://hl7.org/fhir/R4/terminologies.html#4.1). */
export const BINDABLE: ReadonlySet<string> = new Set([
  'code',
  'Coding',
  'CodeableConcept',
  'Quantity',
  'Age',
  'Count',
  'Distance',
  'Duration',
  'SimpleQuantity',
  'string',
  'uri',
  'url',
  'canonical',
  'Extension',
])
