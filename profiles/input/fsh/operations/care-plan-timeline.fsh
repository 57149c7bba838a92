Instance: CarePlan-timeline
InstanceOf: OperationDefinition
Usage: #definition
Title: "Who decided what when"
Description: "What was done to the plan, to those that it replaced and to those that replaced it: by whom, in which role, for which organisation, when. Oldest first."
* url = "https://keyplan.example/fhir/OperationDefinition/CarePlan-timeline"
* name = "PlanTimeline"
* status = #draft
* kind = #operation
* experimental = false
* affectsState = false
* code = #timeline
* resource = #CarePlan
* system = false
* type = false
* instance = true
* parameter[+]
  * name = #event
  * use = #out
  * min = 0
  * max = "*"
  * documentation = "One act."
  * part[+]
    * name = #when
    * use = #out
    * min = 1
    * max = "1"
    * documentation = "When it was done."
    * type = #dateTime
  * part[+]
    * name = #act
    * use = #out
    * min = 1
    * max = "1"
    * documentation = "What was done: a code of plan-act, or write or transcribe where a form says that someone wrote or copied the plan."
    * type = #code
  * part[+]
    * name = #who
    * use = #out
    * min = 1
    * max = "1"
    * documentation = "Who decided it; the organisation whose system sent it where nobody is named."
    * type = #Reference
  * part[+]
    * name = #role
    * use = #out
    * min = 0
    * max = "*"
    * documentation = "Grade or speciality, or what the sending system does in care."
    * type = #string
  * part[+]
    * name = #organization
    * use = #out
    * min = 0
    * max = "1"
    * documentation = "For which organisation."
    * type = #Reference
  * part[+]
    * name = #plan
    * use = #out
    * min = 1
    * max = "1"
    * documentation = "The plan that it was done to."
    * type = #Reference
  * part[+]
    * name = #planVersion
    * use = #out
    * min = 0
    * max = "1"
    * documentation = "Version of that plan in its lineage."
    * type = #positiveInt
  * part[+]
    * name = #reason
    * use = #out
    * min = 0
    * max = "1"
    * documentation = "Why the plan ended."
    * type = #code
    * binding.strength = #required
    * binding.valueSet = Canonical(StateReasonVS)
  * part[+]
    * name = #replacedBy
    * use = #out
    * min = 0
    * max = "1"
    * documentation = "The plan that took its place."
    * type = #Reference
