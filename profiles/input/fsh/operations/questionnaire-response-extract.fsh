Instance: QuestionnaireResponse-extract
InstanceOf: OperationDefinition
Usage: #definition
Title: "Turn a form into a plan"
Description: "Turns a completed form (what-matters-to-me or respect-v3) into the resources of a plan, ready to be submitted. Nothing is stored."
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
* instance = false
* parameter[+]
  * name = #questionnaire-response
  * use = #in
  * min = 1
  * max = "1"
  * documentation = "The completed form."
  * type = #QuestionnaireResponse
* parameter[+]
  * name = #return
  * use = #out
  * min = 1
  * max = "1"
  * documentation = "The resources of the plan: a Bundle of type transaction."
  * type = #Bundle
