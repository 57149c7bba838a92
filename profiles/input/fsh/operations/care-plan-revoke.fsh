Instance: CarePlan-revoke
InstanceOf: OperationDefinition
Usage: #definition
Title: "Withdraw a plan"
Description: "Ends an active plan that no other plan replaces, with a reason. Everyone who holds its summary is told that it must no longer be used."
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
  * name = #return
  * use = #out
  * min = 1
  * max = "1"
  * documentation = "The plan as it now is."
  * type = #CarePlan
