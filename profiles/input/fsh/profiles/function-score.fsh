Profile: FunctionScore
Parent: Observation
Id: function-score
Title: "Function and frailty"
Description: "How much the person manages in everyday life, by a scale that every reader knows: the Clinical Frailty Scale (1 very fit to 9 terminally ill), the Karnofsky performance status or its Australia-modified form (100 no limits to 0). The scale is named with the score: a high number means frail on the one and fit on the others."
* ^experimental = false
* insert Told([[how much the person manages]])
* obeys function-1 and function-2 and function-3
* status MS
* status ^short = "final, or amended where it was corrected"
* code MS
* code from FunctionScaleVS (required)
* code ^short = "The scale"
* code ^definition = "Which scale the score belongs to. A score without its scale must not be shown: the scales run in opposite directions."
* subject 1..1 MS
* subject ^short = "The person"
* subject only Reference(PlanPatient)
* effective[x] 1..1 MS
* effective[x] only dateTime
* effective[x] ^short = "The day for which the score holds"
* performer 1..* MS
* performer ^short = "Who scored it"
* value[x] MS
* value[x] only integer
* value[x] ^short = "The score"
* dataAbsentReason MS
* dataAbsentReason ^short = "Why there is no score"
* dataAbsentReason from AbsentReasonVS (required)
* note MS
* note ^short = "How the person usually is, in words"

Invariant: function-1
Description: "A score is recorded, or the reason why none is."
Severity: #error
Expression: "value.exists() or dataAbsentReason.exists()"

Invariant: function-2
Description: "A score on the Clinical Frailty Scale is from 1 to 9."
Severity: #error
Expression: "(code.coding.where(system = 'http://snomed.info/sct' and code = '763264000').exists() and value.ofType(integer).exists()) implies (value >= 1 and value <= 9)"

Invariant: function-3
Description: "A Karnofsky score, modified or not, is from 0 to 100 in steps of ten."
Severity: #error
Expression: "(code.coding.where((system = 'http://snomed.info/sct' and code = '761869008') or (system = 'https://keyplan.example/fhir/CodeSystem/plan-observation' and code = 'australian-karnofsky')).exists() and value.ofType(integer).exists()) implies (value >= 0 and value <= 100 and value mod 10 = 0)"
