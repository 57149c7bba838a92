Profile: PlanPatient
Parent: Patient
Id: plan-patient
Title: "Person with a plan"
Description: "The person whom a plan is about. At least one national number identifies them: a CHI number (Scotland), an NHS number (England and Wales) or a Health and Care number (Northern Ireland); its check digit must be right. Name, date of birth and address are what a crew checks before acting on a plan."
* ^experimental = false
* obeys plan-patient-1
* extension contains Jurisdiction named jurisdiction 0..1 MS
* identifier 1..* MS
* identifier ^slicing.discriminator.type = #value
* identifier ^slicing.discriminator.path = "system"
* identifier ^slicing.rules = #open
* identifier ^slicing.description = "National numbers by their system"
* identifier contains chi 0..1 MS and nhsNumber 0..1 MS and hcNumber 0..1 MS
* identifier[chi] ^short = "CHI number: day, month and year of birth, three digits and a check digit (modulus 11)"
* identifier[chi].system 1..1
* identifier[chi].system = $chi (exactly)
* identifier[chi].value 1..1
* identifier[nhsNumber] ^short = "NHS number: ten digits, the last a check digit (modulus 11)"
* identifier[nhsNumber].system 1..1
* identifier[nhsNumber].system = $nhs-number (exactly)
* identifier[nhsNumber].value 1..1
* identifier[hcNumber] ^short = "Health and Care number: ten digits, the last a check digit (modulus 11)"
* identifier[hcNumber].system 1..1
* identifier[hcNumber].system = $hc-number (exactly)
* identifier[hcNumber].value 1..1
* name 1..* MS
* name ^short = "Names; the one to use when speaking to the person first"
* birthDate 1..1 MS
* birthDate ^comment = "Decides whether the person is a child under the law of the jurisdiction. Where it disagrees with the date digits of the CHI number, a warning is given: some people have a CHI number with other digits."
* gender MS
* address MS
* address ^short = "Where to find the person, and a check of identity"
* telecom MS
* deceased[x] MS
* communication MS
* communication ^short = "Languages, and which is preferred"
* generalPractitioner MS

Invariant: plan-patient-1
Description: "The person has at least one CHI, NHS or Health and Care number."
Severity: #error
Expression: "identifier.where(system = 'urn:oid:2.16.840.1.113883.2.1.3.2.4.16.53' or system = 'https://fhir.nhs.uk/Id/nhs-number' or system = 'https://fhir.nhs.uk/Id/hsc-number').value.exists()"
