Extension: StateReason
Id: state-reason
Title: "Why the plan ended"
Description: "Why the plan is no longer in force, as a code and, where someone withdrew it, in words."
Context: CarePlan
* insert LocalExtension
* value[x] 1..1
* value[x] only CodeableConcept
* value[x] from StateReasonVS (required)
