Instance: CarePlan-verify-current
InstanceOf: OperationDefinition
Usage: #definition
Title: "Is a plan on paper still in force?"
Description: "Tells from what is printed on a plan, or held by its QR code, whether that plan is in force. The answer names nobody and says nothing of what the plan recommends."
* url = "https://keyplan.example/fhir/OperationDefinition/CarePlan-verify-current"
* name = "VerifyCurrent"
* status = #draft
* kind = #operation
* experimental = false
* affectsState = false
* code = #verify-current
* resource = #CarePlan
* system = false
* type = true
* instance = false
* parameter[+]
  * name = #code
  * use = #in
  * min = 0
  * max = "1"
  * documentation = "What the QR code holds; then nothing else is given."
  * type = #string
* parameter[+]
  * name = #planId
  * use = #in
  * min = 0
  * max = "1"
  * documentation = "The plan id, as printed."
  * type = #string
* parameter[+]
  * name = #version
  * use = #in
  * min = 0
  * max = "1"
  * documentation = "The version of the plan, as printed."
  * type = #positiveInt
* parameter[+]
  * name = #digest
  * use = #in
  * min = 0
  * max = "1"
  * documentation = "The check code, as printed: 32 hexadecimal digits; spaces do not count. Without it, it cannot be told whether the paper says what the plan says."
  * type = #string
* parameter[+]
  * name = #standing
  * use = #out
  * min = 1
  * max = "1"
  * documentation = "current, superseded, revoked or unknown."
  * type = #code
  * binding.strength = #required
  * binding.valueSet = Canonical(PlanStandingVS)
* parameter[+]
  * name = #asOf
  * use = #out
  * min = 1
  * max = "1"
  * documentation = "The moment of the answer."
  * type = #instant
* parameter[+]
  * name = #date
  * use = #out
  * min = 0
  * max = "1"
  * documentation = "Since when the plan is in force, or when it ended."
  * type = #dateTime
* parameter[+]
  * name = #current
  * use = #out
  * min = 0
  * max = "1"
  * documentation = "The version of the same plan that is in force now, where that is another."
  * type = #positiveInt
* parameter[+]
  * name = #message
  * use = #out
  * min = 1
  * max = "1"
  * documentation = "The answer in words, and what to do."
  * type = #string
