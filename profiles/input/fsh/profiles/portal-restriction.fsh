Profile: PortalRestriction
Parent: Consent
Id: portal-restriction
Title: "Portal restriction"
Description: "The person does not want what was decided about CPR to be shown at their own portal, or to one or all of those who speak for them. Says why, who asked for it, and when to look at it again. Crews, clinicians and the systems that hold the plan see the decision as before: a restriction cannot be about them."
* ^experimental = false
* insert Obligation(., 0, gp-practice, SHALL:able-to-populate, [[Records what the person wants hidden, from whom and why, with a day to ask again, and makes it inactive when they want it no longer.]])
* insert Obligation(., 1, ambulance, SHALL:handle, [[Shows the decision about CPR as before: it is hidden at portals alone.]])
* insert Obligation(., 2, out-of-hours, SHALL:handle, [[Shows the decision about CPR as before: it is hidden at portals alone.]])
* insert Obligation(., 3, hospital, SHALL:handle, [[Shows the decision about CPR to those who treat the person as before: it is hidden at portals alone.]])
* insert Obligation(., 4, integrator, SHALL:process, [[A portal with a copy of the plan shows those named neither the decision about CPR nor what tells it, and says that something is withheld.]])
* insert DecisionByConsent
* extension contains
    RestrictionReason named reason 1..1 MS and
    ReviewDate named lookAgain 1..1 MS
* status MS
* status ^short = "active while it holds; inactive when the person wants it no longer"
* extension[reason] ^definition = "Why the person wants it, in words."
* extension[lookAgain] ^definition = "The day on which to look at it again with the person. It does not end on that day."
* insert Obligation(extension[lookAgain], 0, gp-practice, SHALL:populate, [[Names a day in the future, and asks the person again when it has come.]])
* scope MS
* scope ^short = "Privacy"
* scope = $consentscope#patient-privacy
* category 1..* MS
* category ^short = "What the Consent records"
* category ^slicing.discriminator.type = #pattern
* category ^slicing.discriminator.path = "$this"
* category ^slicing.rules = #open
* category contains restriction 1..1 MS
* category[restriction] = ConsentCategoryCodes#portal-restriction
* patient 1..1 MS
* patient ^short = "The person whose decision is hidden"
* patient only Reference(PlanPatient)
* dateTime 1..1 MS
* dateTime ^short = "When it was decided"
* performer 1..* MS
* performer ^short = "Who asked for it"
* organization MS
* organization ^short = "Who recorded it"
* policy MS
* policy ^short = "The policy under which it was recorded"
* provision 1..1 MS
* provision ^short = "What is hidden, and from whom"
* provision.type 0..0
* provision.period 0..0
* provision.actor 0..0
* provision.action 0..0
* provision.securityLabel 0..0
* provision.purpose 0..0
* provision.class 0..0
* provision.code 0..0
* provision.dataPeriod 0..0
* provision.data 0..0
* provision.provision 1..* MS
* provision.provision ^short = "CPR, hidden from these"
* provision.provision.type 1..1 MS
* provision.provision.type ^short = "Always deny"
* provision.provision.type = #deny
* provision.provision.period 0..0
* provision.provision.actor 1..* MS
* provision.provision.actor ^short = "The Patient (their own portal), a RelatedPerson (one who speaks for them), or the type RelatedPerson without a reference (all of these)"
* provision.provision.actor.reference only Reference(PlanPatient or PlanContact)
* provision.provision.action 0..0
* provision.provision.securityLabel 0..0
* provision.provision.purpose 0..0
* provision.provision.class 0..0
* provision.provision.code 1..1 MS
* provision.provision.code ^short = "CPR: nothing else can be hidden"
* provision.provision.code = $sct#89666000
* provision.provision.dataPeriod 0..0
* provision.provision.data 0..0
* provision.provision.provision 0..0
