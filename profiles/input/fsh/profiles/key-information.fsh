Profile: KeyInformation
Parent: Observation
Id: key-information
Title: "Item of key information"
Description: "One thing that whoever meets the person in an emergency needs to know and no other resource of a plan holds: in words, as yes or no, or as a code; with the day on which it was recorded and by whom."
* ^experimental = false
* insert Told([[each item of key information]])
* obeys item-1
* status MS
* status ^short = "final, or amended where it was corrected"
* code MS
* code ^short = "What the item is about"
* code from KeyInformationVS (required)
* subject 1..1 MS
* subject ^short = "The person"
* subject only Reference(PlanPatient)
* effective[x] 1..1 MS
* effective[x] only dateTime
* effective[x] ^short = "When it was recorded, or last found to be so"
* performer 1..* MS
* performer ^short = "Who said so, or found it to be so"
* value[x] MS
* value[x] ^short = "In words, as yes or no, or as a code"
* value[x] only string or boolean or CodeableConcept
* dataAbsentReason MS
* dataAbsentReason ^short = "Why nothing is recorded"
* dataAbsentReason from AbsentReasonVS (required)
* note MS
* note ^short = "What else a reader should know about it"

Invariant: item-1
Description: "Something is recorded, or the reason why nothing is."
Severity: #error
Expression: "value.exists() or dataAbsentReason.exists()"
