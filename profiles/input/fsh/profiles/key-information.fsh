Profile: KeyInformation
Parent: Observation
Id: key-information
Title: "Item of key information"
Description: "One thing that whoever meets the person in an emergency needs to know and no other resource of a plan holds: in words, as yes or no, or as a code; with the day on which it was recorded and by whom."
* ^experimental = false
* insert Told([[each item of key information]])
* obeys item-1
* status MS
* code MS
* code from KeyInformationVS (required)
* subject 1..1 MS
* subject only Reference(PlanPatient)
* effective[x] 1..1 MS
* effective[x] only dateTime
* effective[x] ^short = "When it was recorded, or last found to be so"
* performer 1..* MS
* value[x] MS
* value[x] only string or boolean or CodeableConcept
* dataAbsentReason MS
* dataAbsentReason from AbsentReasonVS (required)
* note MS

Invariant: item-1
Description: "Something is recorded, or the reason why nothing is."
Severity: #error
Expression: "value.exists() or dataAbsentReason.exists()"
