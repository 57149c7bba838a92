Extension: OverallFocus
Id: overall-focus
Title: "Overall focus of emergency care"
Description: "What emergency care should aim for above all. Emergency care plans only."
Context: CarePlan
* insert LocalExtension
* value[x] 1..1
* value[x] only CodeableConcept
* value[x] from OverallFocusVS (required)
