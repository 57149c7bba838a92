// Consent in R4 forbids provision.type on the root rule and asks for it on nested ones. The authored decision is the coded
// recommendation; the nested type is derived from it, and is absent where there is nothing to derive. Readers that take the mere
// presence of a provision for a permission are wrong. The example of an identifier that R4 gives is no URI, though its system says so.
RuleSet: DecisionByConsent
* identifier ^example[0].valueIdentifier.value = "urn:uuid:4f5d8a52-5c0c-4c12-9d38-0f3a6f6f2f1e"
* provision.type 0..0
* provision.type ^short = "Not used: R4 does not allow it on the root rule"

Profile: EmergencyRecommendation
Parent: Consent
Id: emergency-recommendation
Title: "Emergency recommendation"
Description: "What is recommended about one intervention in an emergency: recommended, recommended under a condition, not recommended, not known, or not discussed; who decided and why; with whom it was discussed. It guides those who have to decide at the time and is not legally binding. Its presence says nothing: read the recommendation."
* ^experimental = false
* insert Decided([[a recommendation]])
* obeys recommendation-1 and recommendation-2 and recommendation-3 and recommendation-4 and recommendation-5
* insert DecisionByConsent
* extension contains
    Recommendation named recommendation 1..1 MS and
    DecisionBasis named basis 0..1 MS and
    Rationale named rationale 0..1 MS and
    ConditionText named condition 0..1 MS and
    Discussion named discussion 0..1 MS and
    ReviewDate named reviewDate 0..1 MS
* status MS
* extension[recommendation] ^definition = "The decision as its author recorded it: recommended, recommended under a condition, not recommended, not known, or not discussed. Everything else about permission is derived from it."
* extension[basis] ^definition = "On what the recommendation rests. A refusal by the person, a preference of the person and a clinical recommendation lead to the same words on a form and mean different things in an emergency."
* extension[rationale] ^definition = "Why, in words that a clinician who has never met the person understands, and the kind of reason as a code."
* extension[condition] ^definition = "In which circumstances, or in which form, the intervention is recommended. For a child: what a modified resuscitation includes and what it leaves out."
* extension[discussion] ^definition = "With whom it was discussed, why with nobody, and whether the person and those close to them know."
* extension[reviewDate] ^definition = "The day by which it should be looked at again. It does not end on that day."
* status ^short = "active while it holds; inactive when it was replaced"
* insert Obligation(extension[recommendation], 0, ambulance, SHALL:display, [[Shown first, in words. Where it is unknown or not discussed, that is shown, and nothing is inferred for or against.]])
* insert Obligation(extension[recommendation], 1, out-of-hours, SHALL:display, [[Shown first, in words. Where it is unknown or not discussed, that is shown, and nothing is inferred for or against.]])
* insert Obligation(extension[recommendation], 2, hospital, SHALL:display, [[Shown first, in words. Where it is unknown or not discussed, that is shown, and nothing is inferred for or against.]])
* insert Obligation(extension[recommendation], 3, integrator, SHALL:no-alter, [[The authored decision: it is passed on as it is, and nothing else is read as a decision.]])
* insert Obligation(extension[basis], 0, gp-practice, SHALL:populate-if-known, [[Says who decided: a clinical recommendation is not a refusal, and neither is a preference.]])
* insert Obligation(extension[basis], 1, hospital, SHALL:populate-if-known, [[Says who decided: a clinical recommendation is not a refusal, and neither is a preference.]])
* insert Obligation(extension[basis], 2, ambulance, SHALL:display, [[Shown beside the recommendation.]])
* insert Obligation(extension[basis], 3, out-of-hours, SHALL:display, [[Shown beside the recommendation.]])
* insert Obligation(extension[basis], 4, hospital, SHALL:display, [[Shown beside the recommendation.]])
* insert Obligation(extension[rationale], 0, gp-practice, SHALL:populate-if-known, [[Says why, in words that the next clinician understands.]])
* insert Obligation(extension[rationale], 1, hospital, SHALL:populate-if-known, [[Says why, in words that the next clinician understands.]])
* insert Obligation(extension[rationale], 2, ambulance, SHALL:display, [[Shown beside the recommendation.]])
* insert Obligation(extension[rationale], 3, out-of-hours, SHALL:display, [[Shown beside the recommendation.]])
* insert Obligation(extension[rationale], 4, hospital, SHALL:display, [[Shown beside the recommendation.]])
* insert Obligation(extension[condition], 0, ambulance, SHALL:display, [[Shown with the recommendation and never cut: without it, the recommendation means something else.]])
* insert Obligation(extension[condition], 1, out-of-hours, SHALL:display, [[Shown with the recommendation and never cut: without it, the recommendation means something else.]])
* insert Obligation(extension[condition], 2, hospital, SHALL:display, [[Shown with the recommendation and never cut: without it, the recommendation means something else.]])
* insert Obligation(extension[discussion], 0, gp-practice, SHALL:populate-if-known, [[Says with whom it was discussed, or why with nobody.]])
* insert Obligation(extension[discussion], 1, hospital, SHALL:populate-if-known, [[Says with whom it was discussed, or why with nobody.]])
* scope MS
* scope ^short = "Treatment"
* scope = $consentscope#treatment
* category 1..* MS
* category ^short = "What the Consent records"
* category ^slicing.discriminator.type = #pattern
* category ^slicing.discriminator.path = "$this"
* category ^slicing.rules = #open
* category contains recommendation 1..1 MS and doNotResuscitate 0..1 MS
* category[recommendation] = ConsentCategoryCodes#emergency-recommendation
* category[doNotResuscitate] = $consentcategory#dnr
* category[doNotResuscitate] ^short = "Derived: where CPR is not recommended, so that systems that know only this code find it"
* patient 1..1 MS
* patient ^short = "The person whom it is about"
* patient only Reference(PlanPatient)
* dateTime 1..1 MS
* insert Obligation(dateTime, 0, ambulance, SHALL:display, [[The day of the decision is shown with it.]])
* insert Obligation(dateTime, 1, out-of-hours, SHALL:display, [[The day of the decision is shown with it.]])
* insert Obligation(dateTime, 2, hospital, SHALL:display, [[The day of the decision is shown with it.]])
* dateTime ^short = "When the decision was made"
* performer MS
* performer ^short = "Who made the recommendation"
* organization MS
* organization ^short = "For whom the one who recommends works"
* source[x] MS
* source[x] ^short = "The form in which it was captured"
* policy MS
* policy ^short = "The policy under which it was recorded"
* provision 1..1 MS
* provision ^short = "The intervention, and while the recommendation holds"
* provision.period MS
* provision.period ^short = "While it holds; outside it there is no recommendation"
* provision.provision 1..1 MS
* provision.provision ^short = "The intervention, and permit or deny as derived"
* provision.provision.type MS
* insert Obligation(provision.provision.type, 0, integrator, SHALL:handle, [[Derived from the recommendation. That a provision is there permits nothing; where the type is absent, nothing is permitted and nothing denied.]])
* provision.provision.type ^short = "Derived: permit where recommended, deny where not recommended, absent otherwise"
* provision.provision.code 1..1 MS
* provision.provision.code from InterventionVS (extensible)
* provision.provision.code ^short = "The intervention"
* provision.provision.provision 0..0

Invariant: recommendation-1
Description: "Permit and deny agree with the recommendation: permit only where recommended, deny only where not recommended, neither otherwise."
Severity: #error
Expression: "(provision.provision.where(type = 'permit').exists() implies extension.where(url = 'https://keyplan.example/fhir/StructureDefinition/recommendation' and value = 'recommended').exists()) and (provision.provision.where(type = 'deny').exists() implies extension.where(url = 'https://keyplan.example/fhir/StructureDefinition/recommendation' and value = 'not-recommended').exists())"

Invariant: recommendation-2
Description: "A recommendation under a condition says in words under which condition."
Severity: #error
Expression: "extension.where(url = 'https://keyplan.example/fhir/StructureDefinition/recommendation' and value = 'conditional').exists() implies extension.where(url = 'https://keyplan.example/fhir/StructureDefinition/condition-text').exists()"

Invariant: recommendation-3
Description: "Where an intervention is not recommended, the reason and who decided are recorded."
Severity: #error
Expression: "extension.where(url = 'https://keyplan.example/fhir/StructureDefinition/recommendation' and value = 'not-recommended').exists() implies (extension.where(url = 'https://keyplan.example/fhir/StructureDefinition/rationale').exists() and extension.where(url = 'https://keyplan.example/fhir/StructureDefinition/decision-basis').exists())"

Invariant: recommendation-4
Description: "A recommendation for an intervention, with or without a condition, should say who decided."
Severity: #warning
Expression: "extension.where(url = 'https://keyplan.example/fhir/StructureDefinition/recommendation' and (value = 'recommended' or value = 'conditional')).exists() implies extension.where(url = 'https://keyplan.example/fhir/StructureDefinition/decision-basis').exists()"

Invariant: recommendation-5
Description: "Where cardiopulmonary resuscitation is not recommended, it is recorded with whom that was discussed, or why with nobody."
Severity: #warning
Expression: "(extension.where(url = 'https://keyplan.example/fhir/StructureDefinition/recommendation' and value = 'not-recommended').exists() and provision.provision.code.coding.where(system = 'http://snomed.info/sct' and code = '89666000').exists()) implies extension.where(url = 'https://keyplan.example/fhir/StructureDefinition/discussion').extension.where(url = 'with' or url = 'reason').exists()"
