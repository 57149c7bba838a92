Extension: Discussion
Id: discussion
Title: "Discussion of the recommendation"
Description: "With whom the recommendation was discussed, why with nobody, and whether the person and the family know of it."
Context: Consent
* insert LocalExtension
* extension contains with 0..* and reason 0..1 and personAware 0..1 and familyAware 0..1
* extension[with] ^short = "With whom it was discussed, or that it was not"
* extension[with].value[x] 1..1
* extension[with].value[x] only code
* extension[with].value[x] from DiscussionVS (required)
* extension[reason] ^short = "Why it was not discussed"
* extension[reason].value[x] 1..1
* extension[reason].value[x] only string
* extension[personAware] ^short = "The person knows of the recommendation"
* extension[personAware].value[x] 1..1
* extension[personAware].value[x] only boolean
* extension[familyAware] ^short = "The family, or others close to the person, know of the recommendation"
* extension[familyAware].value[x] 1..1
* extension[familyAware].value[x] only boolean
