ValueSet: PlanTaskVS
Id: plan-task
Title: "Task that follows from a plan"
Description: "All codes that say: task that follows from a plan."
* ^experimental = false
* include codes from system PlanTaskCodes
