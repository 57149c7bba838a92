Profile: WhatMattersResponse
Parent: QuestionnaireResponse
Id: what-matters-response
Title: "Conversation about what matters, as captured"
Description: "What a person said in a conversation, as it was written down in the form what-matters-to-me. It is kept word for word beside the plan that it became; the plan counts."
* ^experimental = false
* insert Decided([[the conversation]])
* obeys response-1
* insert CapturedForm

Invariant: response-1
Description: "It answers the Questionnaire what-matters-to-me, with its version or without."
Severity: #error
Expression: "questionnaire = 'https://keyplan.example/fhir/Questionnaire/what-matters-to-me' or questionnaire.startsWith('https://keyplan.example/fhir/Questionnaire/what-matters-to-me|')"

// What every form has in common that becomes a plan.
RuleSet: CapturedForm
* questionnaire 1..1 MS
* questionnaire ^short = "The form, by its canonical address"
* status MS
* status ^short = "in-progress until it is complete; only a completed form becomes a plan"
* subject 1..1 MS
* subject ^short = "The person"
* subject only Reference(PlanPatient)
* authored 1..1 MS
* authored ^short = "When the answers were written down"
* author MS
* author ^short = "Who wrote them down"
* source MS
* source ^short = "Who answered: the person, or who spoke for them"
* item 1..* MS
* item ^short = "A group or question of the form"
* item.linkId MS
* item.linkId ^short = "Which one"
* item.item MS
* item.item ^short = "What was answered in the group"
