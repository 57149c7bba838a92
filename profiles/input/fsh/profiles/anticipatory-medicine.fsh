Profile: AnticipatoryMedicine
Parent: MedicationRequest
Id: anticipatory-medicine
Title: "Anticipatory medicine at home"
Description: "A medicine that is kept in the home just in case: what it is, what it is for and how much is given, where it lies, on whose authority it may be given, and when it expires. The GP record remains the source of what is prescribed."
* ^experimental = false
* insert Told([[which medicines are in the home]])
* obeys medicine-1
* status MS
* status ^short = "active while the medicine is in the home and may be given"
* intent MS
* intent ^short = "plan, where it is told here and prescribed elsewhere"
* reported[x] MS
* reported[x] ^short = "True where it is told here and prescribed elsewhere"
* medication[x] MS
* medication[x] ^short = "The medicine, strength and form, in words or with the name beside the code"
* subject MS
* subject ^short = "The person for whom it is kept"
* subject only Reference(PlanPatient)
* authoredOn 1..1 MS
* authoredOn ^short = "When it was recorded, or last found to be so"
* requester MS
* requester ^short = "Who answers for what is said here"
* dosageInstruction MS
* dosageInstruction ^short = "How it is given"
* dosageInstruction.text MS
* dosageInstruction.text ^short = "What it is for, dose, how it is given and how often"
* note MS
* note ^short = "Where it is in the home, who may give it, when it expires"

Invariant: medicine-1
Description: "The medicine is named in words, so that whoever opens the box can tell which it is."
Severity: #error
Expression: "(medication as CodeableConcept).text.exists() or (medication as CodeableConcept).coding.display.exists() or (medication as Reference).display.exists()"
