Instance: CarePlan-revoke
InstanceOf: OperationDefinition
Usage: #definition
Title: "Withdraw a plan"
Description: "Ends an active plan that no other plan replaces, with a reason. Everyone who holds its summary is told that it must no longer be used. Where the person has died, every plan of theirs that is in force is completed, the death is recorded, and a Task is made to contact the bereaved, in the same commit."
* url = "https://keyplan.example/fhir/OperationDefinition/CarePlan-revoke"
* name = "RevokePlan"
* status = #draft
* kind = #operation
* experimental = false
* affectsState = true
* code = #revoke
* resource = #CarePlan
* system = false
* type = false
* instance = true
* parameter[+]
  * name = #reason
  * use = #in
  * min = 1
  * max = "1"
  * documentation = "Why the plan ends: withdrawn, person-died or entered-in-error."
  * type = #code
  * binding.strength = #required
  * binding.valueSet = Canonical(RevocationReasonVS)
* parameter[+]
  * name = #text
  * use = #in
  * min = 1
  * max = "1"
  * documentation = "The reason in words."
  * type = #string
* parameter[+]
  * name = #who
  * use = #in
  * min = 0
  * max = "1"
  * documentation = "The clinician who decided it: identifier with a professional registration, and display with the name."
  * type = #Reference
* parameter[+]
  * name = #role
  * use = #in
  * min = 0
  * max = "1"
  * documentation = "Grade or speciality of the clinician, in words."
  * type = #string
* parameter[+]
  * name = #died
  * use = #in
  * min = 0
  * max = "1"
  * documentation = "When the person died, as precisely as known; with the reason person-died only."
  * type = #dateTime
* parameter[+]
  * name = #place
  * use = #in
  * min = 0
  * max = "1"
  * documentation = "Where the person died, coded or in words; with the reason person-died only."
  * type = #CodeableConcept
* parameter[+]
  * name = #return
  * use = #out
  * min = 1
  * max = "1"
  * documentation = "The plan as it now is."
  * type = #CarePlan
