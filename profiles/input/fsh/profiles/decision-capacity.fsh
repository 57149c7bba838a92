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
* code MS
* code = PlanObservationCodes#decision-capacity
* subject 1..1 MS
* subject only Reference(PlanPatient)
* effective[x] MS
* effective[x] only dateTime
* performer MS
* performer ^short = "Who assessed it"
* value[x] MS
* value[x] only CodeableConcept
* value[x] from CapacityVS (required)
* dataAbsentReason MS
* dataAbsentReason from AbsentReasonVS (required)
* note MS

Invariant: capacity-1
Description: "Where the person lacks capacity, it is written in what way."
Severity: #error
Expression: "value.coding.where(system = 'https://keyplan.example/fhir/CodeSystem/capacity' and code = 'lacks-capacity').exists() implies extension.where(url = 'https://keyplan.example/fhir/StructureDefinition/capacity-reason').exists()"

Invariant: capacity-2
Description: "A finding about capacity is recorded, or the reason why none is."
Severity: #error
Expression: "value.exists() or dataAbsentReason.exists()"
