ValueSet: PlanActVS
Id: plan-act
Title: "Act on a plan"
Description: "All codes that say: act on a plan."
* ^experimental = false
* include codes from system PlanActCodes
