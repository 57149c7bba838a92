Profile: AnticipatoryCarePlan
Parent: CarePlan
Id: anticipatory-care-plan
Title: "Anticipatory care plan"
Description: "A plan made ahead of time: either what matters to the person, in their own words, or what is recommended in an emergency, signed by a clinician. A person has at most one active plan of each type. The content of an active plan does not change: a new plan replaces it, with the same plan identifier and the next plan version."
* ^experimental = false
* insert Decided([[a plan]])
* obeys plan-1 and plan-2 and plan-3 and plan-4 and plan-5
* extension contains
    PlanVersion named planVersion 0..1 MS and
    OverallFocus named overallFocus 0..1 MS and
    Involvement named involvement 0..1 MS and
    ReviewDate named reviewDate 0..1 MS and
    ReviewTrigger named reviewTrigger 0..* MS and
    StateReason named stateReason 0..1 MS and
    RecordSource named recordSource 0..1 MS and
    SharedUnderstanding named sharedUnderstanding 0..1 MS and
    ProxyPresent named proxyPresent 0..1 MS
* identifier MS
* extension[planVersion] ^definition = "Counts the plans of one lineage. Set by KeyPlan; what is sent there does not count."
* extension[overallFocus] ^definition = "What care in an emergency should put first: extending life, a balance, or comfort. Exactly one in an emergency care plan."
* extension[involvement] ^definition = "How the person, or those who speak for them, took part (ReSPECT section 6), and why they did not where they did not."
* extension[reviewDate] ^definition = "The day by which the plan should be looked at again. The plan holds after that day too, until another takes its place."
* extension[stateReason] ^definition = "Why the plan ended: replaced, withdrawn, the person died, or recorded in error."
* extension[recordSource] ^definition = "Whether the plan was first made here or copied from paper. A copy is confirmed by a clinician."
* extension[sharedUnderstanding] ^definition = "Diagnoses, condition and circumstances as the person and the clinician understand them together (ReSPECT section 2)."
* extension[proxyPresent] ^definition = "Whether somebody has the legal power to decide for the person: yes, no, or not known. That no proxy is named says nothing."
* identifier ^short = "By which the plan is known, the plan identifier above all"
* identifier ^slicing.discriminator.type = #value
* identifier ^slicing.discriminator.path = "system"
* identifier ^slicing.rules = #open
* identifier contains planId 0..1 MS
* identifier[planId] ^short = "Plan identifier: the same for every plan of the lineage. Assigned when the first of them becomes active"
* identifier[planId].system 1..1
* identifier[planId].system = $plan-id (exactly)
* identifier[planId].value 1..1
* replaces 0..1 MS
* replaces only Reference(AnticipatoryCarePlan)
* replaces ^short = "The plan that this one takes the place of"
* status MS
* insert Obligation(status, 0, gp-practice, SHALL:process, [[Only an active plan is acted on.]])
* insert Obligation(status, 1, ambulance, SHALL:process, [[Only an active plan is acted on. Anything else is shown as not in force, or not at all.]])
* insert Obligation(status, 2, out-of-hours, SHALL:process, [[Only an active plan is acted on.]])
* insert Obligation(status, 3, hospital, SHALL:process, [[Only an active plan is acted on.]])
* insert Obligation(status, 4, integrator, SHALL:process, [[A plan that ended takes its copies with it, before anything else is sent.]])
* status ^short = "draft | active | revoked | completed | entered-in-error"
* status ^comment = "Only a complete plan, signed where it is an emergency care plan, becomes active. Revoked: replaced or withdrawn. Completed: the person has died."
* intent = #plan (exactly)
* category 1..* MS
* category ^short = "The type of the plan, and the same as a code that others know"
* category ^slicing.discriminator.type = #pattern
* category ^slicing.discriminator.path = "$this"
* category ^slicing.rules = #open
* category ^comment = "The SNOMED CT code beside the type says the same to readers that do not know the local code: 736366004 Advance care plan, 887701000000100 Emergency health care plan."
* category contains whatMatters 0..1 and emergencyCare 0..1
* category[whatMatters] = PlanTypeCodes#what-matters
* category[whatMatters] ^short = "What matters to me"
* category[emergencyCare] = PlanTypeCodes#emergency-care
* category[emergencyCare] ^short = "Emergency care plan"
* title MS
* title ^short = "What the plan is called where it is shown"
* subject MS
* subject ^short = "The person whom the plan is about"
* subject only Reference(PlanPatient)
* period MS
* period ^short = "From when the plan is in force; until when only once it has ended"
* created MS
* created ^short = "The day on which the plan was made"
* author MS
* author ^short = "Who takes responsibility for the plan: the person, or a clinician"
* contributor MS
* contributor ^short = "Others who took part"
* careTeam MS
* careTeam ^short = "Who looks after the person"
* careTeam only Reference(PlanCareTeam)
* addresses MS
* addresses ^short = "The conditions that led to the plan"
* supportingInfo MS
* supportingInfo ^short = "What the plan is made of besides goals: recommendations, refusals, proxies, capacity, preferred places, contacts"
* goal MS
* goal only Reference(WhatMattersGoal)
* goal ^short = "What matters to the person"
* note MS
* insert Obligation(note, 0, gp-practice, SHALL:populate-if-known, [[What someone who meets the person for the first time, at night, would want to know.]])
* insert Obligation(note, 1, hospital, SHALL:populate-if-known, [[What someone who meets the person for the first time, at night, would want to know.]])
* insert Obligation(note, 2, ambulance, SHALL:display, [[Shown whole.]])
* insert Obligation(note, 3, out-of-hours, SHALL:display, [[Shown whole.]])
* insert Obligation(note, 4, hospital, SHALL:display, [[Shown whole.]])
* note ^short = "Special note: what someone who meets the person for the first time, at night, would want to know"

Invariant: plan-1
Description: "The plan has one type: what matters, or emergency care."
Severity: #error
Expression: "category.coding.where(system = 'https://keyplan.example/fhir/CodeSystem/plan-type').count() = 1"

Invariant: plan-2
Description: "An active emergency care plan has an overall focus and says how the person was involved."
Severity: #error
Expression: "(status = 'active' and category.coding.where(system = 'https://keyplan.example/fhir/CodeSystem/plan-type' and code = 'emergency-care').exists()) implies (extension.where(url = 'https://keyplan.example/fhir/StructureDefinition/overall-focus').exists() and extension.where(url = 'https://keyplan.example/fhir/StructureDefinition/involvement').exists())"

Invariant: plan-3
Description: "A plan that was revoked says why."
Severity: #error
Expression: "status = 'revoked' implies extension.where(url = 'https://keyplan.example/fhir/StructureDefinition/state-reason').exists()"

Invariant: plan-4
Description: "The overall focus, the involvement and the shared understanding belong to emergency care plans only."
Severity: #error
Expression: "category.coding.where(system = 'https://keyplan.example/fhir/CodeSystem/plan-type' and code = 'what-matters').exists() implies extension.where(url = 'https://keyplan.example/fhir/StructureDefinition/overall-focus' or url = 'https://keyplan.example/fhir/StructureDefinition/involvement' or url = 'https://keyplan.example/fhir/StructureDefinition/shared-understanding').empty()"

Invariant: plan-5
Description: "An active plan has no end: it holds until another takes its place or somebody ends it. A day of review is no end."
Severity: #warning
Expression: "status = 'active' implies period.end.empty()"
