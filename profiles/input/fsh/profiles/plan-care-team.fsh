Profile: PlanCareTeam
Parent: CareTeam
Id: plan-care-team
Title: "Care team of a plan"
Description: "Who looks after the person, in which role, and who coordinates their care."
* ^experimental = false
* status 1..1 MS
* subject 1..1 MS
* subject only Reference(PlanPatient)
* participant 1..* MS
* participant.role MS
* participant.role ^short = "What they do, the coordinator above all"
* participant.member MS
* participant.onBehalfOf MS
* telecom MS
* telecom ^short = "How to reach the team, by day and by night"
