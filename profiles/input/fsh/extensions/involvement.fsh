Extension: Involvement
Id: involvement
Title: "How the person was involved"
Description: "How the person, or those who speak for them, took part in making the plan (ReSPECT section 6). Emergency care plans only."
Context: CarePlan
* insert LocalExtension
* extension contains basis 1..* and reason 0..1
* extension[basis] ^short = "Which statements about involvement hold (A, B, C1, C2, C3, D)"
* extension[basis].value[x] 1..1
* extension[basis].value[x] only code
* extension[basis].value[x] from InvolvementVS (required)
* extension[reason] ^short = "Why the person or those close to them were not involved; needed with D"
* extension[reason].value[x] 1..1
* extension[reason].value[x] only string
