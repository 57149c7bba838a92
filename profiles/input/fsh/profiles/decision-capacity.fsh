Profile: DecisionCapacity
Parent: Observation
Id: decision-capacity
Title: "Capacity to take part in emergency care planning"
Description: "Whether the person has the mental capacity to take part in making the recommendations of a plan, when they were made (ReSPECT section 5). Capacity is about one decision at one time; the full assessment stands in the clinical record."
* ^experimental = false
* insert Decided([[the finding about capacity]])
* obeys capacity-1 and capacity-2
* extension contains CapacityReason named reason 0..1 MS
* status MS
* status ^short = "final, or amended where the finding was corrected"
* code MS
* code ^short = "Capacity to take part in emergency care planning"
* code = PlanObservationCodes#decision-capacity
* subject 1..1 MS
* subject ^short = "The person"
* subject only Reference(PlanPatient)
* effective[x] MS
* effective[x] ^short = "When it was assessed"
* effective[x] only dateTime
* performer MS
* performer ^short = "Who assessed it"
* value[x] MS
* value[x] ^short = "Has capacity, lacks capacity, or could not be determined"
* value[x] only CodeableConcept
* value[x] from CapacityVS (required)
* dataAbsentReason MS
* dataAbsentReason ^short = "Why there is no finding"
* dataAbsentReason from AbsentReasonVS (required)
* note MS
* note ^short = "What helped the person to take part, or what was tried"

Invariant: capacity-1
Description: "Where the person lacks capacity, it is written in what way."
Severity: #error
Expression: "value.coding.where(system = 'https://keyplan.example/fhir/CodeSystem/capacity' and code = 'lacks-capacity').exists() implies extension.where(url = 'https://keyplan.example/fhir/StructureDefinition/capacity-reason').exists()"

Invariant: capacity-2
Description: "A finding about capacity is recorded, or the reason why none is."
Severity: #error
Expression: "value.exists() or dataAbsentReason.exists()"
