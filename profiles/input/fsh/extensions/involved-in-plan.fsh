Extension: InvolvedInPlan
Id: involved-in-plan
Title: "Took part in the conversation"
Description: "True where this contact took part in the conversation from which the plan came (ReSPECT sections 6 and 8)."
Context: RelatedPerson
* insert LocalExtension
* value[x] 1..1
* value[x] only boolean
