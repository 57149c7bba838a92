Profile: PlanBundle
Parent: Bundle
Id: plan-bundle
Title: "Plan with everything it is made of"
Description: "What CarePlan/$submit takes: one plan, or one of each type, with the resources that it refers to, all of one person. Nothing in it says what follows from something else: documents, flags and permissions are derived when it is stored. The service also takes a decision of which the root provision says permit or deny, or what it is about, as some guides write it, and stores it in the shape that is described here."
* ^experimental = false
* insert Decided([[the plan with all that belongs to it]])
* obeys submission-1 and submission-2 and submission-3
* type MS
* type ^short = "transaction | collection"
* entry 1..* MS
* entry ^short = "A resource of the plan"
* entry.fullUrl MS
* entry.fullUrl ^short = "By which the other entries refer to it: urn:uuid:…"
* entry.resource 1..1 MS
* entry.resource ^short = "The resource"
* entry ^slicing.discriminator.type = #type
* entry ^slicing.discriminator.path = "resource"
* entry ^slicing.rules = #open
* entry ^slicing.description = "By the type of resource"
* entry contains plan 1..2 MS and person 0..1 MS and goal 0..* MS and decision 0..* MS and contact 0..* MS and signature 0..* MS
* entry[plan].resource only AnticipatoryCarePlan
* entry[plan] ^short = "The plan; or a what-matters plan and an emergency care plan"
* entry[person].resource only PlanPatient
* entry[person] ^short = "The person, where not registered yet"
* entry[goal].resource only WhatMattersGoal
* entry[goal] ^short = "What matters to the person"
* entry[decision].resource only EmergencyRecommendation or AdvanceRefusal or WelfareProxy or SharingDecision
* entry[decision] ^short = "Recommendations, refusals, proxies, the decision about sharing"
* entry[contact].resource only PlanContact
* entry[contact] ^short = "Whom to call"
* entry[signature].resource only PlanProvenance
* entry[signature] ^short = "Who wrote and who signed"

Invariant: submission-1
Description: "A submission is of type transaction or collection."
Severity: #error
Expression: "type = 'transaction' or type = 'collection'"

Invariant: submission-2
Description: "Every resource is of a type that a plan is made of; what is derived cannot be submitted."
Severity: #error
Expression: "entry.resource.all($this is CarePlan or $this is Patient or $this is Goal or $this is Consent or $this is Observation or $this is RelatedPerson or $this is CareTeam or $this is MedicationRequest or $this is Flag or $this is QuestionnaireResponse or $this is DocumentReference or $this is Provenance or $this is Organization or $this is Practitioner or $this is PractitionerRole)"

Invariant: submission-3
Description: "An emergency care plan has exactly one recommendation about cardiopulmonary resuscitation for each such plan."
Severity: #error
Expression: "entry.resource.ofType(CarePlan).where(category.coding.where(system = 'https://keyplan.example/fhir/CodeSystem/plan-type' and code = 'emergency-care').exists()).exists() implies entry.resource.ofType(Consent).where(category.coding.where(system = 'https://keyplan.example/fhir/CodeSystem/consent-category' and code = 'emergency-recommendation').exists() and (provision.code | provision.provision.code).coding.where(system = 'http://snomed.info/sct' and code = '89666000').exists()).count() = 1"
