Instance: Patient-emergency-view
InstanceOf: OperationDefinition
Usage: #definition
Title: "Is there a plan to follow?"
Description: "Answers, for someone who is about to act in an emergency, whether there is a plan for this person and what it says, in a fixed order. Always one of the coded outcomes: a failure is never shown as an absence of plans, and the absence of a plan is never a recommendation. Person identifiers travel in the body, never in an address."
* url = "https://keyplan.example/fhir/OperationDefinition/Patient-emergency-view"
* name = "EmergencyView"
* status = #draft
* kind = #operation
* experimental = false
* affectsState = false
* code = #emergency-view
* resource = #Patient
* system = false
* type = true
* instance = false
* parameter[+]
  * name = #identifier
  * use = #in
  * min = 1
  * max = "1"
  * documentation = "A CHI, NHS or Health and Care number with its system."
  * type = #Identifier
* parameter[+]
  * name = #outcome
  * use = #out
  * min = 1
  * max = "1"
  * documentation = "Whether there is a plan to follow."
  * type = #code
  * binding.strength = #required
  * binding.valueSet = Canonical(EmergencyOutcomeVS)
