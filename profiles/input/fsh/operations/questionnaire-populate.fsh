Instance: Questionnaire-populate
InstanceOf: OperationDefinition
Usage: #definition
Title: "Fill in what is known"
Description: "A form (what-matters-to-me or respect-v3) as far as its answers are known from the person's active plan, for the conversation that leads to the next one. What is new at each sitting is left open: the date, whether it was copied from paper, the signatures. Nothing is stored. Follows $populate of Structured Data Capture (SDC); the parameters of SDC that are not listed here are refused."
* url = "https://keyplan.example/fhir/OperationDefinition/Questionnaire-populate"
* name = "PopulateForm"
* status = #draft
* kind = #operation
* experimental = false
* affectsState = false
* code = #populate
* comment = "Whoever uses the answer looks through every pre-filled item with the person and completes the form. Submitted to CarePlan/$submit, the completed form becomes a plan that says the same wherever nothing was changed."
* resource = #Questionnaire
* system = false
* type = true
* instance = true
* parameter[+]
  * name = #subject
  * use = #in
  * min = 1
  * max = "1"
  * documentation = "The Patient whom the form is about, as a literal reference."
  * type = #Reference
* parameter[+]
  * name = #local
  * use = #in
  * min = 0
  * max = "1"
  * documentation = "True, or absent: the form is filled in from what the server knows. False is refused: there is no other source."
  * type = #boolean
* parameter[+]
  * name = #questionnaire
  * use = #in
  * min = 0
  * max = "1"
  * documentation = "The canonical address of the form, with or without its version (SDC 4). At type level this or canonical; at instance level neither."
  * type = #uri
* parameter[+]
  * name = #canonical
  * use = #in
  * min = 0
  * max = "1"
  * documentation = "The same, by the name that it has in SDC 3."
  * type = #uri
* parameter[+]
  * name = #response
  * use = #out
  * min = 1
  * max = "1"
  * documentation = "The form with the answers that are known: a QuestionnaireResponse with status in-progress. Required answers may be missing."
  * type = #QuestionnaireResponse
* parameter[+]
  * name = #issues
  * use = #out
  * min = 0
  * max = "1"
  * documentation = "What is known and could not be put into the form, and what the plan holds that the form does not ask about."
  * type = #OperationOutcome
