ValueSet: PlanTypeVS
Id: plan-type
Title: "Type of plan"
Description: "All codes that say: type of plan."
* ^experimental = false
* include codes from system PlanTypeCodes
