Profile: PlanFlag
Parent: Flag
Id: plan-flag
Title: "Alert derived from a plan"
Description: "A one-line alert for systems that show flags and cannot show a plan. It is derived from a decision in force and never authored: the decision that it refers to counts, and it ends with it. That there is no flag says nothing about what the person wants."
* ^experimental = false
* insert Composed([[the flag]])
* obeys flag-1 and flag-2
* extension contains $flag-detail named source 1..1 MS
* extension[source] ^short = "The decision from which it is derived"
* extension[source] ^definition = "The recommendation or plan that the flag repeats. Read it before acting: it says who decided, when, and why."
* status MS
* status ^short = "active while the decision is in force, inactive after"
* code MS
* code from PlanFlagVS (required)
* code ^short = "What is flagged"
* subject MS
* subject ^short = "The person"
* subject only Reference(PlanPatient)
* period 1..1 MS
* period ^short = "While it holds"
* period.start 1..1 MS
* period.start ^short = "The day of the decision"
* author MS
* author ^short = "The organisation whose system derived it"

Invariant: flag-1
Description: "A flag about resuscitation refers to the recommendation from which it is derived."
Severity: #error
Expression: "code.coding.where(system = 'http://snomed.info/sct' and (code = '450475007' or code = '450476008')).exists() implies extension('http://hl7.org/fhir/StructureDefinition/flag-detail').value.reference.matches('(^|/)Consent/|^urn:uuid:')"

Invariant: flag-2
Description: "A flag that says that there is a plan refers to that plan."
Severity: #error
Expression: "code.coding.where(system = 'http://snomed.info/sct' and code = '714748000').exists() implies extension('http://hl7.org/fhir/StructureDefinition/flag-detail').value.reference.matches('(^|/)CarePlan/|^urn:uuid:')"
