Profile: KeyInformationSummary
Parent: Composition
Id: key-information-summary
Title: "Key Information Summary"
Description: "What services that meet the person in an emergency need to know, on one page and always in the same order. Derived from the plans in force; never written by hand. A summary that was withdrawn has no clinical content and says that earlier copies must not be used."
* ^experimental = false
* identifier 1..1 MS
* status MS
* type MS
* subject 1..1 MS
* subject only Reference(PlanPatient)
* date MS
* date ^short = "The moment whose plans it describes"
* author MS
* title MS
* confidentiality MS
* attester MS
* custodian MS
* relatesTo MS
* event MS
* section MS
* section.title 1..1 MS
* section.code 1..1 MS
* section.code from SummarySectionVS (required)
* section.text 1..1 MS
* section.entry MS
* section.emptyReason MS
