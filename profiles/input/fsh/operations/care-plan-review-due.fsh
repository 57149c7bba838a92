Instance: CarePlan-review-due
InstanceOf: OperationDefinition
Usage: #definition
Title: "Reviews that are due"
Description: "Plans in force whose review is due by a day or overdue, as far as the caller may see them, soonest first."
* url = "https://keyplan.example/fhir/OperationDefinition/CarePlan-review-due"
* name = "ReviewDue"
* status = #draft
* kind = #operation
* experimental = false
* affectsState = false
* code = #review-due
* resource = #CarePlan
* system = false
* type = true
* instance = false
* parameter[+]
  * name = #until
  * use = #in
  * min = 0
  * max = "1"
  * documentation = "The day by which the review is due. Today, if absent."
  * type = #date
* parameter[+]
  * name = #count
  * use = #in
  * min = 0
  * max = "1"
  * documentation = "Reviews on one page; 50 if absent, at most 500."
  * type = #positiveInt
* parameter[+]
  * name = #after
  * use = #in
  * min = 0
  * max = "1"
  * documentation = "The value of next, as the page before had it."
  * type = #string
* parameter[+]
  * name = #review
  * use = #out
  * min = 0
  * max = "*"
  * documentation = "One plan to be reviewed."
  * part[+]
    * name = #plan
    * use = #out
    * min = 1
    * max = "1"
    * documentation = "The plan."
    * type = #Reference
  * part[+]
    * name = #person
    * use = #out
    * min = 1
    * max = "1"
    * documentation = "Whose plan it is."
    * type = #Reference
  * part[+]
    * name = #type
    * use = #out
    * min = 1
    * max = "1"
    * documentation = "Type of plan."
    * type = #code
    * binding.strength = #required
    * binding.valueSet = Canonical(PlanTypeVS)
  * part[+]
    * name = #date
    * use = #out
    * min = 1
    * max = "1"
    * documentation = "The day by which it is to be reviewed."
    * type = #date
  * part[+]
    * name = #overdue
    * use = #out
    * min = 1
    * max = "1"
    * documentation = "True where that day has passed. The plan still holds."
    * type = #boolean
* parameter[+]
  * name = #next
  * use = #out
  * min = 0
  * max = "1"
  * documentation = "Where the next page begins; absent on the last."
  * type = #string
