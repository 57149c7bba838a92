Profile: RespectResponse
Parent: QuestionnaireResponse
Id: respect-response
Title: "Emergency care form, as captured"
Description: "A completed form of the ReSPECT process, as it was filled in. It is kept word for word beside the plan that it became; the plan counts."
* ^experimental = false
* insert Decided([[the form]])
* obeys response-2
* insert CapturedForm

Invariant: response-2
Description: "It answers the Questionnaire respect-v3, with its version or without."
Severity: #error
Expression: "questionnaire = 'https://keyplan.example/fhir/Questionnaire/respect-v3' or questionnaire.startsWith('https://keyplan.example/fhir/Questionnaire/respect-v3|')"
