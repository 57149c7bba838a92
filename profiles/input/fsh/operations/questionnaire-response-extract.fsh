Instance: QuestionnaireResponse-extract
InstanceOf: OperationDefinition
Usage: #definition
Title: "Turn a form into a plan"
Description: "Turns a completed form (what-matters-to-me or respect-v3) into the resources of a plan, ready to be submitted. Nothing is stored. The same form gives the same resources."
* url = "https://keyplan.example/fhir/OperationDefinition/QuestionnaireResponse-extract"
* name = "ExtractPlan"
* status = #draft
* kind = #operation
* experimental = false
* affectsState = false
* code = #extract
* resource = #QuestionnaireResponse
* system = false
* type = true
* instance = true
* parameter[+]
  * name = #questionnaire-response
  * use = #in
  * min = 0
  * max = "1"
  * documentation = "The completed form. May be sent as the body itself. Absent where the operation is called on a stored form."
  * type = #QuestionnaireResponse
* parameter[+]
  * name = #return
  * use = #out
  * min = 1
  * max = "1"
  * documentation = "The resources of the plan: a Bundle of type transaction."
  * type = #Bundle
