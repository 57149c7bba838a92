Extension: ConditionText
Id: condition-text
Title: "Condition"
Description: "In what circumstances, or in what form, the intervention is recommended. For modified cardiopulmonary resuscitation of a child: what to do and what not. For an advance refusal: in what circumstances it applies."
Context: Consent
* insert LocalExtension
* value[x] 1..1
* value[x] only string
