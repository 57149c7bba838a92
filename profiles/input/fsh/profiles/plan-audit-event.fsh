Profile: PlanAuditEvent
Parent: AuditEvent
Id: plan-audit-event
Title: "Who saw or changed a plan"
Description: "One access to the record of a person: who, from which organisation, in which role, for what purpose, when, to which parts, and whether it was allowed. Written by the service at the moment of the access and never changed. In words as well, so that the person can read who looked at their plan."
* ^experimental = false
* insert Obligation(., 0, gp-practice, SHALL:display, [[Can show a person who looked at their plan, in words.]])
* insert Obligation(., 1, ambulance, SHALL:able-to-populate, [[States for each access who asks and for what purpose, so that this can be written.]])
* insert Obligation(., 2, out-of-hours, SHALL:able-to-populate, [[States for each access who asks and for what purpose, so that this can be written.]])
* insert Obligation(., 3, hospital, SHALL:able-to-populate, [[States for each access who asks and for what purpose, so that this can be written.]])
* insert Obligation(., 4, integrator, SHALL:able-to-populate, [[States for each access on whose behalf it asks, and never under its own name for somebody else.]])
* obeys audit-1 and audit-2
* text 1..1 MS
* text ^short = "What happened, in words that the person can read"
* type MS
* type ^short = "RESTful operation, as a rule"
* subtype MS
* subtype ^short = "Interaction or operation"
* action 1..1 MS
* action ^short = "C created, R read, U changed, D deleted, E an operation was run"
* recorded MS
* recorded ^short = "When it happened, by the clock of the service"
* outcome 1..1 MS
* outcome ^short = "0 allowed and done; 4 refused or not done; 8 and 12 failed"
* outcomeDesc MS
* outcomeDesc ^short = "Why it was refused or failed, without personal data"
* purposeOfEvent 1..1 MS
* purposeOfEvent from AccessPurposeVS (required)
* purposeOfEvent ^short = "Why: care, emergency, broken glass, administration"
* agent 1..* MS
* agent ^short = "Who took part in the access"
* agent.type MS
* agent.type ^short = "Part taken: the person who asked, the system through which, the organisation"
* agent.role MS
* agent.role ^short = "Role in care, for example ambulance crew"
* agent.who 1..1 MS
* agent.who ^short = "Who, by identifier: registration number, ODS code or client"
* agent.requestor MS
* agent.requestor ^short = "True for the one agent who asked"
* source MS
* source ^short = "The service that wrote it"
* source.observer MS
* source.observer ^short = "The service that wrote it"
* entity 1..* MS
* entity ^short = "What was seen or changed"
* entity.what 1..1 MS
* entity.what ^short = "What was seen or changed; with its version where one is known"
* entity.role MS
* entity.role ^short = "What it is: the person, a plan, a summary"
* entity.detail MS
* entity.detail ^short = "Which parts of it"

Invariant: audit-1
Description: "Exactly one agent asked for it."
Severity: #error
Expression: "agent.where(requestor = true).count() = 1"

Invariant: audit-2
Description: "An access that was refused or failed says why."
Severity: #error
Expression: "outcome != '0' implies outcomeDesc.exists()"
