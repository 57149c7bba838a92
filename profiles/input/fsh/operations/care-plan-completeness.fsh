Instance: CarePlan-completeness
InstanceOf: OperationDefinition
Usage: #definition
Title: "How complete a plan is"
Description: "How much of what a plan of its type should say is there, item by item, and what keeps a draft from coming into force."
* url = "https://keyplan.example/fhir/OperationDefinition/CarePlan-completeness"
* name = "PlanCompleteness"
* status = #draft
* kind = #operation
* experimental = false
* affectsState = false
* code = #completeness
* resource = #CarePlan
* system = false
* type = false
* instance = true
* parameter[+]
  * name = #score
  * use = #out
  * min = 1
  * max = "1"
  * documentation = "Items that are met, in percent, rounded down."
  * type = #integer
* parameter[+]
  * name = #item
  * use = #out
  * min = 1
  * max = "*"
  * documentation = "One thing that the plan should say."
  * part[+]
    * name = #code
    * use = #out
    * min = 1
    * max = "1"
    * documentation = "Stable code of the item."
    * type = #code
  * part[+]
    * name = #met
    * use = #out
    * min = 1
    * max = "1"
    * documentation = "True where the plan says it."
    * type = #boolean
  * part[+]
    * name = #text
    * use = #out
    * min = 1
    * max = "1"
    * documentation = "The item in words."
    * type = #string
* parameter[+]
  * name = #blocking
  * use = #out
  * min = 0
  * max = "*"
  * documentation = "What a draft would be refused for."
  * part[+]
    * name = #key
    * use = #out
    * min = 1
    * max = "1"
    * documentation = "Stable code of the finding."
    * type = #code
  * part[+]
    * name = #text
    * use = #out
    * min = 1
    * max = "1"
    * documentation = "What is wrong and how to mend it."
    * type = #string
  * part[+]
    * name = #expression
    * use = #out
    * min = 0
    * max = "1"
    * documentation = "FHIRPath of the element."
    * type = #string
