Profile: AdvanceRefusal
Parent: Consent
Id: advance-refusal
Title: "Advance refusal of treatment"
Description: "Treatment that the person has refused in advance, and in what circumstances. In England and Wales an advance decision is legally binding if it is valid and applicable; in Scotland it is persuasive. It is never to be read as a recommendation by a clinician."
* ^experimental = false
* insert Decided([[a refusal]])
* insert DecisionByConsent
* extension contains
    ConditionText named circumstances 0..1 MS and
    Rationale named rationale 0..1 MS and
    ReviewDate named reviewDate 0..1
* extension[circumstances] ^short = "In what circumstances the refusal applies"
* status MS
* status ^short = "active while it holds; inactive when it was withdrawn or replaced"
* insert Obligation(extension[circumstances], 0, ambulance, SHALL:display, [[Shown with the refusal: it applies only in these circumstances.]])
* insert Obligation(extension[circumstances], 1, out-of-hours, SHALL:display, [[Shown with the refusal: it applies only in these circumstances.]])
* insert Obligation(extension[circumstances], 2, hospital, SHALL:display, [[Shown with the refusal: it applies only in these circumstances.]])
* scope MS
* scope ^short = "An advance decision: adr"
* scope = $consentscope#adr
* category 1..* MS
* category ^short = "What the Consent records; other systems find it by acd"
* category ^slicing.discriminator.type = #pattern
* category ^slicing.discriminator.path = "$this"
* category ^slicing.rules = #open
* category contains refusal 1..1 MS and advanceDirective 0..1
* category[refusal] = ConsentCategoryCodes#advance-refusal
* category[advanceDirective] = $consentcategory#acd
* patient 1..1 MS
* patient ^short = "The person who refused"
* patient only Reference(PlanPatient)
* dateTime 1..1 MS
* dateTime ^short = "When the refusal was made"
* performer MS
* performer ^short = "Who refused: the person, never a proxy or a clinician"
* source[x] MS
* source[x] ^short = "The signed document"
* policy MS
* policy ^short = "The policy under which it was recorded"
* verification MS
* verification ^short = "Whether the refusal was checked, with whom and when"
* provision 1..1 MS
* provision ^short = "What is refused, and while it holds"
* provision.period MS
* provision.period ^short = "While the refusal holds; no end where there is none"
* provision.provision 1..* MS
* provision.provision ^short = "One for each treatment refused"
* provision.provision.type MS
* provision.provision.type ^short = "Always deny; written when it is stored, where the sender left it out"
* provision.provision.type = #deny (exactly)
* provision.provision.code 1..* MS
* provision.provision.code ^short = "The treatment that is refused"
* provision.provision.code from InterventionVS (extensible)
