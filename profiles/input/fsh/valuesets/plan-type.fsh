ValueSet: PlanTypeVS
Id: plan-type
Title: "Type of plan"
Description: "All codes of the code system PlanTypeCodes."
* ^experimental = false
* include codes from system PlanTypeCodes
