Profile: PlanContact
Parent: RelatedPerson
Id: plan-contact
Title: "Contact of a plan"
Description: "Someone to call, or someone who took part in the conversation: next of kin, carer, emergency contact, welfare proxy. At most one contact of a plan is the first to be called."
* ^experimental = false
* insert Told([[whom to call]])
* obeys contact-1
* extension contains
    PrimaryEmergencyContact named primaryEmergencyContact 0..1 MS and
    InvolvedInPlan named involvedInPlan 0..1 MS
* active MS
* extension[primaryEmergencyContact] ^definition = "True for the one contact who is called first. At most one contact of a plan has it."
* extension[involvedInPlan] ^definition = "Whether this contact took part in the conversation from which the plan came."
* active ^short = "Whether they may still be called"
* patient MS
* patient ^short = "The person whose contact it is"
* patient only Reference(PlanPatient)
* relationship MS
* relationship ^short = "What they are to the person"
* name 1..* MS
* name ^short = "Their name"
* telecom MS
* insert Obligation(telecom, 0, gp-practice, SHALL:populate-if-known, [[A telephone number for everybody who is to be called.]])
* insert Obligation(telecom, 1, hospital, SHALL:populate-if-known, [[A telephone number for everybody who is to be called.]])
* insert Obligation(telecom, 2, ambulance, SHALL:display, [[Can be dialled from where it is shown.]])
* insert Obligation(telecom, 3, out-of-hours, SHALL:display, [[Can be dialled from where it is shown.]])
* insert Obligation(telecom, 4, hospital, SHALL:display, [[Can be dialled from where it is shown.]])
* telecom ^short = "How to reach them; a telephone number for anyone who is to be called"
* address MS
* address ^short = "Where they live"
* communication MS
* communication ^short = "Languages in which they can be spoken to"
* period MS
* period ^short = "Since when, and until when, they are a contact"

Invariant: contact-1
Description: "Who is to be called first can be reached: a telephone number is recorded."
Severity: #error
Expression: "extension.where(url = 'https://keyplan.example/fhir/StructureDefinition/primary-emergency-contact' and value = true).exists() implies telecom.where(system = 'phone' and value.exists()).exists()"
