Profile: PreferredPlace
Parent: Observation
Id: preferred-place
Title: "Preferred place of care or of death"
Description: "Where the person would like to be cared for, or to die. A preference, not a promise. Where none is recorded, the reason why stands in its place."
* ^experimental = false
* obeys place-1
* status MS
* code MS
* code from PreferredPlaceKindVS (required)
* subject 1..1 MS
* subject only Reference(PlanPatient)
* effective[x] MS
* effective[x] only dateTime
* effective[x] ^short = "When the person said so"
* performer MS
* value[x] MS
* value[x] only CodeableConcept
* value[x] from PreferredPlaceVS (extensible)
* value[x] ^short = "The place, as a code or in words"
* dataAbsentReason MS
* note MS

Invariant: place-1
Description: "A place is recorded, or the reason why none is."
Severity: #error
Expression: "value.exists() or dataAbsentReason.exists()"
