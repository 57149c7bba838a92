Profile: SharingDecision
Parent: Consent
Id: sharing-decision
Title: "Sharing decision"
Description: "What the person has said about sharing their plan with services that may have to act on it, and on which lawful basis it is shared. Whether the plan is shared follows from this decision under the law of the nation. Not having been asked is recorded as such."
* ^experimental = false
* insert Decided([[the decision about sharing]])
* insert DecisionByConsent
* extension contains
    SharingDecisionCode named decision 1..1 MS and
    LawfulBasis named lawfulBasis 0..1 MS
* status MS
* extension[decision] ^definition = "No objection, objection, explicit consent, not asked, or consent withdrawn. Under the law of the nation the plan is shared or not because of it."
* extension[lawfulBasis] ^definition = "On which lawful basis the plan is shared; recorded apart from what the person decided."
* status ^short = "active while it is the latest; inactive when another took its place"
* insert Obligation(extension[decision], 0, gp-practice, SHALL:populate, [[Says what was decided, or that nobody has asked yet.]])
* insert Obligation(extension[decision], 1, integrator, SHALL:process, [[An objection and withdrawn consent are obeyed at once. Not asked is neither consent nor objection.]])
* scope MS
* scope ^short = "Privacy"
* scope = $consentscope#patient-privacy
* category 1..* MS
* category ^short = "What the Consent records"
* category ^slicing.discriminator.type = #pattern
* category ^slicing.discriminator.path = "$this"
* category ^slicing.rules = #open
* category contains sharing 1..1 MS
* category[sharing] = ConsentCategoryCodes#sharing-decision
* patient 1..1 MS
* patient ^short = "The person who decided"
* patient only Reference(PlanPatient)
* dateTime 1..1 MS
* dateTime ^short = "When the person decided or was asked; the latest decision counts"
* performer MS
* performer ^short = "Who decided"
* organization MS
* organization ^short = "Who asked"
* policy MS
* policy ^short = "The policy under which it was recorded"
* provision MS
* provision ^short = "While it holds, and exceptions"
* provision.period MS
* provision.period ^short = "While it holds; outside it, there is no decision"
* provision.provision MS
* provision.provision ^short = "Exceptions by recipient or by part of the plan"
