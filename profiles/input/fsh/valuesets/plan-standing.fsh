ValueSet: PlanStandingVS
Id: plan-standing
Title: "Standing of a plan"
Description: "All codes that say: standing of a plan."
* ^experimental = false
* include codes from system PlanStandingCodes
