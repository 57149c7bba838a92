Profile: PlanCareTeam
Parent: CareTeam
Id: plan-care-team
Title: "Care team of a plan"
Description: "Who looks after the person, in which role, and who coordinates their care."
* ^experimental = false
* insert Told([[who looks after the person]])
* obeys team-1
* status 1..1 MS
* status ^short = "active while the team looks after the person"
* subject 1..1 MS
* subject ^short = "The person"
* subject only Reference(PlanPatient)
* participant 1..* MS
* participant ^short = "One who looks after the person"
* participant.role MS
* participant.role from CareTeamRoleVS (extensible)
* participant.role ^short = "What they do, the coordinator above all"
* participant.member 1..1 MS
* participant.member ^short = "Who it is"
* participant.onBehalfOf MS
* participant.onBehalfOf ^short = "For whom they work"
* telecom MS
* telecom ^short = "How to reach the team, by day and by night"

Invariant: team-1
Description: "Exactly one participant coordinates the care of the person."
Severity: #error
Expression: "participant.where(role.coding.where(system = 'https://keyplan.example/fhir/CodeSystem/care-team-role' and code = 'coordinator').exists()).count() = 1"
