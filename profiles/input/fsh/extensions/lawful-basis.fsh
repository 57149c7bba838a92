Extension: LawfulBasis
Id: lawful-basis
Title: "Lawful basis of sharing"
Description: "The lawful basis on which the plan is shared, in words. Recorded apart from the decision of the person."
Context: Consent
* insert LocalExtension
* value[x] 1..1
* value[x] only string
