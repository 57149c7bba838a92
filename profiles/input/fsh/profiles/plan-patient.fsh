Profile: PlanPatient
Parent: Patient
Id: plan-patient
Title: "Person with a plan"
Description: "The person whom a plan is about. At least one national number identifies them: a CHI number (Scotland), an NHS number (England and Wales) or a Health and Care number (Northern Ireland); its check digit must be right. Name, date of birth and address are what a crew checks before acting on a plan."
* ^experimental = false
* insert Told([[who the person is]])
* obeys plan-patient-1
* extension contains Jurisdiction named jurisdiction 0..1 MS
* identifier 1..* MS
* identifier ^short = "National numbers, and numbers of other systems"
* identifier obeys plan-patient-2 and plan-patient-3 and plan-patient-4
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
* birthDate ^short = "The date of birth, as far as it is known"
* insert Obligation(birthDate, 0, ambulance, SHALL:process, [[Checked against the person, with name and address, before a plan is acted on.]])
* insert Obligation(birthDate, 1, out-of-hours, SHALL:process, [[Checked against the person, with name and address, before a plan is acted on.]])
* insert Obligation(birthDate, 2, hospital, SHALL:process, [[Checked against the person, with name and address, before a plan is acted on.]])
* birthDate ^comment = "Decides whether the person is a child under the law of the jurisdiction. Where it disagrees with the date digits of the CHI number, a warning is given: some people have a CHI number with other digits."
* gender MS
* gender ^short = "Administrative gender"
* address MS
* address ^short = "Where to find the person, and a check of identity"
* telecom MS
* telecom ^short = "How to reach the person"
* deceased[x] MS
* deceased[x] ^short = "Whether, and when, the person died"
* communication MS
* communication ^short = "Languages, and which is preferred"
* generalPractitioner MS
* generalPractitioner ^short = "The practice with which the person is registered"

Invariant: plan-patient-1
Description: "The person has at least one CHI, NHS or Health and Care number."
Severity: #error
Expression: "identifier.where(system = 'urn:oid:2.16.840.1.113883.2.1.3.2.4.16.53' or system = 'https://fhir.nhs.uk/Id/nhs-number' or system = 'https://fhir.nhs.uk/Id/hsc-number').value.exists()"

// Weighted modulus 11: the first nine digits by 10, 9, … 2, added up; 11 less the remainder is the check digit, 11 counts as 0, and 10 is never issued.
Invariant: plan-patient-2
Description: "A CHI number is ten digits: a date of birth (DDMMYY), three digits and a check digit that is right."
Severity: #error
Expression: "system = 'urn:oid:2.16.840.1.113883.2.1.3.2.4.16.53' implies (value.matches('^(0[1-9]|[12][0-9]|3[01])(0[1-9]|1[0-2])[0-9]+$') and value.length() = 10 and value.all((11 - (($this.substring(0,1).toInteger()*10+$this.substring(1,1).toInteger()*9+$this.substring(2,1).toInteger()*8+$this.substring(3,1).toInteger()*7+$this.substring(4,1).toInteger()*6+$this.substring(5,1).toInteger()*5+$this.substring(6,1).toInteger()*4+$this.substring(7,1).toInteger()*3+$this.substring(8,1).toInteger()*2) mod 11)) mod 11 = $this.substring(9,1).toInteger()))"

Invariant: plan-patient-3
Description: "An NHS number is ten digits, begins with 4, 6 or 7 (999 for tests), and its check digit is right."
Severity: #error
Expression: "system = 'https://fhir.nhs.uk/Id/nhs-number' implies (value.matches('^(4|6|7|999)[0-9]+$') and value.length() = 10 and value.all((11 - (($this.substring(0,1).toInteger()*10+$this.substring(1,1).toInteger()*9+$this.substring(2,1).toInteger()*8+$this.substring(3,1).toInteger()*7+$this.substring(4,1).toInteger()*6+$this.substring(5,1).toInteger()*5+$this.substring(6,1).toInteger()*4+$this.substring(7,1).toInteger()*3+$this.substring(8,1).toInteger()*2) mod 11)) mod 11 = $this.substring(9,1).toInteger()))"

Invariant: plan-patient-4
Description: "A Health and Care number is ten digits, begins with 32 to 39, and its check digit is right."
Severity: #error
Expression: "system = 'https://fhir.nhs.uk/Id/hsc-number' implies (value.matches('^3[2-9][0-9]+$') and value.length() = 10 and value.all((11 - (($this.substring(0,1).toInteger()*10+$this.substring(1,1).toInteger()*9+$this.substring(2,1).toInteger()*8+$this.substring(3,1).toInteger()*7+$this.substring(4,1).toInteger()*6+$this.substring(5,1).toInteger()*5+$this.substring(6,1).toInteger()*4+$this.substring(7,1).toInteger()*3+$this.substring(8,1).toInteger()*2) mod 11)) mod 11 = $this.substring(9,1).toInteger()))"
