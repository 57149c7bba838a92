Extension: CapacityReason
Id: capacity-reason
Title: "In what way capacity is lacking"
Description: "In what way the person lacks the capacity to take part in making the recommendations."
Context: Observation
* insert LocalExtension
* value[x] 1..1
* value[x] only string
