Extension: Rationale
Id: rationale
Title: "Reason for the recommendation"
Description: "Why the intervention is recommended, not recommended or recommended only under a condition, in words and as a group of reasons."
Context: Consent
* insert LocalExtension
* extension contains text 1..1 and reason 0..*
* extension[text] ^short = "The reason in words"
* extension[text].value[x] 1..1
* extension[text].value[x] only string
* extension[reason] ^short = "Group of reasons"
* extension[reason].value[x] 1..1
* extension[reason].value[x] only code
* extension[reason].value[x] from RationaleVS (required)
