Profile: PreferredPlace
Parent: Observation
Id: preferred-place
Title: "Preferred place of care or of death"
Description: "Where the person would like to be cared for, or to die. A preference, not a promise. Where none is recorded, the reason why stands in its place."
* ^experimental = false
* insert Decided([[where the person would like to be]])
* obeys place-1 and place-2
* status MS
* status ^short = "final, or amended where it was corrected"
* code MS
* code ^short = "Whether it is about care or about death"
* code from PreferredPlaceKindVS (required)
* subject 1..1 MS
* subject ^short = "The person"
* subject only Reference(PlanPatient)
* effective[x] MS
* effective[x] only dateTime
* effective[x] ^short = "When the person said so"
* performer MS
* performer ^short = "Who said so: the person, or who spoke for them"
* value[x] MS
* value[x] only CodeableConcept
* value[x] from PreferredPlaceVS (extensible)
* value[x] ^short = "The place, as a code or in words"
* dataAbsentReason MS
* dataAbsentReason ^short = "Why no place is recorded"
* dataAbsentReason from AbsentReasonVS (required)
* note MS
* note ^short = "In the own words"

Invariant: place-1
Description: "A place is recorded, or the reason why none is."
Severity: #error
Expression: "value.exists() or dataAbsentReason.exists()"

Invariant: place-2
Description: "A finding about the preferred place of death is recorded as such, and not as the preferred place of care."
Severity: #error
Expression: "value.coding.where(system = 'http://snomed.info/sct' and code in ('110481000000108' | '108401000000102' | '109401000000108' | '89751000000108' | '89761000000106' | '512071000000106' | '518741000000100' | '518771000000106' | '517111000000103' | '517131000000106' | '517161000000101')).exists() implies code.coding.where(system = 'http://snomed.info/sct' and code = '395091006').exists()"
