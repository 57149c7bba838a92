Extension: RestrictionReason
Id: restriction-reason
Title: "Reason for the restriction"
Description: "Why the person wants something not to be shown at portals, in words."
Context: Consent
* insert LocalExtension
* value[x] 1..1
* value[x] only string
