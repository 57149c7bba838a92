Instance: CarePlan-submit
InstanceOf: OperationDefinition
Usage: #definition
Title: "Submit a plan"
Description: "Checks a plan with everything it is made of, by the rules across its resources, and makes it the person's active plan of its type, or keeps it as a draft. The plan that it replaces ends in the same commit. All or nothing: where a rule is broken nothing is stored, and every finding is reported at once."
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
  * documentation = "The plan: a Bundle (transaction or collection) with the CarePlan and what it refers to, or a completed QuestionnaireResponse to what-matters-to-me or respect-v3. May be sent as the body itself."
  * type = #Resource
* parameter[+]
  * name = #activate
  * use = #in
  * min = 0
  * max = "1"
  * documentation = "False keeps the plan as a draft. True, or absent, makes it active."
  * type = #boolean
* parameter[+]
  * name = #replaces
  * use = #in
  * min = 0
  * max = "1"
  * documentation = "The plan that this one replaces, where the submission does not say so itself, for example because it is a form."
  * type = #Reference
* parameter[+]
  * name = #return
  * use = #out
  * min = 1
  * max = "1"
  * documentation = "What was stored: a Bundle of type transaction-response, the warnings beside the plan."
  * type = #Bundle
