Profile: Prognosis
Parent: Observation
Id: prognosis
Title: "Prognosis"
Description: "How long the person is expected to live, as a clinician judged it on one day: an estimate to plan by, never a fact. Where none is recorded, the reason why stands in its place; nothing follows from its absence."
* ^experimental = false
* insert Told([[the prognosis]])
* obeys prognosis-1
* status MS
* status ^short = "final, or amended where it was corrected"
* code MS
* code ^short = "Prognosis"
* code = PlanObservationCodes#prognosis
* subject 1..1 MS
* subject ^short = "The person"
* subject only Reference(PlanPatient)
* effective[x] 1..1 MS
* effective[x] only dateTime
* effective[x] ^short = "The day on which it was judged"
* effective[x] ^definition = "The day on which the clinician judged the prognosis. An older one must not be read as one of today."
* performer 1..* MS
* performer ^short = "Who judged it"
* value[x] MS
* value[x] only CodeableConcept
* value[x] from PrognosisVS (extensible)
* value[x] ^short = "The stage, as a code or in words"
* dataAbsentReason MS
* dataAbsentReason ^short = "Why there is no prognosis"
* dataAbsentReason from AbsentReasonVS (required)
* note MS
* note ^short = "What the person and the family were told, in words"

Invariant: prognosis-1
Description: "A prognosis is recorded, or the reason why none is."
Severity: #error
Expression: "value.exists() or dataAbsentReason.exists()"
