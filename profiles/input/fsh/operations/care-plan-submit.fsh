Instance: CarePlan-submit
InstanceOf: OperationDefinition
Usage: #definition
Title: "Submit a plan"
Description: "Checks a plan with everything it is made of, by the rules across its resources, and makes it the person's active plan of its type, or keeps it as a draft. A plan that is already active is replaced in the same commit. All or nothing: where a rule is broken nothing is stored, and every finding is reported at once."
* url = "https://keyplan.example/fhir/OperationDefinition/CarePlan-submit"
* name = "SubmitPlan"
* status = #draft
* kind = #operation
* experimental = false
* affectsState = true
* code = #submit
* resource = #CarePlan
* system = false
* type = true
* instance = false
* parameter[+]
  * name = #resource
  * use = #in
  * min = 1
  * max = "1"
  * documentation = "The plan: a Bundle with the CarePlan and what it refers to, or a QuestionnaireResponse to what-matters-to-me or respect-v3."
  * type = #Resource
* parameter[+]
  * name = #activate
  * use = #in
  * min = 0
  * max = "1"
  * documentation = "False keeps the plan as a draft. True, or absent, makes it active."
  * type = #boolean
* parameter[+]
  * name = #return
  * use = #out
  * min = 1
  * max = "1"
  * documentation = "What was stored: a Bundle of type transaction-response."
  * type = #Bundle
